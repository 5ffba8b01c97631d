// Selecting by keys alone. The mode itself is fetched when it is first asked for.

import type { CaretMode, SelectionWatcher } from '../../text/selection.ts';
import type { TextView } from '../../text/text_view.ts';
import type { Desk } from '../desk/desk.ts';
import { withRest } from '../desk/with_rest.ts';

/** What of the caret mode the page uses. */
export type Caret = { enter(): Promise<void>; leave(): void };

export function caretFor(desk: Desk, view: TextView, watcher: SelectionWatcher): Caret {
  let mode: CaretMode | null = null;
  const changed = (isOn: boolean): void => {
    desk.isCaretOn.value = isOn;
    desk.notices.say(isOn ? CARET_WORDS : 'Caret hidden.');
  };
  return {
    async enter() {
      await withRest(desk, ({ CaretMode: Mode }) => {
        mode ??= new Mode(view, watcher, { changed });
        mode.enter();
      });
    },
    leave() {
      mode?.leave();
    },
  };
}

const CARET_WORDS = 'Caret shown. Arrow keys move it, Shift and arrows select, Enter finishes, Escape leaves.';

// Selecting by keys alone. The mode itself is fetched when it is first asked for.

import type { CaretMode, SelectionWatcher } from '../../text/selection.ts';
import type { TextView } from '../../text/text_view.ts';
import { FAILED_WORDS } from '../base/part.tsx';
import { fetchRest } from '../base/parts.ts';
import type { Desk } from '../desk/desk.ts';

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
      try {
        const { CaretMode: Mode } = await fetchRest();
        mode ??= new Mode(view, watcher, { changed });
        mode.enter();
      } catch {
        desk.notices.complain(FAILED_WORDS);
      }
    },
    leave() {
      mode?.leave();
    },
  };
}

const CARET_WORDS = 'Caret shown. Arrow keys move it, Shift and arrows select, Enter finishes, Escape leaves.';

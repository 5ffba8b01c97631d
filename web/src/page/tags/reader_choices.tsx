// The toolbar at a selection of somebody who may not highlight it.

import { useDesk } from '../desk/desk.ts';
import { lookFor } from '../find/listening.ts';
import { noteToSelf } from '../privately/note_to_self.ts';

export function ReaderChoices() {
  const desk = useDesk();
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(desk.selection.peek()?.quote ?? '');
      desk.notices.show('Copied.');
      desk.notices.say('Copied.');
    } catch {
      desk.notices.complain('The browser does not let this page copy.');
    }
  };
  return (
    <div class="bar-row bar-alone">
      <button type="button" class="quiet" onClick={() => void copy()}>
        Copy
      </button>
      <button type="button" class="quiet" onClick={() => lookFor(desk, desk.selection.peek()?.quote ?? '')}>
        Search for this
      </button>
      <button type="button" class="quiet" onClick={() => void noteToSelf(desk)}>
        Only me
      </button>
    </div>
  );
}

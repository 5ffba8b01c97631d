// Says what the text waits for: other words for an annotation, or arrow keys.

import { useDesk } from './desk.ts';

export function Waiting() {
  const desk = useDesk();
  if (desk.moving.value === null) {
    return desk.isCaretOn.value ? <div class="moving">Arrow keys move the caret, with Shift they select. Enter finishes, Escape leaves.</div> : null;
  }
  return (
    <div class="moving" role="status">
      Select the words that the annotation is about.
      <button type="button" class="link" onClick={() => (desk.moving.value = null)}>
        Leave it as it is
      </button>
    </div>
  );
}

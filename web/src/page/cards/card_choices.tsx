// The menu of the open card.

import { allowed, toText } from '../desk/actions.ts';
import { useDesk } from '../desk/desk.ts';
import { copyLink, remove } from '../desk/rare_actions.ts';

export function CardChoices() {
  const desk = useDesk();
  const { marginalia } = desk;
  const id = desk.active.value ?? '';
  const highlight = marginalia.highlights.value.get(id)?.value;
  if (highlight === undefined) {
    return null;
  }
  const [isMine, mayDelete] = [marginalia.mayEdit(highlight), marginalia.mayDelete(highlight)];
  const startMoving = (): void => {
    if (allowed(desk, isMine)) {
      desk.moving.value = id;
      desk.isDrawerOpen.value = false;
      toText(desk, id);
      desk.notices.say('Select the words that this annotation is about. Escape leaves it as it is.');
    }
  };
  return (
    <>
      <button type="button" onClick={() => toText(desk, id)}>
        Show in the text
      </button>
      <button type="button" onClick={() => void copyLink(desk, id)}>
        Copy link
      </button>
      {isMine && (
        <button type="button" onClick={() => startMoving()}>
          Mark other words…
        </button>
      )}
      {mayDelete && (
        <button type="button" class="danger" onClick={() => remove(desk, id)}>
          Delete annotation
        </button>
      )}
    </>
  );
}

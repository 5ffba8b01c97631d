// What can be done with an annotation besides talking about it.

import type { Highlight } from '../../marginalia/model.ts';
import { Icon } from '../base/icons.tsx';
import { PopoverButton } from '../base/popover.tsx';
import { allowed, copyLink, remove, toText, toggleResolved } from '../desk/actions.ts';
import { useDesk } from '../desk/desk.ts';

export function CardMenu({ id, highlight }: { id: string; highlight: Highlight }) {
  const desk = useDesk();
  const isMine = desk.marginalia.mayEdit(highlight);
  const isResolved = highlight.resolvedAt !== null;
  return (
    <>
      <button
        type="button"
        class="quiet square"
        aria-label={isResolved ? 'Reopen' : 'Resolve'}
        aria-pressed={isResolved}
        title={isResolved ? 'Reopen' : 'Resolve'}
        onClick={() => toggleResolved(desk, id)}
      >
        <Icon name="check" />
      </button>
      <PopoverButton isMenu className="quiet square" name="More about this annotation" label={<Icon name="more" />}>
        {() => (
          <>
            <button type="button" onClick={() => toText(desk, id)}>
              Show in the text
            </button>
            <button type="button" onClick={() => void copyLink(desk, id)}>
              Copy link
            </button>
            {isMine && (
              <button type="button" onClick={() => startMoving(id)}>
                Mark other words…
              </button>
            )}
            {isMine && (
              <button type="button" class="danger" onClick={() => remove(desk, id)}>
                Delete annotation
              </button>
            )}
          </>
        )}
      </PopoverButton>
    </>
  );

  function startMoving(highlightId: string): void {
    if (allowed(desk)) {
      desk.moving.value = highlightId;
      desk.isDrawerOpen.value = false;
      toText(desk, highlightId);
      desk.notices.say('Select the words that this annotation is about. Escape leaves it as it is.');
    }
  }
}

// What can be done with an annotation besides talking about it.

import type { Highlight } from '../../marginalia/model.ts';
import { Icon } from '../base/icons.tsx';
import { Part } from '../base/part.tsx';
import { PopoverButton } from '../base/popover.tsx';
import { toggleResolved } from '../desk/actions.ts';
import { useDesk } from '../desk/desk.ts';

export function CardMenu({ id, highlight }: { id: string; highlight: Highlight }) {
  const desk = useDesk();
  const isResolved = highlight.resolvedAt !== null;
  const words = isResolved ? 'Reopen' : 'Resolve';
  return (
    <>
      {desk.marginalia.may('resolution', 'highlight') && (
        <button type="button" class="quiet square" aria-label={words} aria-pressed={isResolved} title={words} onClick={() => toggleResolved(desk, id)}>
          <Icon name="check" />
        </button>
      )}
      <PopoverButton isMenu className="quiet square" name="More about this annotation" label={<Icon name="more" />}>
        {() => <Part name="CardChoices" />}
      </PopoverButton>
    </>
  );
}

// The way to the filter, and whether it hides anything.

import { Icon } from '../base/icons.tsx';
import { Part } from '../base/part.tsx';
import { PopoverButton } from '../base/popover.tsx';
import { useDesk } from '../desk/desk.ts';

export function FilterButton() {
  const { finding } = useDesk();
  const parts = finding.parts.value;
  return (
    <PopoverButton
      className={parts > 0 ? 'quiet is-on' : 'quiet'}
      name={parts > 0 ? `Filter, ${parts} on` : 'Filter'}
      label={
        <>
          <Icon name="filter" />
          <span class="label">Filter</span>
          {parts > 0 && <span class="count">{parts}</span>}
        </>
      }
    >
      {() => <Part name="FilterForm" />}
    </PopoverButton>
  );
}

// On small screens, at the lower edge under the thumb: the annotations, the search and the notes, which have
// no room elsewhere.

import { Icon } from '../base/icons.tsx';
import { useDesk } from './desk.ts';

export function FootBar() {
  const desk = useDesk();
  const count = desk.marginalia.order.value.length + desk.marginalia.orphans.value.length;
  return (
    <nav class="foot-bar" aria-label="Panels">
      <button
        type="button"
        aria-expanded={desk.isDrawerOpen.value}
        aria-controls="annotations"
        onClick={() => {
          desk.areNotesOpen.value = false;
          desk.isDrawerOpen.value = !desk.isDrawerOpen.value;
          const active = desk.active.peek();
          if (active !== null) {
            desk.column?.show(active);
          }
        }}
      >
        <Icon name="cards" />
        {count === 1 ? '1 annotation' : `${count} annotations`}
      </button>
      <button
        type="button"
        aria-expanded={desk.isSearchOpen.value}
        onClick={() => {
          desk.isSearchOpen.value = !desk.isSearchOpen.value;
        }}
      >
        <Icon name="search" />
        Search
      </button>
      <button
        type="button"
        aria-expanded={desk.areNotesOpen.value}
        aria-controls="notes-panel"
        onClick={() => {
          desk.isDrawerOpen.value = false;
          desk.areNotesOpen.value = !desk.areNotesOpen.value;
        }}
      >
        <Icon name="notes" />
        Notes
      </button>
    </nav>
  );
}

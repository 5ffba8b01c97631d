// A long list in parts: what nobody looks at need not be drawn, nor be passed by with the Tab key.

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

/** As many as somebody reads through before they look for one by its name. */
const PART = 50;

/**
 * The first of them, and what stands below these: a button for more, which leads on to the first that comes by it. It must be
 * the next element behind the list's own, or the table whose last body has them.
 */
export function useParts<Item>(all: readonly Item[], what: string): { shown: readonly Item[]; more: JSX.Element | null } {
  const count = useSignal(PART);
  const shown = all.slice(0, count.value);
  const rest = all.length - shown.length;
  const more = (
    <p class="row">
      <button
        type="button"
        class="quiet framed"
        onClick={({ currentTarget }) => {
          const before = currentTarget.closest('p')?.previousElementSibling ?? null;
          const rows = before instanceof HTMLTableElement ? before.tBodies[0] : before;
          const first = count.peek();
          count.value = first + PART;
          // Once they are drawn.
          setTimeout(() => lead(rows?.children[first]));
        }}
      >
        Show {Math.min(PART, rest).toLocaleString('en-GB')} more of {rest.toLocaleString('en-GB')} {what}
      </button>
    </p>
  );
  return { shown, more: rest > 0 ? more : null };
}

function lead(row: Element | undefined): void {
  if (row instanceof HTMLElement) {
    row.tabIndex = -1;
    row.focus();
  }
}

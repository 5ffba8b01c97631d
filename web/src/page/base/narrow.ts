// Whether the screen has room for a margin beside the text.

import { signal } from '@preact/signals';

/** Below this width there is none: cards and notes lie over the text. `style/narrow.css` says the same. */
const NARROW = matchMedia('(max-width: 63.99rem)');

export const isNarrow = signal(NARROW.matches);
NARROW.addEventListener('change', ({ matches }) => {
  isNarrow.value = matches;
});

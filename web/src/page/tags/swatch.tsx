// A tag's look in small: its colour and its underline, as they are on the text.

import type { HighlightStyle } from '../../text/palette.ts';

/** Hidden from screen readers: the tag's name always stands beside it. */
export function Swatch({ look }: { look: HighlightStyle | null }) {
  const colour = look?.colour ?? 'slate';
  return <span class={`swatch colour-${colour} pattern-${look?.pattern ?? 'solid'}`} aria-hidden="true" />;
}

// Chooses how highlights are painted.

import { HighlightPainter } from './highlight_painter.ts';
import { MarkPainter } from './mark_painter.ts';
import type { Painter } from './painter.ts';
import type { TextView } from './text_view.ts';

/** The CSS Custom Highlight API where the browser has it, `<mark>` elements otherwise. */
export function createPainter(view: TextView): Painter {
  // The type says that it is always there; older browsers say otherwise.
  const registry: HighlightRegistry | undefined = globalThis.CSS?.highlights;
  return registry !== undefined && typeof Highlight === 'function' ? new HighlightPainter(view) : new MarkPainter(view);
}

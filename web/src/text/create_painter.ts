// Chooses how highlights are painted.
import type { Painter } from './painter.ts';
import type { TextView } from './text_view.ts';

/** The CSS Custom Highlight API where the browser has it, `<mark>` elements otherwise. */
export declare function createPainter(view: TextView): Painter;

// Painting with elements, for browsers that cannot paint ranges. Fetched by those only.

// See `case_entry.ts`: so that what both need is one part of the bundle.
import './case_main.tsx';

export { MarkPainter } from '../text/mark_painter.ts';

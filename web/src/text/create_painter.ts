// Chooses how highlights are painted.

import { LayerBrush } from './layer_brush.ts';
import { adopt, colourRules, lookRules } from './looks.ts';
import type { Painter } from './painter.ts';
import { TextPainter } from './text_painter.ts';
import type { TextView } from './text_view.ts';

const RETRY_MS = 15_000;

let areMarksStyled = false;

// At once: cards and toolbars have these colours too, and may be there before a painter is.
adopt(colourRules());

/**
 * The CSS Custom Highlight API where the browser has it, `<mark>` elements otherwise. The script for those is fetched: until
 * it is there, all of the painter works but the painting. `failed` is told if that takes more than one attempt.
 */
export function createPainter(view: TextView, failed: () => void): Painter {
  const painter = new TextPainter(view);
  if (hasLayers()) {
    painter.take(new LayerBrush(view));
  } else {
    void fetchMarks(painter, view, failed);
  }
  return painter;
}

/** Whether the browser paints highlights itself. */
export function hasLayers(): boolean {
  // The type says that it is always there; older browsers say otherwise.
  const registry: HighlightRegistry | undefined = globalThis.CSS?.highlights;
  return registry !== undefined && typeof Highlight === 'function';
}

async function fetchMarks(painter: TextPainter, view: TextView, failed?: () => void): Promise<void> {
  try {
    const { MarkBrush, MARK_RULES } = await import('./mark_brush.ts');
    if (!areMarksStyled) {
      areMarksStyled = true;
      adopt(MARK_RULES + lookRules((name) => `.${name}`));
    }
    painter.take(new MarkBrush(view));
  } catch {
    if (!painter.isDestroyed) {
      failed?.();
      setTimeout(() => void fetchMarks(painter, view), RETRY_MS);
    }
  }
}

// Where something small opens beside something else. Pure arithmetic in viewport pixels.

export type Box = { left: number; top: number; right: number; bottom: number };
export type Size = { width: number; height: number };

const MARGIN = 8;

/**
 * Places a box of a size below an anchor, or above where there is more room, within the viewport.
 *
 * `align` says which edges should agree; the box is shifted where it would leave the viewport.
 */
export function placeBeside(
  anchor: Box,
  size: Size,
  viewport: Size,
  align: 'start' | 'centre' | 'end' = 'start',
  prefer: 'below' | 'above' = 'below',
): { left: number; top: number } {
  const wish =
    align === 'start'
      ? anchor.left
      : align === 'end'
        ? anchor.right - size.width
        : (anchor.left + anchor.right - size.width) / 2;
  const left = clamp(wish, MARGIN, viewport.width - size.width - MARGIN);
  const below = anchor.bottom + MARGIN;
  const above = anchor.top - MARGIN - size.height;
  const fitsBelow = below + size.height <= viewport.height - MARGIN;
  const fitsAbove = above >= MARGIN;
  const goesBelow = prefer === 'below' ? fitsBelow || !fitsAbove : !fitsAbove && fitsBelow;
  const top = clamp(goesBelow ? below : above, MARGIN, viewport.height - size.height - MARGIN);
  return { left: Math.round(left), top: Math.round(top) };
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}

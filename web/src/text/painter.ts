// What paints highlights onto the text: one interface, two ways.

import type { HighlightStyle, PatternName } from './palette.ts';

/** How something looks that is painted: as a tag does, or as only one's own notes do. */
export type PaintedStyle = HighlightStyle | { readonly colour: 'private'; readonly pattern: PatternName };

/**
 * Shows highlights on a text. Each call costs the same however many highlights there are.
 *
 * Stretches are offsets into the text, as checked by `anchor`. Ids are the caller's.
 */
export interface Painter {
  /** Shows a highlight, or moves or restyles it. */
  set(id: string, start: number, end: number, style: PaintedStyle): void;
  /** Shows it no longer; an unknown id is none. */
  remove(id: string): void;
  /** The highlight whose card is open. */
  setActive(id: string | null): void;
  /** The highlight under the pointer, here or at its card. */
  setHovered(id: string | null): void;
  /** Those that a filter fades. The set is the whole truth: what is not in it is shown as usual. */
  setDimmed(ids: ReadonlySet<string>): void;
  /** Emphasises a highlight for a moment, for instance after scrolling to it. */
  flash(id: string): void;
  /** The highlights at a point of the viewport, the smallest first and of equal ones the newest. Empty beside the text. */
  at(x: number, y: number): string[];
  /** Where it begins, in the viewport's coordinates; null for an unknown id. Cheap after one layout. */
  topOf(id: string): number | null;
  /** Takes everything back. */
  destroy(): void;
}

/** The next of the highlights at a point: the first, or the one after the active one. So clicks at one place go round. */
export function nextOf(ids: readonly string[], active: string | null): string | null {
  const at = active === null ? -1 : ids.indexOf(active);
  return ids[(at + 1) % ids.length] ?? null;
}

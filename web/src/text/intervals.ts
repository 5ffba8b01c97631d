// Which highlights cover an offset. Pure.
//
// The text is cut into stretches of a fixed length, each with the highlights that reach into it. So a question looks at
// what is near, however many highlights there are, and a highlight of some lines costs an entry or two.

import type { Span } from './anchor.ts';

/** About as long as a paragraph. */
const STRETCH_UNITS = 1_024;

export type Interval = Span & { readonly id: string };

export class Intervals<Kept extends Interval = Interval> {
  readonly #kept = new Map<string, Kept>();
  readonly #near = new Map<number, Set<Kept>>();

  get(id: string): Kept | undefined {
    return this.#kept.get(id);
  }

  all(): IterableIterator<Kept> {
    return this.#kept.values();
  }

  set(interval: Kept): void {
    this.remove(interval.id);
    this.#kept.set(interval.id, interval);
    for (const stretch of stretchesOf(interval)) {
      const near = this.#near.get(stretch);
      if (near === undefined) {
        this.#near.set(stretch, new Set([interval]));
      } else {
        near.add(interval);
      }
    }
  }

  remove(id: string): void {
    const interval = this.#kept.get(id);
    if (interval === undefined) {
      return;
    }
    this.#kept.delete(id);
    for (const stretch of stretchesOf(interval)) {
      const near = this.#near.get(stretch);
      near?.delete(interval);
      if (near?.size === 0) {
        this.#near.delete(stretch);
      }
    }
  }

  /** What covers the unit at an offset: the smallest first, of equal ones the one that was set last. */
  at(offset: number): Kept[] {
    const near = this.#near.get(Math.floor(offset / STRETCH_UNITS)) ?? [];
    const covering = [...near].filter(({ start, end }) => start <= offset && offset < end);
    // Sorting is stable, so the reversal makes later ones come first among equals.
    return covering.reverse().sort((a, b) => a.end - a.start - (b.end - b.start));
  }

  /** What has a unit in common with a stretch. */
  overlapping(span: Span): Set<Kept> {
    const found = new Set<Kept>();
    for (const stretch of stretchesOf(span)) {
      for (const interval of this.#near.get(stretch) ?? []) {
        if (interval.start < span.end && span.start < interval.end) {
          found.add(interval);
        }
      }
    }
    return found;
  }
}

function* stretchesOf({ start, end }: Span): Iterable<number> {
  for (let stretch = Math.floor(start / STRETCH_UNITS); stretch * STRETCH_UNITS < end; stretch += 1) {
    yield stretch;
  }
}

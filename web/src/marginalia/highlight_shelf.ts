// The highlights as signals: one each, and three that change only when highlights come, go or move.

import { signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type * as Y from 'yjs';

import type { Highlight, Place, Target } from './model.ts';
import { same } from './same.ts';
import { readHighlight } from './schema.ts';
import { byAge } from './threads.ts';

/** How the shelf learns where a highlight is. */
export type Locate = {
  /** Finds a target in the text; 'orphan' if it is not there for certain. */
  readonly anchor: (target: Target) => Place | 'orphan';
  /** The label of the paragraph at an offset, null if it has none. */
  readonly paragraphAt: (offset: number) => string | null;
};

export class HighlightShelf {
  readonly #locate: Locate;
  readonly #all = signal<ReadonlyMap<string, Signal<Highlight>>>(new Map());
  readonly #order = signal<readonly string[]>([]);
  readonly #orphans = signal<readonly string[]>([]);

  constructor(locate: Locate) {
    this.#locate = locate;
  }

  get all(): ReadonlySignal<ReadonlyMap<string, ReadonlySignal<Highlight>>> {
    return this.#all;
  }

  /** Those that are in the text, by start, then end, then age. */
  get order(): ReadonlySignal<readonly string[]> {
    return this.#order;
  }

  /** Those that are not, oldest first. */
  get orphans(): ReadonlySignal<readonly string[]> {
    return this.#orphans;
  }

  /** Reads the entries with these ids again. Call it within a batch. */
  read(root: Y.Map<unknown>, ids: Iterable<string>): void {
    const before = this.#all.peek();
    const all = new Map(before);
    let isMoved = false;
    for (const id of ids) {
      const known = all.get(id);
      const highlight = this.#place(root, id, known?.peek());
      if (highlight === null) {
        isMoved = all.delete(id) || isMoved;
      } else if (known === undefined) {
        all.set(id, signal(highlight));
        isMoved = true;
      } else if (!same(known.peek(), highlight)) {
        isMoved ||= !same(known.peek().place, highlight.place);
        known.value = highlight;
      }
    }
    if (isMoved) {
      const isAlike = all.size === before.size && [...all.keys()].every((id) => before.has(id));
      this.#all.value = isAlike ? before : all;
      this.#sort(all);
    }
  }

  /** Reads all of another document; what both have keeps its signal. */
  readAll(root: Y.Map<unknown>): void {
    this.read(root, new Set([...this.#all.peek().keys(), ...root.keys()]));
  }

  #place(root: Y.Map<unknown>, id: string, known: Highlight | undefined): Highlight | null {
    const written = readHighlight(root, id);
    if (written === null) {
      return null;
    }
    if (known !== undefined && same(known.target, written.target)) {
      // The text never changes, so neither does the place.
      return { ...written, target: known.target, place: known.place, para: known.place === null ? written.para : known.para };
    }
    const place = this.#locate.anchor(written.target);
    return place === 'orphan' ? { ...written, place: null } : { ...written, place, para: paragraphsOf(place, this.#locate) };
  }

  #sort(all: ReadonlyMap<string, Signal<Highlight>>): void {
    const highlights = [...all.values()].map((each) => each.peek()).sort(byAge);
    const placed = highlights
      .flatMap(({ id, place }) => (place === null ? [] : [{ id, place }]))
      .sort((a, b) => a.place.start - b.place.start || a.place.end - b.place.end);
    assign(this.#order, placed.map(({ id }) => id));
    assign(this.#orphans, highlights.flatMap(({ id, place }) => (place === null ? [id] : [])));
  }
}

/** The label of the paragraphs that a place lies in, "12" or "12–14". */
export function paragraphsOf({ start, end }: Place, { paragraphAt }: Locate): string | null {
  const [first, last] = [paragraphAt(start), paragraphAt(end - 1)];
  return first === null || last === null || first === last ? (first ?? last) : `${first}–${last}`;
}

function assign(list: Signal<readonly string[]>, ids: readonly string[]): void {
  if (!same(list.peek(), ids)) {
    list.value = ids;
  }
}

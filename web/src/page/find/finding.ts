// Which annotations a person wants to see: the filter hides, the search fades, both keep the order of the text.
//
// What is asked for and what came of it stands here; `looking.ts` answers, and is fetched with the rest of the page.

import { computed, signal } from '@preact/signals';

import { EVERYTHING } from '../../marginalia/wanted.ts';
import type { Filter } from '../../marginalia/wanted.ts';

type Ids = ReadonlySet<string>;

/** What there is to step through while something is asked for. */
export type Walk = {
  /** How much was found, or which of it one stands at. */
  readonly words: string;
  readonly isEmpty: boolean;
  /** Where in the text one stands; null before the first step. */
  readonly at: number | null;
  readonly step: (by: 1 | -1) => void;
};

export class Finding {
  /** What the filter asks for, without the search. */
  readonly filter = signal<Filter>(EVERYTHING);
  readonly query = signal('');
  /** How many conditions the filter has. */
  readonly parts = computed(() => activeParts(this.filter.value));
  /** The highlights that the filter lets through; null for all. */
  readonly shown = signal<Ids | null>(null);
  /** The highlights in which the search finds something; null without a search. */
  readonly found = signal<Ids | null>(null);
  /** What the text fades: what is hidden or not found. */
  readonly dimmed = signal<Ids>(new Set());
  /** Null while nothing is asked for: then one steps through all annotations. */
  readonly walk = signal<Walk | null>(null);

  /** Shows everything again; the search stays. */
  clear(): void {
    this.filter.value = EVERYTHING;
  }
}

/** The next (or previous) id of an order, around the end; from nowhere, the first (or last). */
export function neighbour(order: readonly string[], from: string | null, by: 1 | -1): string | null {
  const at = order.indexOf(from ?? '');
  return order.at(at < 0 && by < 0 ? by : at + by) ?? order[0] ?? null;
}

function activeParts({ tags, person, mine, unresolved }: Filter): number {
  return Number(tags.size > 0) + Number(person !== null) + Number(mine) + Number(unresolved);
}

// Which annotations a person wants to see: the filter hides, the search fades, both keep the order of the text.
//
// What is asked for and what came of it stands here; `looking.ts` answers, and is fetched with the rest of the page.

import { computed, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

import { EVERYTHING } from '../../marginalia/wanted.ts';
import type { Filter } from '../../marginalia/wanted.ts';
import type { Marginalia } from '../../marginalia/marginalia.ts';

type Ids = ReadonlySet<string>;

export class Finding {
  /** What the filter asks for, without the search. */
  readonly filter = signal<Filter>(EVERYTHING);
  readonly query = signal('');
  /** How many conditions the filter has. */
  readonly parts = computed(() => activeParts(this.filter.value));
  readonly isSearching = computed(() => this.query.value.trim() !== '');
  /** The highlights that the filter lets through; null for all. */
  readonly shown = signal<Ids | null>(null);
  /** The highlights in which the search finds something; null without a search. */
  readonly found = signal<Ids | null>(null);
  /** What is to be stepped through, in the order of the text: what is shown and, if there is a search, found. */
  readonly steps: ReadonlySignal<readonly string[]>;
  /** What the text fades: what is hidden or not found. */
  readonly dimmed: ReadonlySignal<Ids>;
  readonly #order: ReadonlySignal<readonly string[]>;

  constructor(marginalia: Marginalia) {
    this.#order = marginalia.order;
    const isWanted = (id: string): boolean => (this.shown.value?.has(id) ?? true) && (this.found.value?.has(id) ?? true);
    this.steps = computed(() => this.#order.value.filter(isWanted));
    this.dimmed = computed(() => {
      const isAll = this.shown.value === null && this.found.value === null;
      return new Set(isAll ? [] : this.#order.value.filter((id) => !isWanted(id)));
    });
  }

  /** The next (or previous) of the steps, around the end, wherever one stands; null if there are none. */
  stepFrom(from: string | null, by: 1 | -1): string | null {
    return stepFrom(this.#order.peek(), new Set(this.steps.peek()), from, by);
  }

  /** Shows everything again; the search stays. */
  clear(): void {
    this.filter.value = EVERYTHING;
  }
}

/** The next (or previous) id of an order that is among those, around the end; from nowhere, the first (or last). */
export function stepFrom(order: readonly string[], among: Ids, from: string | null, by: 1 | -1): string | null {
  const at = from === null ? -1 : order.indexOf(from);
  const rest = at < 0 ? order : [...order.slice(at + 1), ...order.slice(0, at + 1)];
  // Backwards, the place itself comes last of all, not first.
  const way = by === 1 ? rest : at < 0 ? order.toReversed() : [...rest.slice(0, -1).toReversed(), ...rest.slice(-1)];
  return way.find((id) => among.has(id)) ?? null;
}

function activeParts({ tags, person, mine, unresolved }: Filter): number {
  return Number(tags.size > 0) + Number(person !== null) + Number(mine) + Number(unresolved);
}

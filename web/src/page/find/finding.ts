// Which annotations a person wants to see: the filter hides, the search fades, both keep the order of the text.

import { computed, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

import { EVERYTHING, matches, nextOf } from '../../marginalia/filter.ts';
import type { Filter } from '../../marginalia/filter.ts';
import type { Marginalia } from '../../marginalia/marginalia.ts';
import type { Me } from '../../marginalia/model.ts';

export class Finding {
  /** What the filter asks for, without the search. */
  readonly filter = signal<Filter>(EVERYTHING);
  readonly query = signal('');
  readonly isFiltering = computed(() => activeParts(this.filter.value) > 0);
  /** How many conditions the filter has. */
  readonly parts = computed(() => activeParts(this.filter.value));
  readonly isSearching = computed(() => this.query.value.trim() !== '');
  /** The highlights that the filter lets through; null for all. */
  readonly shown: ReadonlySignal<ReadonlySet<string> | null>;
  /** The highlights in which the search finds something; null without a search. */
  readonly found: ReadonlySignal<ReadonlySet<string> | null>;
  /** What is to be stepped through, in the order of the text: what is shown and, if there is a search, found. */
  readonly steps: ReadonlySignal<readonly string[]>;
  /** What the text fades: what is hidden or not found. */
  readonly dimmed: ReadonlySignal<ReadonlySet<string>>;

  readonly #marginalia: Marginalia;

  constructor(marginalia: Marginalia, me: Me) {
    this.#marginalia = marginalia;
    const tagIds = computed(() => new Set(marginalia.tags.value.map(({ id }) => id)));
    const allIds = computed(() => [...marginalia.order.value, ...marginalia.orphans.value]);
    const those = (filter: Filter): ReadonlySet<string> =>
      new Set(
        allIds.value.filter((id) => {
          const highlight = marginalia.highlights.value.get(id)?.value;
          const comments = marginalia.commentsOf(id).value;
          return highlight !== undefined && matches(highlight, comments, filter, me, (tag) => tagIds.value.has(tag));
        }),
      );
    this.shown = keepEqual(() => (this.isFiltering.value ? those(this.filter.value) : null));
    this.found = keepEqual(() => (this.isSearching.value ? those({ ...EVERYTHING, query: this.query.value }) : null));
    this.steps = computed(() => {
      const { shown, found } = this.#sets();
      return marginalia.order.value.filter((id) => (shown?.has(id) ?? true) && (found?.has(id) ?? true));
    });
    this.dimmed = computed(() => {
      const { shown, found } = this.#sets();
      const isAll = shown === null && found === null;
      return new Set(isAll ? [] : allIds.value.filter((id) => !(shown?.has(id) ?? true) || !(found?.has(id) ?? true)));
    });
  }

  /** The next (or previous) of the steps, around the end, wherever one stands; null if there are none. */
  stepFrom(from: string | null, by: 1 | -1): string | null {
    return nextOf(this.#marginalia.order.peek(), new Set(this.steps.peek()), from, by);
  }

  /** Shows everything again; the search stays. */
  clear(): void {
    this.filter.value = EVERYTHING;
  }

  #sets(): { shown: ReadonlySet<string> | null; found: ReadonlySet<string> | null } {
    return { shown: this.shown.value, found: this.found.value };
  }
}

function activeParts({ tags, person, mine, unresolved }: Filter): number {
  return Number(tags.size > 0) + Number(person !== null) + Number(mine) + Number(unresolved);
}

/** A computed set that stays the same object while its members do, so that cards are not asked again for nothing. */
function keepEqual(compute: () => ReadonlySet<string> | null): ReadonlySignal<ReadonlySet<string> | null> {
  let last: ReadonlySet<string> | null = null;
  return computed(() => {
    const next = compute();
    if (last === null || next === null || last.size !== next.size || [...next].some((id) => last?.has(id) !== true)) {
      last = next;
    }
    return last;
  });
}

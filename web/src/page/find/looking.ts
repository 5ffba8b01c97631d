// Answers what the filter and the search ask for, and keeps the answers true while annotations come and change.

import { computed, effect } from '@preact/signals';

import { EVERYTHING, matches } from '../../marginalia/filter.ts';
import type { Filter } from '../../marginalia/filter.ts';
import type { Desk } from '../desk/desk.ts';

const looking = new WeakSet<Desk>();

/** Looks from now on, once for each desk and as long as it lasts. */
export function look(desk: Desk): void {
  if (looking.has(desk)) {
    return;
  }
  looking.add(desk);
  const { finding, marginalia, me } = desk;
  const tagIds = computed(() => new Set(marginalia.tags.value.map(({ id }) => id)));
  const those = (filter: Filter): ReadonlySet<string> =>
    new Set(
      [...marginalia.highlights.value].flatMap(([id, highlight]) => {
        const comments = marginalia.commentsOf(id).value;
        return matches(highlight.value, comments, filter, me, (tag) => tagIds.value.has(tag)) ? [id] : [];
      }),
    );
  const answer = (target: { value: ReadonlySet<string> | null; peek(): ReadonlySet<string> | null }, next: ReadonlySet<string> | null): void => {
    // The same members are the same answer, so that cards are not asked again for nothing.
    if (!isSame(target.peek(), next)) {
      target.value = next;
    }
  };
  effect(() => answer(finding.shown, finding.parts.value > 0 ? those(finding.filter.value) : null));
  effect(() => answer(finding.found, finding.isSearching.value ? those({ ...EVERYTHING, query: finding.query.value }) : null));
}

function isSame(a: ReadonlySet<string> | null, b: ReadonlySet<string> | null): boolean {
  return a === b || (a !== null && b !== null && a.size === b.size && [...a].every((id) => b.has(id)));
}

// Answers what the filter and the search ask for, and keeps the answers true while annotations come and change.

import { batch, computed, effect, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';

import { EVERYTHING, matches } from '../../marginalia/filter.ts';
import type { Filter } from '../../marginalia/filter.ts';
import { FoldedText } from '../../marginalia/folding.ts';
import type { Place } from '../../marginalia/model.ts';
import type { Desk } from '../desk/desk.ts';
import type { Walk } from './finding.ts';
import { paintMatches } from './match_paint.ts';
import { countWords, stopsOf } from './stops.ts';
import type { FoundCard } from './stops.ts';
import { Walker } from './walker.ts';

type Ids = ReadonlySet<string>;

const walkers = new WeakMap<Desk, Walker>();

/** Looks from now on, once for each desk and as long as it lasts; gives what walks through the findings. */
export function look(desk: Desk): Walker {
  const known = walkers.get(desk);
  if (known !== undefined) {
    return known;
  }
  const isSearching = computed(() => desk.finding.query.value.trim() !== '');
  const inText = matchesOf(desk, isSearching);
  const walker = new Walker(desk, computed(() => stopsOf(inText.value ?? [], cardsOf(desk))));
  walkers.set(desk, walker);
  answerCards(desk, isSearching);
  effect(() => {
    const { finding } = desk;
    const isAsked = isSearching.value || finding.parts.value > 0;
    // A count of half of it would be announced, and then be wrong.
    finding.walk.value = isAsked && inText.value !== null ? walkOf(walker, isSearching.value) : null;
  });
  paintMatches(desk, computed(() => inText.value ?? []), computed(() => walker.stop.value?.match ?? null));
  return walker;
}

function walkOf(walker: Walker, isSearching: boolean): Walk {
  const stops = walker.stops.value;
  // Until one has stepped, what was found is worth more than that the open card is part of it.
  const at = walker.stop.value === null ? -1 : walker.index.value;
  const words = at < 0 && !isSearching ? `${stops.length} shown` : countWords(stops, at);
  return { words, isEmpty: stops.length === 0, at: walker.stop.value?.start ?? null, step: (by) => walker.step(by) };
}

/** Where in the text the query stands: none without one, null until the text has been folded. */
function matchesOf({ text, finding }: Desk, isSearching: ReadonlySignal<boolean>): ReadonlySignal<readonly Place[] | null> {
  const folded = signal<FoldedText | null>(null);
  void FoldedText.inPieces(text.text, () => new Promise((done) => setTimeout(done))).then((whole) => (folded.value = whole));
  return computed(() => (isSearching.value ? (folded.value?.find(finding.query.value) ?? null) : []));
}

/** Which highlights are shown, found and faded. */
function answerCards(desk: Desk, isSearching: ReadonlySignal<boolean>): void {
  const { finding, marginalia, me } = desk;
  const tagIds = computed(() => new Set(marginalia.tags.value.map(({ id }) => id)));
  const those = (filter: Filter): Ids =>
    new Set(
      [...marginalia.highlights.value].flatMap(([id, highlight]) => {
        const comments = marginalia.commentsOf(id).value;
        return matches(highlight.value, comments, filter, me, (tag) => tagIds.value.has(tag)) ? [id] : [];
      }),
    );
  const answer = <Answer extends Ids | null>(target: Signal<Answer>, next: Answer): void => {
    // The same members are the same answer, so that cards are not asked again for nothing.
    if (!isSame(target.peek(), next)) {
      target.value = next;
    }
  };
  effect(() => {
    const shown = finding.parts.value > 0 ? those(finding.filter.value) : null;
    const found = isSearching.value ? those({ ...EVERYTHING, query: finding.query.value }) : null;
    const isAll = shown === null && found === null;
    const dimmed = isAll ? [] : marginalia.order.value.filter((id) => !(shown?.has(id) ?? true) || !(found?.has(id) ?? true));
    batch(() => {
      answer(finding.shown, shown);
      answer(finding.found, found);
      answer(finding.dimmed, new Set(dimmed));
    });
  });
}

/** The cards that are shown and, if there is a search, found, in the order of the text. */
function cardsOf({ finding, marginalia }: Desk): FoundCard[] {
  const all = marginalia.highlights.value;
  return marginalia.order.value.flatMap((id) => {
    const place = all.get(id)?.value.place ?? null;
    const isWanted = (finding.shown.value?.has(id) ?? true) && (finding.found.value?.has(id) ?? true);
    return place !== null && isWanted ? [{ id, place }] : [];
  });
}

function isSame(a: Ids | null, b: Ids | null): boolean {
  return a === b || (a !== null && b !== null && a.size === b.size && [...a].every((id) => b.has(id)));
}

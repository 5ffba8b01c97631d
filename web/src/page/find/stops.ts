// What one steps through when the text and its annotations are searched together, in reading order, and how it is told.
// Pure.

import { MATCHES_MAX } from '../../marginalia/folding.ts';
import type { Place } from '../../marginalia/model.ts';

/** A card that was found, with the place of its highlight. */
export type FoundCard = { readonly id: string; readonly place: Place };

/** A match in the text, with the found card that it belongs to, if any; or a card whose words alone were found. */
export type Stop = { readonly start: number; readonly match: Place | null; readonly card: string | null };

/**
 * Puts matches and cards in the order of the text. Both come in it.
 *
 * A card whose highlight holds a match needs no stop of its own: it opens when one comes to the match. Where several cards
 * share a match, each has a stop all the same.
 */
export function stopsOf(matches: readonly Place[], cards: readonly FoundCard[]): Stop[] {
  const cardOf = new Map<Place, string>();
  const taken = new Set<Place>();
  const alone: Stop[] = [];
  for (const { id, place } of cards) {
    const first = firstEndingBehind(matches, place.start);
    // One more, which may begin within the highlight.
    const within = matches.slice(first, firstEndingBehind(matches, place.end) + 1).filter(({ start }) => start < place.end);
    const own = within.find((match) => !taken.has(match));
    if (own === undefined) {
      alone.push({ start: place.start, match: null, card: id });
    } else {
      taken.add(own);
      cardOf.set(own, id);
    }
    for (const match of within.filter((each) => !taken.has(each))) {
      cardOf.set(match, id);
    }
  }
  const inText = matches.map((match): Stop => ({ start: match.start, match, card: cardOf.get(match) ?? null }));
  return [...inText, ...alone].sort((a, b) => a.start - b.start);
}

/** The stop to go to from a place in the text, or from the stop of an index, around the end; null if there are none. */
export function stopFrom(stops: readonly Stop[], from: { index: number } | { offset: number }, by: 1 | -1): Stop | null {
  if ('index' in from) {
    return stops.at((from.index + by) % stops.length) ?? null;
  }
  const next = stops.findIndex(({ start }) => start >= from.offset);
  return stops.at(by === 1 ? Math.max(next, 0) : Math.max(next, 0) - 1) ?? null;
}

/** Says which stop one is at, or what was found: "3 in the text,", "2 more cards", in two lines. */
export function countWords(stops: readonly Stop[], at: number): string {
  if (at >= 0) {
    return `${plain(at + 1)} of ${plain(stops.length)}`;
  }
  const inText = stops.filter(({ match }) => match !== null).length;
  const cards = stops.length - inText;
  const words = [
    inText === 0 ? '' : `${inText >= MATCHES_MAX ? 'first ' : ''}${plain(inText)} in the text`,
    cards === 0 ? '' : `${plain(cards)} ${inText === 0 ? '' : 'more '}${cards === 1 ? 'card' : 'cards'}`,
  ];
  return words.filter(Boolean).join(',\n') || 'Nothing found';
}

function plain(count: number): string {
  return count.toLocaleString('en');
}

/** The index of the first of the matches that ends behind an offset. */
function firstEndingBehind(matches: readonly Place[], offset: number): number {
  let low = 0;
  let high = matches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((matches[middle]?.end ?? 0) <= offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// Whether a highlight still says where it is. Exact or not at all: an orphan in a list is better than a wrong place.

/** The longest prefix and suffix, in UTF-16 units. */
export const CONTEXT_UNITS_MAX = 32;
/** A quote without any context is only looked for elsewhere if it is longer than chance. */
const QUOTE_ALONE_MIN = 32;

/** A stretch of the text, in UTF-16 offsets; `start < end`. */
export type Span = { readonly start: number; readonly end: number };

/** What a highlight stores about its place. */
export type Selector = Span & { readonly quote: string; readonly prefix: string; readonly suffix: string };

/**
 * Finds the place of a highlight.
 *
 * If the quote stands where the highlight says, that is the place. Else the place is where prefix, quote and suffix stand
 * together, if that is exactly one place. Else there is none. Nothing is guessed.
 */
export function anchor(selector: Selector, text: string): Span | 'orphan' {
  const { start, end, quote, prefix, suffix } = selector;
  if (quote.trim() === '' || !quote.isWellFormed()) {
    return 'orphan';
  }
  const placeFrom = (from: number): Span | null => {
    const place = { start: from, end: from + quote.length };
    return isStretch(place, text) && text.startsWith(quote, from) ? place : null;
  };
  const place = end - start === quote.length ? placeFrom(start) : null;
  if (place !== null) {
    return place;
  }
  if (prefix === '' && suffix === '' && quote.length < QUOTE_ALONE_MIN) {
    return 'orphan';
  }
  const whole = prefix + quote + suffix;
  const at = text.indexOf(whole);
  if (at < 0 || text.indexOf(whole, at + 1) >= 0) {
    return 'orphan';
  }
  return placeFrom(at + prefix.length) ?? 'orphan';
}

/** What a new highlight stores about its place. */
export function selectorOf({ start, end }: Span, text: string): Selector {
  let from = Math.max(0, start - CONTEXT_UNITS_MAX);
  let to = end + CONTEXT_UNITS_MAX;
  // Context never begins or ends with half a pair.
  from += Number(splitsPair(text, from));
  to -= Number(splitsPair(text, to));
  return { start, end, quote: text.slice(start, end), prefix: text.slice(from, start), suffix: text.slice(end, to) };
}

/** Whether a stretch is one of the text: not empty, and between characters. Whatever the numbers are. */
export function isStretch({ start, end }: Span, text: string): boolean {
  return [start, end].every((offset) => Number.isInteger(offset) && !splitsPair(text, offset)) && start >= 0 && start < end && end <= text.length;
}

/** Whether an offset lies between the halves of a surrogate pair. */
export function splitsPair(text: string, offset: number): boolean {
  return (text.charCodeAt(offset) & 0xfc00) === 0xdc00 && (text.charCodeAt(offset - 1) & 0xfc00) === 0xd800;
}

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
  if (quote.trim() === '' || splitsPairAtEnds(quote)) {
    return 'orphan';
  }
  if (isPlace(start, end, quote, text)) {
    return { start, end };
  }
  if (prefix === '' && suffix === '' && quote.length < QUOTE_ALONE_MIN) {
    return 'orphan';
  }
  const whole = prefix + quote + suffix;
  const at = text.indexOf(whole);
  if (at < 0 || text.indexOf(whole, at + 1) >= 0) {
    return 'orphan';
  }
  const found = at + prefix.length;
  return isPlace(found, found + quote.length, quote, text) ? { start: found, end: found + quote.length } : 'orphan';
}

/** What a new highlight stores about its place. */
export function selectorOf({ start, end }: Span, text: string): Selector {
  return {
    start,
    end,
    quote: text.slice(start, end),
    prefix: text.slice(wholeStart(text, Math.max(0, start - CONTEXT_UNITS_MAX)), start),
    suffix: text.slice(end, wholeEnd(text, Math.min(text.length, end + CONTEXT_UNITS_MAX))),
  };
}

function isPlace(start: number, end: number, quote: string, text: string): boolean {
  return (
    Number.isInteger(start) &&
    Number.isInteger(end) &&
    start >= 0 &&
    end - start === quote.length &&
    text.startsWith(quote, start) &&
    !splitsPair(text, start) &&
    !splitsPair(text, end)
  );
}

/** Whether an offset lies between the halves of a surrogate pair. */
export function splitsPair(text: string, offset: number): boolean {
  return isLow(text.charCodeAt(offset)) && isHigh(text.charCodeAt(offset - 1));
}

function wholeStart(text: string, offset: number): number {
  return splitsPair(text, offset) ? offset + 1 : offset;
}

function wholeEnd(text: string, offset: number): number {
  return splitsPair(text, offset) ? offset - 1 : offset;
}

function splitsPairAtEnds(quote: string): boolean {
  return isLow(quote.charCodeAt(0)) || isHigh(quote.charCodeAt(quote.length - 1));
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

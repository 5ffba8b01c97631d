// What a highlight stores of its place, and which places make a highlight.

import { fits } from './fields.ts';
import { CONTEXT_UNITS_MAX, QUOTE_CHARS_MAX } from './limits.ts';
import type { Place, Target } from './model.ts';

/** Why a place makes no highlight. */
export type HighlightProblem = 'outside' | 'empty' | 'splits_character' | 'too_long';

/** What speaks against highlighting a place; null if nothing does. */
export function highlightProblem(text: string, { start, end }: Place): HighlightProblem | null {
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end > text.length) {
    return 'outside';
  }
  if (text.slice(start, end).trim() === '') {
    return 'empty';
  }
  if (splitsPair(text, start) || splitsPair(text, end)) {
    return 'splits_character';
  }
  return fits(text.slice(start, end), QUOTE_CHARS_MAX) ? null : 'too_long';
}

/** The words at a place with up to 32 units around them, never half a surrogate pair. */
export function targetAt(text: string, { start, end }: Place): Target {
  const from = Math.max(0, start - CONTEXT_UNITS_MAX);
  const to = Math.min(text.length, end + CONTEXT_UNITS_MAX);
  return {
    start,
    end,
    quote: text.slice(start, end),
    prefix: text.slice(splitsPair(text, from) ? from + 1 : from, start),
    suffix: text.slice(end, splitsPair(text, to) ? to - 1 : to),
  };
}

export function splitsPair(text: string, offset: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(Math.max(0, offset - 1), offset + 1)) && offset > 0;
}

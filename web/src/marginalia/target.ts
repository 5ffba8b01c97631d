// Which places make a highlight. What is stored of a place is `selectorOf` in text/anchor.ts.

import { splitsPair } from '../text/anchor.ts';
import { fits } from './fields.ts';
import { QUOTE_CHARS_MAX } from './limits.ts';
import type { Place } from './model.ts';

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

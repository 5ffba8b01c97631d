// Why something that was asked for was not done.

import type { HighlightProblem } from '../../marginalia/target.ts';

export const CLOSED_WORDS =
  'Nothing was changed: the connection is closed for good, so it would not be kept. The status at the top says what to do.';

export const COMMENT_TOO_LONG_WORDS =
  'That is too long for one comment (20,000 characters at most). Shorten it, or split it in two.';

/** Says why a selection makes no highlight. */
export function problemWords(problem: HighlightProblem): string {
  switch (problem) {
    case 'too_long':
      return 'That is too long for one highlight (10,000 characters at most). Select less.';
    case 'empty':
      return 'Nothing but white space is selected. Select some words.';
    case 'outside':
    case 'splits_character':
      return 'That selection does not lie within the text. Select again.';
  }
}

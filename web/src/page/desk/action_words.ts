// Why something that was asked for was not done. Fetched when it is first said, see `complain`.

import type { HighlightProblem } from '../../marginalia/target.ts';
import type { Role } from '../../sync/interface.ts';

/** What speaks against doing something: how things stand, what the person may do, or what they gave. */
export type Problem = 'closed' | 'unknown' | Role | 'comment_too_long' | 'not_posted' | HighlightProblem;

/** Said when the document is another one. */
export const UNDO_LOST_WORDS = 'The case was fetched anew; what you did before can no longer be undone.';

/** Says why something was not done. */
export function problemWords(problem: Problem): string {
  switch (problem) {
    case 'closed':
      return 'Nothing was changed: the connection is closed for good, so it would not be kept. The status at the top says what to do.';
    case 'unknown':
      return 'It is not known yet what you may do in this case. Try again in a moment.';
    case 'none':
    case 'read':
      return 'You may only read this case. Ask its owner if you want to take part.';
    case 'comment':
      return 'You may comment on what is highlighted here, and change your own comments. For more, ask the owner of the case.';
    case 'annotate':
    case 'own':
      return 'Only who made it may change this, and the owner of the case.';
    case 'not_posted':
      return 'This was not posted: what it belongs to is gone. Your words are still in the field.';
    case 'comment_too_long':
      return 'That is too long for one comment (20,000 characters at most). Shorten it, or split it in two.';
    case 'too_long':
      return 'That is too long for one highlight (10,000 characters at most). Select less.';
    case 'empty':
      return 'Nothing but white space is selected. Select some words.';
    case 'outside':
    case 'splits_character':
      return 'That selection does not lie within the text. Select again.';
  }
}

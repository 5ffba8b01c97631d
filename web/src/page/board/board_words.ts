// What a person may do on a board, and that it has changed, in words.

import { isAtLeast } from '../../marginalia/rights.ts';
import type { Role } from '../../sync/interface.ts';

/** To follow "You may". */
export const BOARD_MAY_WORDS: Readonly<Record<Role, string>> = {
  none: 'do nothing on this board',
  read: 'look at this board',
  comment: 'put notes of your own on this board',
  annotate: 'put notes on this board, move anybody’s, and draw',
  own: 'change everything on this board, and what others wrote too',
};

/** One sentence for a change of the role. */
export function boardRoleWords(role: Role, before: Role): string {
  const isLess = isAtLeast(before, role);
  const why = isLess ? ' Its owner has changed what you may do, or has locked it.' : '';
  return `You may now ${isLess && role !== 'none' ? 'only ' : ''}${BOARD_MAY_WORDS[role]}.${why}`;
}

// What a person may do in a case, and that it has changed, in words.

import { isAtLeast } from '../../marginalia/rights.ts';
import type { Role } from '../../sync/interface.ts';

/** What a role lets a person do, to follow "You may". */
export const MAY_WORDS: Readonly<Record<Role, string>> = {
  none: 'do nothing in this case',
  read: 'read this case',
  comment: 'comment on what is highlighted in this case',
  annotate: 'highlight, tag and comment in this case',
  own: 'change everything in this case, and what others wrote too',
};

/** One sentence for a change of the role. */
export function roleChangeWords(role: Role, before: Role): string {
  const isLess = isAtLeast(before, role);
  const only = isLess ? 'You may now only' : 'You may now';
  const why = isLess ? ' Its owner has changed what you may do, or has locked it.' : '';
  return role === 'none' ? `You may now ${MAY_WORDS.none}.` : `${only} ${MAY_WORDS[role]}.${why}`;
}

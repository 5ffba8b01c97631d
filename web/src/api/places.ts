// Where a case or board stands: in which class, what one may do with it, and what its state leaves of that.

import { ask } from './ask.ts';
import type { Fetch, Reply } from './ask.ts';
import { flag } from './fields.ts';
import { sectionOf } from './sections.ts';
import type { Section } from './sections.ts';
import { SHARE_ROLES } from './shares.ts';
import type { ShareRole } from './shares.ts';
import { CASE_STATES } from './states.ts';
import type { CaseState } from './states.ts';

export type Place = {
  /** What one may do with it, as its state leaves it. */
  readonly role: ShareRole;
  /** Whether one owns it, whatever its state leaves of that. */
  readonly isOwn: boolean;
  /** Null: it is in none. */
  readonly classId: string | null;
  /** Whose students see it; null: the whole class. */
  readonly section: Section | null;
  /** The stricter one of its own and its class's. */
  readonly state: CaseState;
  /** Until when only its owners see it. */
  readonly visibleFrom: string | null;
};

export function fetchPlace(what: 'case' | 'board', id: string, fetchIt?: Fetch): Promise<Reply<Place>> {
  return ask({
    path: `/api/${what}s/${encodeURIComponent(id)}`,
    read: (answer) => ({
      // Of a sample nothing is said.
      role: answer.has('role') ? answer.oneOf('role', SHARE_ROLES) : 'read',
      isOwn: flag(answer, 'owned'),
      classId: answer.optional('class', 255),
      section: sectionOf(answer),
      state: answer.has('state') ? answer.oneOf('state', CASE_STATES) : 'open',
      visibleFrom: answer.optional('visible_from', 64),
    }),
  }, fetchIt);
}

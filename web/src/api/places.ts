// Where a case or board stands: in which class, what one may do with it and the class's students may, and what its state leaves of that.

import type { Members } from '../text/members.ts';
import { ask, nothing } from './ask.ts';
import type { Fetch, Reply } from './ask.ts';
import { flag } from './fields.ts';
import { sectionOf } from './sections.ts';
import type { Section } from './sections.ts';
import { DEFAULT_ROLES, SHARE_ROLES } from './shares.ts';
import type { DefaultRole, ShareRole } from './shares.ts';
import { CASE_STATES } from './states.ts';
import type { CaseState } from './states.ts';

/** What students may do on it: what is said of it, null if nothing is; and what their class says of all that it has. */
export type StudentsMay = { readonly here: DefaultRole | null; readonly inClass: DefaultRole };

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
  /** Null: it is in no class, or not one's own to say. */
  readonly students: StudentsMay | null;
};

export function fetchPlace(what: 'case' | 'board', id: string, fetchIt?: Fetch): Promise<Reply<Place>> {
  return ask({
    path: pathOf(what, id),
    read: (answer) => ({
      // Of a sample nothing is said.
      role: answer.has('role') ? answer.oneOf('role', SHARE_ROLES) : 'read',
      isOwn: flag(answer, 'owned'),
      classId: answer.optional('class', 255),
      section: sectionOf(answer),
      state: answer.has('state') ? answer.oneOf('state', CASE_STATES) : 'open',
      visibleFrom: answer.optional('visible_from', 64),
      students: studentsOf(answer),
    }),
  }, fetchIt);
}

/** Says what the students of its class may do on it; null: what the class says, whatever that comes to be. */
export function setStudentsRole(what: 'case' | 'board', id: string, role: DefaultRole | null, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'PATCH', path: pathOf(what, id), body: { class_role: role }, read: nothing }, fetchIt);
}

function studentsOf(answer: Members): StudentsMay | null {
  return answer.has('default_role')
    ? {
        here: answer.has('class_role') ? answer.oneOf('class_role', DEFAULT_ROLES) : null,
        inClass: answer.oneOf('default_role', DEFAULT_ROLES),
      }
    : null;
}

function pathOf(what: 'case' | 'board', id: string): string {
  return `/api/${what}s/${encodeURIComponent(id)}`;
}

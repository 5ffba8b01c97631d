// Classes: who is in them, their cases, and what a teacher changes.

import { CASE_KINDS } from '../text/case_text.ts';
import type { CaseKind } from '../text/case_text.ts';
import { Members } from '../text/members.ts';
import { ask, nothing } from './ask.ts';
import { readBoard } from './boards.ts';
import type { BoardHead } from './boards.ts';
import type { Fetch, Reply } from './ask.ts';
import { count, flag, isCount } from './fields.ts';
import { readSection, sectionOf } from './sections.ts';
import type { Section } from './sections.ts';
import { DEFAULT_ROLES } from './shares.ts';
import type { DefaultRole } from './shares.ts';
import { CASE_STATES, statesOf } from './states.ts';
import type { States } from './states.ts';
import type { CaseState } from './states.ts';

export const CLASS_ROLES = ['student', 'tutor', 'coordinator', 'instructor'] as const;
export type ClassRole = (typeof CLASS_ROLES)[number];
export const CLASS_STATES = CASE_STATES;
export type ClassState = CaseState;

export type ClassHead = {
  readonly id: string;
  readonly name: string;
  readonly role: ClassRole;
  readonly state: ClassState;
  readonly members: number;
  readonly cases: number;
};

export type ClassCase = States & {
  readonly id: string;
  readonly title: string;
  readonly kind: CaseKind;
  readonly paragraphs: number;
  /** The address of its text, which cases of several sections share. */
  readonly text: string;
  /** Whose students see it; null: the whole class. */
  readonly section: Section | null;
  readonly visibleFrom: string | null;
  /** Whether it is one's own to delete. */
  readonly isDeletable: boolean;
};

export type Member = { readonly user: string; readonly name: string; readonly email: string | null; readonly role: ClassRole; readonly section: string | null; readonly persona: string | null };
export type Invited = { readonly email: string; readonly role: ClassRole; readonly section: string | null };

/** Null days: for ever. Null until: nothing is deleted as things are. */
export type Retention = { readonly days: number | null; readonly until: string | null };

export type WholeClass = {
  readonly id: string;
  readonly name: string;
  readonly role: ClassRole;
  readonly state: ClassState;
  /** What its students may do, unless they are given more, or something else is said of a case or board. */
  readonly defaultRole: DefaultRole;
  /** Null: there is none, or one is not told. */
  readonly inviteCode: string | null;
  /** Whether its students appear to each other under pseudonyms only; that never changes. */
  readonly anonymous: boolean;
  /** As whom one appears in it oneself, if not as oneself. */
  readonly persona: string | null;
  readonly cases: readonly ClassCase[];
  readonly boards: readonly BoardHead[];
  /** How many people are in it; 0 if one is not told. */
  readonly count: number;
  /** Empty unless one is of the staff, as are `members` and `invited`. */
  readonly sections: readonly Section[];
  readonly members: readonly Member[];
  readonly invited: readonly Invited[];
  /** Whether it is one's own, to be handed over. */
  readonly isOwner: boolean;
  /** How long its cases are kept once it is archived, and until when they are if it is. */
  readonly retention: Retention;
};

/** Whether one sees who is in the class, and how far they are. */
export function isStaff(role: ClassRole): boolean {
  return role !== 'student';
}

/** Whether one changes the class, and owns its cases. */
export function leads(role: ClassRole): boolean {
  return role === 'instructor' || role === 'coordinator';
}

const WORDS_MAX = 2_000;
const MANY = 100_000;

export function fetchClasses(fetchIt?: Fetch): Promise<Reply<readonly ClassHead[]>> {
  return ask({ path: '/api/classes', read: (answer) => answer.list('classes', MANY).map(readHead) }, fetchIt);
}

/** Where rooms may be placed, by the platform's hints (`contract/src/region.rs`), in words. */
export const REGIONS = {
  weur: 'Western Europe',
  eeur: 'Eastern Europe',
  enam: 'Eastern North America',
  wnam: 'Western North America',
  sam: 'South America',
  afr: 'Africa',
  me: 'Middle East',
  apac: 'Asia and the Pacific',
  oc: 'Oceania',
} as const;

/** Without a region its rooms are near whoever opens them first. */
export type NewClass = { name: string; default_role: DefaultRole; anonymous: boolean; region?: string };

export function createClass(wanted: NewClass, fetchIt?: Fetch): Promise<Reply<string>> {
  return ask({ method: 'POST', path: '/api/classes', body: wanted, read: (answer) => answer.string('id', 255) }, fetchIt);
}

export function joinClass(code: string, fetchIt?: Fetch): Promise<Reply<string>> {
  return ask({ method: 'POST', path: '/api/join', body: { code }, read: (answer) => answer.string('class', 255) }, fetchIt);
}

export function fetchClass(id: string, fetchIt?: Fetch): Promise<Reply<WholeClass>> {
  return ask({ path: classPath(id), read: readClass }, fetchIt);
}

export type ClassChange = { name?: string; state?: ClassState; default_role?: DefaultRole };

export function changeClass(id: string, change: ClassChange, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'PATCH', path: classPath(id), body: change, read: nothing }, fetchIt);
}

/** Makes a new code, with which the old one ends. */
export function renewCode(id: string, fetchIt?: Fetch): Promise<Reply<string>> {
  return ask({ method: 'POST', path: `${classPath(id)}/invite-code`, read: (answer) => answer.string('invite_code', 200) }, fetchIt);
}

export function endCode(id: string, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'DELETE', path: `${classPath(id)}/invite-code`, read: nothing }, fetchIt);
}

/** Says for how many days after it was archived the class's cases are kept; for ever, if null. */
export function setRetention(id: string, days: number | null, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'PUT', path: `${classPath(id)}/retention`, body: { days }, read: nothing }, fetchIt);
}

/** Makes somebody who is in the class its owner. */
export function handOver(id: string, user: string, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'PUT', path: `${classPath(id)}/owner`, body: { user }, read: nothing }, fetchIt);
}

export function changeMember(id: string, user: string, role: ClassRole, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'PUT', path: memberPath(id, user), body: { role }, read: nothing }, fetchIt);
}

export function removeMember(id: string, user: string, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'DELETE', path: memberPath(id, user), read: nothing }, fetchIt);
}

/** Takes back an invitation that nobody has taken up. */
export function uninvite(id: string, email: string, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'DELETE', path: `${classPath(id)}/invitations/${encodeURIComponent(email)}`, read: nothing }, fetchIt);
}

/** `visibleFrom` is a moment as RFC 3339 tells it; without one the class sees the case at once. */
export function addCase(id: string, caseId: string, visibleFrom: string | null, fetchIt?: Fetch): Promise<Reply<null>> {
  const body = { case: caseId, ...(visibleFrom === null ? {} : { visible_from: visibleFrom }) };
  return ask({ method: 'POST', path: `${classPath(id)}/cases`, body, read: nothing }, fetchIt);
}

/** Takes a case out of its class: only those see it then with whom it is shared. */
export function removeCase(id: string, caseId: string, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'DELETE', path: `${classPath(id)}/cases/${encodeURIComponent(caseId)}`, read: nothing }, fetchIt);
}

/** Makes a new case of the same text in another class, with its tags and without what was written in it. */
export function copyCase(caseId: string, into: string, fetchIt?: Fetch): Promise<Reply<string>> {
  const path = `/api/cases/${encodeURIComponent(caseId)}/copy`;
  return ask({ method: 'POST', path, body: { class: into }, read: (answer) => answer.string('id', 255) }, fetchIt);
}

export type CaseChange = { title?: string; state?: ClassState; visible_from?: string | null };

export function changeCase(caseId: string, change: CaseChange, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'PATCH', path: `/api/cases/${encodeURIComponent(caseId)}`, body: change, read: nothing }, fetchIt);
}

/** For good, with all that is in it. */
export function deleteCase(caseId: string, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'DELETE', path: `/api/cases/${encodeURIComponent(caseId)}`, read: nothing }, fetchIt);
}

export function classPath(id: string): string {
  return `/api/classes/${encodeURIComponent(id)}`;
}

function memberPath(id: string, user: string): string {
  return `${classPath(id)}/members/${encodeURIComponent(user)}`;
}

function readHead(value: unknown): ClassHead {
  const source = new Members(value, 'a class');
  return {
    id: source.string('id', 255),
    name: source.string('name', WORDS_MAX),
    role: source.oneOf('role', CLASS_ROLES),
    state: source.oneOf('state', CLASS_STATES),
    members: count(source, 'members'),
    cases: count(source, 'cases'),
  };
}

function readClass(source: Members): WholeClass {
  // Whoever is not of the staff gets the number of people in the place of their list.
  const isCounted = isCount(source, 'members');
  const members = isCounted || !source.has('members') ? [] : source.list('members', MANY).map(readMember);
  return {
    id: source.string('id', 255),
    name: source.string('name', WORDS_MAX),
    role: source.oneOf('role', CLASS_ROLES),
    state: source.oneOf('state', CLASS_STATES),
    defaultRole: source.has('default_role') ? source.oneOf('default_role', DEFAULT_ROLES) : 'annotate',
    inviteCode: source.optional('invite_code', 200),
    anonymous: flag(source, 'anonymous'),
    persona: source.optional('persona', WORDS_MAX),
    cases: source.list('cases', MANY).map(readCase),
    // A host before there were boards says nothing of them.
    boards: source.has('boards') ? source.list('boards', MANY).map(readBoard) : [],
    count: isCounted ? count(source, 'members') : isCount(source, 'people') ? count(source, 'people') : members.length,
    sections: source.has('sections') ? source.list('sections', MANY).map(readSection) : [],
    members,
    invited: source.has('invited') ? source.list('invited', MANY).map(readInvited) : [],
    isOwner: flag(source, 'is_owner'),
    retention: readRetention(new Members(source.whole['retention'] ?? {}, 'how long cases are kept')),
  };
}

function readRetention(source: Members): Retention {
  return { days: source.has('days') ? count(source, 'days') : null, until: source.optional('from', 64) };
}

function readCase(value: unknown): ClassCase {
  const source = new Members(value, 'a case of the class');
  return {
    id: source.string('id', 255),
    title: source.string('title', WORDS_MAX),
    kind: source.has('kind') ? source.oneOf('kind', CASE_KINDS) : 'text',
    paragraphs: isCount(source, 'paragraphs') ? count(source, 'paragraphs') : 0,
    text: source.optional('text', 64) ?? '',
    section: sectionOf(source),
    ...statesOf(source),
    visibleFrom: source.optional('visible_from', 64),
    isDeletable: flag(source, 'deletable'),
  };
}

function readMember(value: unknown): Member {
  const source = new Members(value, 'a member');
  return {
    user: source.string('user', 255),
    name: source.string('name', WORDS_MAX),
    email: source.optional('email', WORDS_MAX),
    role: source.oneOf('role', CLASS_ROLES),
    section: source.optional('section', 255),
    persona: source.optional('persona', WORDS_MAX),
  };
}

function readInvited(value: unknown): Invited {
  const source = new Members(value, 'somebody who is invited');
  return { email: source.string('email', WORDS_MAX), role: source.oneOf('role', CLASS_ROLES), section: source.optional('section', 255) };
}

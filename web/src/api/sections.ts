// Sections of a class: parts of it that work apart, each with cases of its own.

import { Members } from '../text/members.ts';
import { ask, nothing } from './ask.ts';
import type { Fetch, Reply } from './ask.ts';
import { count } from './fields.ts';

export type Section = { readonly id: string; readonly name: string };

export const SECTION_NAME_MAX = 100;

export function createSection(classId: string, name: string, fetchIt?: Fetch): Promise<Reply<string>> {
  return ask({ method: 'POST', path: sectionsPath(classId), body: { name }, read: (answer) => answer.string('id', 255) }, fetchIt);
}

export function renameSection(classId: string, section: string, name: string, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'PATCH', path: sectionPath(classId, section), body: { name }, read: nothing }, fetchIt);
}

/** Refused while it has cases. */
export function removeSection(classId: string, section: string, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'DELETE', path: sectionPath(classId, section), read: nothing }, fetchIt);
}

/** Deals out whoever is in none, and says how many there were. */
export function distribute(classId: string, fetchIt?: Fetch): Promise<Reply<number>> {
  const path = `/api/classes/${encodeURIComponent(classId)}/distribution`;
  return ask({ method: 'POST', path, read: (answer) => count(answer, 'people') }, fetchIt);
}

/** Puts somebody into a section; with null into none. */
export function moveMember(classId: string, user: string, section: string | null, fetchIt?: Fetch): Promise<Reply<null>> {
  const path = `/api/classes/${encodeURIComponent(classId)}/members/${encodeURIComponent(user)}`;
  return ask({ method: 'PUT', path, body: { section }, read: nothing }, fetchIt);
}

/** Makes a case of this one's text for each section that has none of it; says how many. */
export function divideCase(classId: string, caseId: string, visibleFrom: string | null, fetchIt?: Fetch): Promise<Reply<number>> {
  const path = `/api/classes/${encodeURIComponent(classId)}/cases/${encodeURIComponent(caseId)}/sections`;
  const body = visibleFrom === null ? {} : { visible_from: visibleFrom };
  return ask({ method: 'POST', path, body, read: (answer) => answer.list('cases', 1_000).length }, fetchIt);
}

export function readSection(value: unknown): Section {
  const source = new Members(value, 'a section');
  return { id: source.string('id', 255), name: source.string('name', 2_000) };
}

/** The section that something belongs to; null if it is everybody's. */
export function sectionOf(source: Members): Section | null {
  return source.has('section') ? readSection(source.member('section', 'anything', (_value): _value is unknown => true)) : null;
}

function sectionsPath(classId: string): string {
  return `/api/classes/${encodeURIComponent(classId)}/sections`;
}

function sectionPath(classId: string, section: string): string {
  return `${sectionsPath(classId)}/${encodeURIComponent(section)}`;
}

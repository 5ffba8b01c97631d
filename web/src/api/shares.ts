// Who may do what on one case, beside what their classes give them.

import { Members } from '../text/members.ts';
import { ask, nothing } from './ask.ts';
import type { Fetch, Reply } from './ask.ts';

/** What students may be given by their class, on all that it has or on one case or board. */
export const DEFAULT_ROLES = ['read', 'comment', 'annotate'] as const;
export type DefaultRole = (typeof DEFAULT_ROLES)[number];
export const SHARE_ROLES = ['read', 'comment', 'annotate', 'own'] as const;
export type ShareRole = (typeof SHARE_ROLES)[number];

/** Somebody with whom a case is shared; without a user it is for whoever has the address, now or later. */
export type Share = { readonly user: string | null; readonly name: string | null; readonly email: string | null; readonly role: ShareRole };
/** Whom a change is about. */
export type Whom = { user: string } | { email: string };

export function fetchShares(caseId: string, fetchIt?: Fetch): Promise<Reply<readonly Share[]>> {
  const read = (answer: Members): readonly Share[] => [
    ...answer.list('shares', 100_000).map(readShare),
    ...(answer.has('invited') ? answer.list('invited', 100_000).map(readShare) : []),
  ];
  return ask({ path: sharesPath(caseId), read }, fetchIt);
}

/** Gives somebody a role; with null takes it away. */
export function changeShare(caseId: string, whom: Whom, role: ShareRole | null, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'PUT', path: sharesPath(caseId), body: { ...whom, role }, read: nothing }, fetchIt);
}

function sharesPath(caseId: string): string {
  return `/api/cases/${encodeURIComponent(caseId)}/shares`;
}

function readShare(value: unknown): Share {
  const source = new Members(value, 'a share');
  return {
    user: source.optional('user', 255),
    name: source.optional('name', 2_000),
    email: source.optional('email', 2_000),
    role: source.oneOf('role', SHARE_ROLES),
  };
}

// The ways of signing in, and going them.

import { Members } from '../text/members.ts';
import { ask, nothing } from './ask.ts';
import type { Fetch, Reply } from './ask.ts';

export const WAY_KINDS = ['oidc', 'google', 'mail', 'github', 'development'] as const;
export type WayKind = (typeof WAY_KINDS)[number];

/** One way of signing in. `name` is the institution's, or the provider's. */
export type Way = { readonly id: string; readonly kind: WayKind; readonly name: string };

const WAYS_MAX = 200;

/** The ways there are, in the order in which they are offered. Those of a kind that this page does not know are left out. */
export function fetchWays(fetchIt?: Fetch): Promise<Reply<readonly Way[]>> {
  return ask({ path: '/auth/ways', read: (answer) => answer.list('ways', WAYS_MAX).flatMap(readWay) }, fetchIt);
}

/** Begins with a provider; gives the address to go to. */
export function startWay(id: string, to: string, fetchIt?: Fetch): Promise<Reply<string>> {
  const path = `/auth/way/${encodeURIComponent(id)}/start`;
  return ask({ method: 'POST', path, body: { to }, read: (answer) => answer.string('go', 8_000) }, fetchIt);
}

/** Asks for a link by e-mail. The answer is the same for everybody. */
export function startMail(email: string, to: string, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'POST', path: '/auth/mail/start', body: { email, to }, read: nothing }, fetchIt);
}

/** Signs in with what a link held; gives where to go on to. */
export function finishMail(token: string, fetchIt?: Fetch): Promise<Reply<string>> {
  return ask({ method: 'POST', path: '/auth/mail/finish', body: { token }, read: readTo }, fetchIt);
}

/** Signs in by a name, where the operator allows that; gives where to go on to. */
export function signInByName(name: string, fetchIt?: Fetch): Promise<Reply<string>> {
  return ask({ method: 'POST', path: '/auth/development', body: { name }, read: readTo }, fetchIt);
}

function readTo(answer: Members): string {
  return answer.optional('to', 8_000) ?? '/';
}

function readWay(value: unknown): Way[] {
  const source = new Members(value, 'a way of signing in');
  const kind = source.string('kind', 100);
  const known = WAY_KINDS.find((each) => each === kind);
  return known === undefined ? [] : [{ id: source.string('id', 200), kind: known, name: source.string('name', 400) }];
}

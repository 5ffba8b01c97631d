// Who is signed in, and where else.

import { Members } from '../text/members.ts';
import { ask, nothing } from './ask.ts';
import type { Fetch, Reply } from './ask.ts';
import { flag } from './fields.ts';

const NAME_MAX = 400;
const SESSIONS_MAX = 1_000;
const CASES_MAX = 100_000;

/** Somebody who is signed in. */
export type Me = {
  readonly user: string;
  readonly name: string;
  readonly email: string | null;
  readonly canCreateClasses: boolean;
  /** How often one is sent a mail of what is unread; null where none can be sent. */
  readonly digest: Digest | null;
};
export type Digest = 'never' | 'daily';

/** One browser in which one is signed in. */
export type SessionHead = {
  readonly id: string;
  /** How one has signed in there. */
  readonly way: string;
  readonly agent: string;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly isCurrent: boolean;
};

export function fetchMe(fetchIt?: Fetch): Promise<Reply<Me>> {
  return ask({ path: '/api/me', read: readMe }, fetchIt);
}

export function rename(name: string, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'PATCH', path: '/api/me', body: { name }, read: nothing }, fetchIt);
}

export function chooseDigest(digest: Digest, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'PATCH', path: '/api/me', body: { digest }, read: nothing }, fetchIt);
}

export function fetchSessions(fetchIt?: Fetch): Promise<Reply<readonly SessionHead[]>> {
  return ask({ path: '/api/me/sessions', read: (answer) => answer.list('sessions', SESSIONS_MAX).map(readSession) }, fetchIt);
}

export function endSession(id: string, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'DELETE', path: `/api/me/sessions/${encodeURIComponent(id)}`, read: nothing }, fetchIt);
}

export function endThisSession(fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'POST', path: '/auth/sign-out', read: nothing }, fetchIt);
}

export function endAllSessions(fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'POST', path: '/auth/sign-out-everywhere', read: nothing }, fetchIt);
}

/** All that is one's own, as the text of one file: what the host left out of its first answer is asked for by itself. */
export async function fetchOwn(fetchIt?: Fetch): Promise<Reply<string>> {
  const first = await ask({ path: '/api/me/export', read: readOwn }, fetchIt);
  if (first.reply !== 'found') {
    return first;
  }
  const cases = [...first.found.cases];
  for (const left of first.found.leftOut) {
    const more = await ask({ path: `/api/me/export?case=${encodeURIComponent(left)}`, read: readOwn }, fetchIt);
    if (more.reply !== 'found') {
      return more;
    }
    cases.push(...more.found.cases);
  }
  return { reply: 'found', found: JSON.stringify({ ...first.found.whole, cases, left_out: [] }, null, 1) };
}

/** Erases one for good. */
export function eraseMe(name: string, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'DELETE', path: '/api/me', body: { name }, read: nothing }, fetchIt);
}

type Own = { readonly whole: object; readonly cases: readonly unknown[]; readonly leftOut: readonly string[] };

function readOwn(answer: Members): Own {
  const leftOut = answer.list('left_out', CASES_MAX).map((each) => new Members(each, 'a case').string('case', 255));
  return { whole: answer.whole, cases: answer.list('cases', CASES_MAX), leftOut };
}

function readMe(answer: Members): Me {
  const email = answer.optional('email', NAME_MAX);
  const name = answer.string('name', NAME_MAX).trim();
  return {
    user: answer.matching('user', /^[A-Za-z0-9._-]{1,100}$/),
    name: name === '' ? (email ?? 'Someone') : name,
    email,
    canCreateClasses: flag(answer, 'can_create_classes'),
    digest: answer.has('digest') ? answer.oneOf<Digest>('digest', ['never', 'daily']) : null,
  };
}

function readSession(value: unknown): SessionHead {
  const source = new Members(value, 'a session');
  return {
    id: source.string('id', NAME_MAX),
    way: source.optional('way', NAME_MAX) ?? '',
    agent: source.optional('agent', 2_000) ?? '',
    createdAt: source.string('created_at', 64),
    lastSeenAt: source.string('last_seen_at', 64),
    isCurrent: flag(source, 'current'),
  };
}

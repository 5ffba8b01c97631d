// Client tokens: what lets a program of one's own into a case or board, as oneself.

import { Members } from '../text/members.ts';
import { ask, nothing } from './ask.ts';
import type { Fetch, Reply } from './ask.ts';
import { count } from './fields.ts';
import { SHARE_ROLES } from './shares.ts';
import type { ShareRole } from './shares.ts';

const HOUR_MS = 3_600_000;
/** For how long one may be asked; a day is the most (`contract/src/limits.rs`). */
export const LASTING_MS = { hour: HOUR_MS, workday: 8 * HOUR_MS, day: 24 * HOUR_MS } as const;
export type Lasting = keyof typeof LASTING_MS;

/** One that is on record. What proves it is shown when it is issued, and never again. */
export type ClientToken = {
  readonly id: string;
  /** Whose it is. */
  readonly user: string;
  /** What they are called there; null of a host that does not say so. */
  readonly name: string | null;
  readonly role: ShareRole;
  readonly createdMs: number;
  readonly expiresMs: number;
  readonly isRevoked: boolean;
};

/** The newest ones: to owners everybody's, to others their own. */
export function fetchTokens(caseId: string, fetchIt?: Fetch): Promise<Reply<readonly ClientToken[]>> {
  return ask({ path: tokensPath(caseId), read: (answer) => answer.list('client_tokens', 10_000).map(readToken) }, fetchIt);
}

/** Gives what a program shows. */
export function issueToken(caseId: string, role: ShareRole, lasting: Lasting, fetchIt?: Fetch): Promise<Reply<string>> {
  const body = { role, lasts_ms: LASTING_MS[lasting] };
  return ask({ method: 'POST', path: tokensPath(caseId), body, read: (answer) => answer.string('token', 10_000) }, fetchIt);
}

export function revokeToken(caseId: string, id: string, fetchIt?: Fetch): Promise<Reply<null>> {
  return ask({ method: 'DELETE', path: `${tokensPath(caseId)}/${encodeURIComponent(id)}`, read: nothing }, fetchIt);
}

function tokensPath(caseId: string): string {
  return `/api/cases/${encodeURIComponent(caseId)}/client-tokens`;
}

function readToken(value: unknown): ClientToken {
  const source = new Members(value, 'a client token');
  return {
    id: source.string('id', 255),
    user: source.string('user', 320),
    name: source.optional('name', 320),
    role: source.oneOf('role', SHARE_ROLES),
    createdMs: count(source, 'created_ms'),
    expiresMs: count(source, 'expires_ms'),
    isRevoked: source.has('revoked_ms'),
  };
}

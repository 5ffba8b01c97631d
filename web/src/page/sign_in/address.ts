// What the address of the page for signing in says: where to go on to, what went wrong, and what a link by e-mail holds. Pure.

import { safePath } from '../../api/safe_path.ts';

/** What an address says. */
export type SignInAddress = {
  /** A path of ours. */
  to: string;
  /** The code of what went wrong, in the list below or not. */
  problem: string | null;
  /** What the link in a mail holds; must not stay in the address bar. */
  token: string | null;
  /** Whether one comes back from a provider, and needs no question before one goes on. */
  isBack: boolean;
};

const TOKEN = /^#mail=([A-Za-z0-9._~-]{1,500})$/;

export function readAddress({ search, hash, origin }: Pick<Location, 'search' | 'hash' | 'origin'>): SignInAddress {
  const query = new URLSearchParams(search);
  return {
    to: safePath(query.get('to'), origin),
    problem: query.get('problem'),
    token: TOKEN.exec(hash)?.[1] ?? null,
    isBack: query.has('back'),
  };
}

/** The path to which a provider shall lead back: this page, which then goes on. */
export function backAddress(to: string): string {
  return `/sign-in?${new URLSearchParams({ back: '1', to })}`;
}

/** What went wrong, by the codes of the host, and what one can do. */
const PROBLEMS: Readonly<Record<string, string>> = {
  cancelled: 'Signing in was cancelled. Nothing has changed; you can begin again.',
  expired: 'That took too long, or was begun in another browser. Begin again.',
  refused: 'The answer of the place where you signed in could not be trusted. Begin again; if it stays so, tell your institution.',
  not_allowed: 'You have signed in there, but this account may not be used here. Try another one, or ask who runs your class.',
  unavailable: 'The place where you sign in cannot be reached at the moment. Try again soon, or choose another way.',
};

/** One or two sentences; null without a problem. */
export function problemWords(problem: string | null): string | null {
  return problem === null ? null : ((Object.hasOwn(PROBLEMS, problem) ? PROBLEMS[problem] : undefined) ?? 'Signing in did not succeed. Begin again, or choose another way.');
}

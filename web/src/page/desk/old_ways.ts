// Forgetting what tells of a person's cases, beside the copies of these and what is half-written: the ways back into those
// that were opened in this tab, what the person could do there, and what cases these were.

import { personaKey } from '../base/identity.ts';
import { headKey } from '../base/stored.ts';
import { ROLE_PREFIX, WAY_PREFIX } from './tickets.ts';

export function forgetWays(): void {
  try {
    forgetAll(sessionStorage, WAY_PREFIX);
  } catch {
    // Where storage is forbidden, nothing was kept.
  }
}

export function forgetRoles(storage: Storage, user: string): void {
  forgetAll(storage, `${ROLE_PREFIX}${encodeURIComponent(user)}/`);
}

/** Forgets as whom a person acts in cases. */
export function forgetPersonas(storage: Storage, user: string): void {
  forgetAll(storage, personaKey(user, ''));
}

/** Forgets the heads of all cases but some. */
export function forgetHeads(storage: Storage, caseIds: readonly string[]): void {
  forgetAll(storage, headKey(''), caseIds.map(headKey));
}

/** All keys that begin so. */
export function keysOf(storage: Storage, prefix: string): string[] {
  const keys = Array.from({ length: storage.length }, (_none, index) => storage.key(index) ?? '');
  return keys.filter((key) => key.startsWith(prefix));
}

function forgetAll(storage: Storage, prefix: string, kept: readonly string[] = []): void {
  keysOf(storage, prefix).filter((key) => !kept.includes(key)).forEach((key) => storage.removeItem(key));
}

// Forgetting drafts, see `drafts.ts`: those that nobody comes back to, and those of a person who signs out.

import { PREFIX, attempt, draftsName, parse } from './drafts.ts';
import type { DraftStorage } from './drafts.ts';

/** After a term nobody comes back to a draft. */
const KEPT_MS_MAX = 180 * 24 * 60 * 60 * 1_000;

/** Forgets the drafts of all persons and cases that are older than that. */
export function forgetOldDrafts(storage: DraftStorage, now: number): void {
  for (const name of storedNames(storage, PREFIX)) {
    const moments = [...parse(attempt(() => storage.getItem(name)) ?? null).values()].map(({ at }) => at);
    if (Math.max(-Infinity, ...moments) < now - KEPT_MS_MAX) {
      attempt(() => storage.removeItem(name));
    }
  }
}

/** Forgets what a person has half-written in all cases: for signing out. */
export function forgetDraftsOf(storage: DraftStorage, user: string): void {
  for (const name of storedNames(storage, draftsName(user, ''))) {
    attempt(() => storage.removeItem(name));
  }
}

function storedNames(storage: DraftStorage, prefix: string): string[] {
  const names = attempt(() => Array.from({ length: storage.length }, (_, index) => storage.key(index)));
  return (names ?? []).flatMap((name) => (name?.startsWith(prefix) === true ? [name] : []));
}

// What this browser keeps of a person: what of it waits to be sent, and erasing it without a trace. What others have at the
// same computer stays.

import { forgetDraftsOf } from '../../marginalia/old_drafts.ts';
import { indexedStore } from '../../sync/indexed_store.ts';
import { forgetIdentity } from '../base/identity.ts';
import { headKey, recall, storage } from '../base/stored.ts';
import { forgetHeads, forgetRoles, forgetWays, keysOf } from '../desk/old_ways.ts';
import { readKeptHead } from '../list/sources.ts';
import { forgetPrivate, privateDocuments } from '../privately/kept.ts';

/** A case in which changes of a person wait in this browser to be sent. */
export type Waiting = { caseId: string; title: string; unsent: number; /** The case to open: of private notes, the one that they are on. */ opens: string };

/** What waits in the copies of a person's cases, and of those named beside; none of nothing. */
export async function waitingOf(user: string, also: readonly string[] = []): Promise<Waiting[]> {
  const kept = storage();
  const own = kept === null ? new Map<string, string>() : privateDocuments(kept, user);
  const cases = (await copiesHere(user)).filter((copy) => copy.user === user).map(({ caseId }) => caseId);
  return Promise.all(
    [...new Set([...also, ...cases])].map(async (caseId) => {
      const on = own.get(caseId);
      const title = readKeptHead(recall(headKey(on ?? caseId)))?.title ?? on ?? caseId;
      const words = on === undefined ? title : `${title}: your private notes`;
      return { caseId, title: words, unsent: await unsentIn(user, caseId), opens: on ?? caseId };
    }),
  );
}

/** Whether a person who was shown `shown` has read of everything that waits now. */
export function isKnown(now: readonly Waiting[], shown: readonly Waiting[]): boolean {
  return now.every(({ caseId, unsent }) => shown.some((known) => known.caseId === caseId && known.unsent >= unsent));
}

/** Erases a person's name, copies of cases, half-written words and ways back. The other tabs hear of it, and let theirs go. */
export async function eraseHere(user: string): Promise<void> {
  forgetIdentity();
  const copies = await copiesHere(user);
  const casesOf = (isOwn: boolean): string[] => copies.filter((copy) => (copy.user === user) === isOwn).map(({ caseId }) => caseId);
  await Promise.all(casesOf(true).map((caseId) => indexedStore(user, caseId).erase().catch(() => {})));
  const stored = storage();
  if (stored !== null) {
    forgetDraftsOf(stored, user);
    forgetRoles(stored, user);
    forgetPrivate(stored, user);
    forgetHeads(stored, casesOf(false));
  }
  forgetWays();
}

async function unsentIn(user: string, caseId: string): Promise<number> {
  const store = indexedStore(user, caseId);
  const copy = await store.load().catch(() => null);
  store.close();
  return copy?.outbox.length ?? 0;
}

type Copy = { user: string; caseId: string };

/** The copies of all persons in this browser. */
async function copiesHere(user: string): Promise<Copy[]> {
  const bases = await indexedDB.databases?.().catch(() => null);
  if (bases === undefined || bases === null) {
    // Not every browser lists them. Every case that was opened has left its head.
    const stored = storage();
    const heads = stored === null ? [] : keysOf(stored, headKey(''));
    const own = stored === null ? [] : privateDocuments(stored, user).keys();
    return [...heads.map((key) => key.slice(headKey('').length)), ...own].map((caseId) => ({ user, caseId }));
  }
  return bases.flatMap(({ name }) => {
    const [, owner, caseId] = /^glossator:([^:]+):([^:]+)$/.exec(name ?? '') ?? [];
    return owner === undefined || caseId === undefined ? [] : [{ user: owner, caseId }];
  });
}

// Leaving this browser without a trace of a person: their name, their copies of cases, what they have half-written, and the
// ways back. What others have at the same computer stays.

import { forgetDraftsOf } from '../../marginalia/old_drafts.ts';
import { indexedStore } from '../../sync/indexed_store.ts';
import { forgetIdentity } from '../base/identity.ts';
import { headKey, recall, storage } from '../base/stored.ts';
import type { Desk } from '../desk/desk.ts';
import { forgetHeads, forgetRoles, forgetWays, keysOf } from '../desk/old_ways.ts';
import { readKeptHead } from '../list/sources.ts';

/** A case in which changes of a person wait in this browser to be sent. */
export type Waiting = { caseId: string; title: string; unsent: number };

/** Where something of a person waits that would be lost. */
export async function waitingHere({ me, caseId: here, session }: Desk): Promise<Waiting[]> {
  const cases = (await copiesHere(me.id)).filter(({ user }) => user === me.id).map(({ caseId }) => caseId);
  const all = [...new Set([here, ...cases])].map(async (caseId) => {
    const title = readKeptHead(recall(headKey(caseId)))?.title ?? caseId;
    const kept = await unsentIn(me.id, caseId);
    // What this tab has not sent lies in the copy too, if it can be kept, beside what the other tabs of the case have not.
    return { caseId, title, unsent: caseId === here ? Math.max(kept, session.saved.peek().unsaved) : kept };
  });
  return (await Promise.all(all)).filter(({ unsent }) => unsent > 0);
}

/** Whether a person who was shown `shown` has read of everything that waits now. */
export function isKnown(now: readonly Waiting[], shown: readonly Waiting[]): boolean {
  return now.every(({ caseId, unsent }) => shown.some((known) => known.caseId === caseId && known.unsent >= unsent));
}

/** Signs out of this browser, in all tabs, and leaves the page. */
export async function signOut({ me, session }: Desk): Promise<void> {
  await session.client.signOut();
  // The other tabs hear of it, and let their copies go.
  forgetIdentity();
  const copies = await copiesHere(me.id);
  const casesOf = (isOwn: boolean): string[] => copies.filter(({ user }) => (user === me.id) === isOwn).map(({ caseId }) => caseId);
  await Promise.all(casesOf(true).map((caseId) => indexedStore(me.id, caseId).erase().catch(() => {})));
  const stored = storage();
  if (stored !== null) {
    forgetDraftsOf(stored, me.id);
    forgetRoles(stored, me.id);
    forgetHeads(stored, casesOf(false));
  }
  forgetWays();
  // Whoever goes back does not find the case as it was left.
  addEventListener('pageshow', () => location.reload());
  location.assign('/');
}

async function unsentIn(user: string, caseId: string): Promise<number> {
  const store = indexedStore(user, caseId);
  const copy = await store.load().catch(() => null);
  store.close();
  return copy?.outbox.length ?? 0;
}

type Copy = { user: string; caseId: string };

/** The copies of all persons in this browser. */
async function copiesHere(me: string): Promise<Copy[]> {
  const bases = await indexedDB.databases?.().catch(() => null);
  if (bases === undefined || bases === null) {
    // Not every browser lists them. Every case that was opened has left its head.
    const stored = storage();
    const heads = stored === null ? [] : keysOf(stored, headKey(''));
    return heads.map((key) => ({ user: me, caseId: key.slice(headKey('').length) }));
  }
  return bases.flatMap(({ name }) => {
    const [, user, caseId] = /^glossator:([^:]+):([^:]+)$/.exec(name ?? '') ?? [];
    return user === undefined || caseId === undefined ? [] : [{ user, caseId }];
  });
}

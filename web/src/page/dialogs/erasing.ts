// What this browser keeps of a person: what of it waits to be sent, and erasing it without a trace. What others have at the
// same computer stays.

import { forgetDraftsOf } from '../../marginalia/old_drafts.ts';
import { indexedStore } from '../../sync/indexed_store.ts';
import { forgetIdentity, personaKey, readIdentity } from '../base/identity.ts';
import { headKey, recall, storage } from '../base/stored.ts';
import { boardKey, boardsHere, forgetBoards } from '../board/kept.ts';
import { forgetHeads, forgetPersonas, forgetRoles, forgetWays, keysOf } from '../desk/old_ways.ts';
import { readKeptHead } from '../list/sources.ts';
import { forgetPrivate, privateDocuments } from '../privately/kept.ts';

/** A case in which changes of a person wait in this browser to be sent. */
export type Waiting = { caseId: string; title: string; unsent: number; /** Where to go: with private notes to the case that they are on. */ address: string };

/** What waits in the copies of a person's cases, and of those named beside; none of nothing. */
export async function waitingOf(user: string, also: readonly string[] = []): Promise<Waiting[]> {
  const kept = storage();
  const notes = kept === null ? new Map<string, string>() : privateDocuments(kept, user);
  const ids = idsOf(user);
  const copies = (await copiesHere(user)).filter((copy) => ids.includes(copy.user));
  const cases = new Set([...also, ...copies.map(({ caseId }) => caseId)]);
  return Promise.all(
    [...cases].map(async (caseId) => {
      const own = copies.filter((copy) => copy.caseId === caseId);
      const unsent = (await Promise.all(own.map((copy) => unsentIn(copy.user, caseId)))).reduce((sum, one) => sum + one, 0);
      const board = recall(boardKey(caseId));
      if (board !== null) {
        return { caseId, title: board, unsent, address: `/boards/${encodeURIComponent(caseId)}` };
      }
      const on = notes.get(caseId);
      const title = readKeptHead(recall(headKey(on ?? caseId)))?.title ?? on ?? caseId;
      const words = on === undefined ? title : `${title}: your private notes`;
      return { caseId, title: words, unsent, address: `/c/${encodeURIComponent(on ?? caseId)}` };
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
  const [ids, copies] = [idsOf(user), await copiesHere(user)];
  const own = copies.filter((copy) => ids.includes(copy.user));
  await Promise.all(own.map((copy) => indexedStore(copy.user, copy.caseId).erase().catch(() => {})));
  const stored = storage();
  if (stored !== null) {
    ids.forEach((id) => forgetDraftsOf(stored, id));
    forgetRoles(stored, user);
    forgetPrivate(stored, user);
    forgetPersonas(stored, user);
    const others = copies.filter((copy) => !own.includes(copy)).map(({ caseId }) => caseId);
    forgetHeads(stored, others);
    forgetBoards(stored, others);
  }
  forgetWays();
}

/** As whom somebody may have a copy of a case: as themselves, and as whom they appear there. */
function ownersOf(user: string, caseId: string): string[] {
  const persona = readIdentity(recall(personaKey(user, caseId)))?.id;
  return persona === undefined ? [user] : [user, persona];
}

/** As whom somebody may have copies of any case. */
function idsOf(user: string): string[] {
  const stored = storage();
  const prefix = personaKey(user, '');
  const cases = stored === null ? [] : keysOf(stored, prefix).map((key) => key.slice(prefix.length));
  return [...new Set([user, ...cases.flatMap((caseId) => ownersOf(user, caseId))])];
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
    const notes = stored === null ? [] : privateDocuments(stored, user).keys();
    const boards = stored === null ? [] : boardsHere(stored);
    const cases = [...heads.map((key) => key.slice(headKey('').length)), ...notes, ...boards];
    return cases.flatMap((caseId) => ownersOf(user, caseId).map((owner) => ({ user: owner, caseId })));
  }
  return bases.flatMap(({ name }) => {
    const [, owner, caseId] = /^glossator:([^:]+):([^:]+)$/.exec(name ?? '') ?? [];
    return owner === undefined || caseId === undefined ? [] : [{ user: owner, caseId }];
  });
}

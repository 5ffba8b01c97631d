// The interface of the offline copy, and one that lives in memory. `indexed_store.ts` has the lasting one.
//
// A copy has a generation, drawn anew whenever the replica is given up. A tab that still writes for an earlier one is
// turned away in the same transaction, so that a poisoned replica in one tab cannot leak into the fresh copy of another.

import type { Operation } from './operations.ts';

/** A local change that the room has not journaled yet. */
export type StoredChange = {
  id: string;
  /** The client id that made it, and its clock afterwards; null if it made nothing new (a deletion). */
  client: number;
  clock: number | null;
  operations: Operation[];
  /** How often it was written anew after a refusal. */
  tries: number;
  /** Whether the copy lacks it: it has to be written anew. */
  toReplay: boolean;
};

export type OfflineCopy = { generation: string; updates: Uint8Array[]; outbox: StoredChange[] };

/** What one write puts in, at once or not at all. */
export type OfflineWrite = { update: Uint8Array | null; changes: StoredChange[] };

export type Written =
  | 'written'
  /** As well, but to an empty copy: what had been written before was erased, by the browser or its user. */
  | 'begun'
  /** Nothing was: another tab has begun a copy of another generation. */
  | 'superseded';

/**
 * Keeps one document and its outbox for one person. Every method is one transaction; all reject when the store cannot
 * be used, and none throws.
 */
export type OfflineStore = {
  /** Whether it outlives the page. */
  readonly isLasting: boolean;
  /** Reads everything, as of one moment. */
  load(): Promise<OfflineCopy>;
  /** Adds, if the copy is of this generation. */
  write(generation: string, what: OfflineWrite): Promise<Written>;
  /** Forgets changes; unknown ids do no harm. */
  settle(ids: string[]): Promise<void>;
  /** Drops the document for a new generation and lets `revise` say what the outbox holds. */
  startAfresh(generation: string, revise: (outbox: StoredChange[]) => StoredChange[]): Promise<void>;
  /** Joins the present generation with these changes added; gives its name. */
  join(changes: StoredChange[]): Promise<string>;
  /** Takes out all changes that have to be written anew: of several tabs, each change comes to one. */
  claim(): Promise<StoredChange[]>;
  /** Erases everything. */
  erase(): Promise<void>;
  close(): void;
};

/** Keeps everything until the page ends: for where nothing lasting is allowed or works. */
export function memoryStore(outbox: StoredChange[] = []): OfflineStore {
  let generation = 'memory';
  let updates: Uint8Array[] = [];
  let changes = outbox;
  return {
    isLasting: false,
    async load() {
      return { generation, updates: [...updates], outbox: [...changes] };
    },
    // What was written is in the replica, and nothing else reads it: only the outbox matters.
    async write(of, what) {
      if (of === generation) {
        changes.push(...what.changes);
      }
      return of === generation ? 'written' : 'superseded';
    },
    async settle(ids) {
      changes = changes.filter(({ id }) => !ids.includes(id));
    },
    async startAfresh(next, revise) {
      [generation, updates, changes] = [next, [], revise(changes)];
    },
    async join(more) {
      changes.push(...more);
      return generation;
    },
    async claim() {
      const claimed = changes.filter(({ toReplay }) => toReplay);
      changes = changes.filter(({ toReplay }) => !toReplay);
      return claimed;
    },
    async erase() {
      [updates, changes] = [[], []];
    },
    close() {},
  };
}

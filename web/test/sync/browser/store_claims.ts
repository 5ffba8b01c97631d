// What must hold of the offline copy in a browser's own IndexedDB.

import * as Y from 'yjs';

import { indexedStore } from '../../../src/sync/indexed_store.ts';
import type { OfflineStore, StoredChange } from '../../../src/sync/offline_store.ts';
import { equal, holds, type Claim } from '../../browser/check.ts';
import { keepsContract } from '../store_contract.ts';

export const storeClaims: readonly Claim[] = [
  {
    name: 'it keeps to what every offline store keeps to',
    check: () => keepsContract(() => indexedStore('u-azo', 'contract')),
  },
  {
    name: 'people and cases do not see each other’s',
    check: async () => {
      const stores = [['u-azo', 'one'], ['u-azo', 'other'], ['u-bulgarus', 'one']].map(([user = '', caseId = '']) => indexedStore(user, caseId));
      for (const [index, store] of stores.entries()) {
        const { generation, outbox } = await store.load();
        equal(outbox, [], 'nothing of another');
        await store.write(generation, { update: null, changes: [change(String(index))] });
      }
      equal(await Promise.all(stores.map(idsIn)), [['0'], ['1'], ['2']], 'each its own');
      stores.forEach((store) => store.close());
    },
  },
  {
    name: 'a write that fails adds nothing at all, and its author is told',
    check: async () => {
      const store = indexedStore('u-azo', 'failing');
      const { generation } = await store.load();
      const unstorable = { ...change('b'), operations: [() => {}] } as unknown as StoredChange;
      const failed = await quietly(() => store.write(generation, { update: updateOf('lost'), changes: [change('a'), unstorable] }).then(() => null, String));
      holds(failed !== null, 'it was told');
      const { updates, outbox } = await store.load();
      equal([updates, outbox], [[], []], 'nothing is there');
      equal(await store.write(generation, { update: updateOf('kept'), changes: [change('c')] }), 'written', 'and it can be written to');
      equal(await idsIn(store), ['c'], 'with what came then');
      store.close();
    },
  },
  {
    name: 'whoever clears what sites have stored gets the database, and who writes afterwards begins another',
    check: async () => {
      const store = indexedStore('u-azo', 'cleared');
      const { generation } = await store.load();
      await store.write(generation, { update: updateOf('first'), changes: [change('a')] });
      await new Promise<void>((done, failed) => {
        const request = indexedDB.deleteDatabase('glossator:u-azo:cleared');
        request.onsuccess = () => done();
        request.onerror = () => failed(new Error('it is not given'));
        request.onblocked = () => failed(new Error('the store holds on to it'));
      });
      equal(await store.write(generation, { update: updateOf('second'), changes: [change('b')] }), 'begun', 'its writer is told');
      const copy = await store.load();
      equal([copy.generation === generation, copy.updates.length], [true, 1], 'in the same generation');
      equal(await idsIn(store), ['b'], 'the rest is gone');
      store.close();
    },
  },
];

async function idsIn(store: OfflineStore): Promise<string[]> {
  return (await store.load()).outbox.map(({ id }) => id);
}

function change(id: string): StoredChange {
  return { id, client: 1, clock: null, operations: [{ op: 'delete', path: ['comments', id] }], tries: 0, toReplay: false };
}

function updateOf(words: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('notes').insert(0, words);
  return Y.encodeStateAsUpdate(doc);
}

/** What is thrown in the callbacks of a database is also told to the page. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const hush = (event: ErrorEvent): void => event.preventDefault();
  addEventListener('error', hush);
  try {
    return await work();
  } finally {
    removeEventListener('error', hush);
  }
}

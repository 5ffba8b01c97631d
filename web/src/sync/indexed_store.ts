// The offline copy in IndexedDB: one database for each person and case, shared by all tabs.
//
// Not y-indexeddb: it tells nobody of a write that fails, throws into the page's transaction when the browser has taken
// the database away, and cannot turn away a tab that still writes for a replica that was given up. Here the document
// and its outbox are one database, each call is one transaction over both, and the generation is compared within it.

import * as Y from 'yjs';

import { PIECES_MAX } from './limits.ts';
import type { OfflineCopy, OfflineStore, OfflineWrite, StoredChange, Written } from './offline_store.ts';

const STORES = ['updates', 'outbox', 'meta'] as const;
const GENERATION = 'generation';

/** The copy of a case for a person. */
export function indexedStore(userId: string, caseId: string): OfflineStore {
  return new IndexedStore(`glossator:${userId}:${caseId}`);
}

class IndexedStore implements OfflineStore {
  readonly isLasting = true;
  readonly #name: string;
  #database: Promise<IDBDatabase> | null = null;
  #pieces = 0;

  constructor(name: string) {
    this.#name = name;
  }

  load(): Promise<OfflineCopy> {
    return this.#transact((at, give) => {
      withGeneration(at, drawGeneration(), (generation) => {
        at.updates.getAll().onsuccess = (updates) => {
          at.outbox.getAll().onsuccess = (outbox) => {
            give({ generation, updates: resultOf<Uint8Array[]>(updates), outbox: resultOf<StoredChange[]>(outbox) });
          };
        };
        this.#compactAfter(at, PIECES_MAX);
      });
    });
  }

  write(generation: string, { update, changes }: OfflineWrite): Promise<Written> {
    return this.#transact((at, give) => {
      withGeneration(at, generation, (present, isFresh) => {
        if (present !== generation) {
          return give('superseded');
        }
        give(isFresh ? 'begun' : 'written');
        changes.forEach((change) => at.outbox.put(change));
        if (update !== null) {
          at.updates.add(update);
          this.#pieces += 1;
          if (this.#pieces > PIECES_MAX) {
            this.#compactAfter(at, 1);
          }
        }
      });
    });
  }

  settle(ids: string[]): Promise<void> {
    return this.#transact((at, give) => {
      ids.forEach((id) => at.outbox.delete(id));
      give();
    });
  }

  startAfresh(generation: string, revise: (outbox: StoredChange[]) => StoredChange[]): Promise<void> {
    return this.#transact((at, give) => {
      at.meta.put(generation, GENERATION);
      at.updates.clear();
      this.#pieces = 0;
      at.outbox.getAll().onsuccess = (event) => {
        at.outbox.clear();
        revise(resultOf<StoredChange[]>(event)).forEach((change) => at.outbox.put(change));
        give();
      };
    });
  }

  join(changes: StoredChange[]): Promise<string> {
    return this.#transact((at, give) => {
      changes.forEach((change) => at.outbox.put(change));
      withGeneration(at, drawGeneration(), give);
    });
  }

  claim(): Promise<StoredChange[]> {
    return this.#transact((at, give) => {
      at.outbox.getAll().onsuccess = (event) => {
        const claimed = resultOf<StoredChange[]>(event).filter(({ toReplay }) => toReplay);
        claimed.forEach(({ id }) => at.outbox.delete(id));
        give(claimed);
      };
    });
  }

  async erase(): Promise<void> {
    await this.#transact<void>((at, give) => {
      STORES.forEach((name) => at[name].clear());
      give();
    });
    this.close();
    await new Promise<void>((resolve) => {
      const request = indexedDB.deleteDatabase(this.#name);
      request.onsuccess = () => resolve();
      request.onerror = () => resolve();
      // A tab that does not let go holds an empty database.
      request.onblocked = () => resolve();
    });
  }

  close(): void {
    void this.#database?.then((database) => database.close(), () => {});
    this.#database = null;
  }

  /** Rewrites the document as one piece if it has more than `pieces`. Collects what was deleted on the way. */
  #compactAfter(at: Stores, pieces: number): void {
    at.updates.getAll().onsuccess = (event) => {
      const updates = resultOf<Uint8Array[]>(event);
      this.#pieces = updates.length;
      if (updates.length > pieces) {
        const doc = new Y.Doc();
        doc.transact(() => updates.forEach((update) => Y.applyUpdate(doc, update)));
        at.updates.clear();
        at.updates.add(Y.encodeStateAsUpdate(doc));
        this.#pieces = 1;
      }
    };
  }

  /** Resolves with what was given once the transaction is complete. */
  async #transact<T>(work: (at: Stores, give: (value: T) => void) => void): Promise<T> {
    this.#database ??= this.#open();
    const database = await this.#database.catch((error: unknown) => {
      this.#database = null;
      throw error;
    });
    return new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORES, 'readwrite');
      let value: { given: T } | null = null;
      transaction.oncomplete = () => (value === null ? reject(new Error('the offline copy gave nothing')) : resolve(value.given));
      transaction.onabort = () => reject(transaction.error ?? new Error('the offline copy cannot be written'));
      const [updates, outbox, meta] = [transaction.objectStore('updates'), transaction.objectStore('outbox'), transaction.objectStore('meta')];
      work({ updates, outbox, meta }, (given) => (value = { given }));
    });
  }

  #open(): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(this.#name, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('updates', { autoIncrement: true });
        request.result.createObjectStore('outbox', { keyPath: 'id' });
        request.result.createObjectStore('meta');
      };
      request.onerror = () => reject(request.error ?? new Error('the offline copy cannot be opened'));
      request.onsuccess = () => {
        // Whoever wants to delete the database gets it, and whoever writes afterwards opens a new one.
        request.result.onversionchange = () => this.close();
        request.result.onclose = () => this.close();
        resolve(request.result);
      };
    });
  }
}

type Stores = Record<(typeof STORES)[number], IDBObjectStore>;

/** The generation of the copy; `otherwise` if it has none yet. */
function withGeneration(at: Stores, otherwise: string, then: (generation: string, isFresh: boolean) => void): void {
  at.meta.get(GENERATION).onsuccess = (event) => {
    const found = resultOf<unknown>(event);
    if (typeof found === 'string') {
      then(found, false);
    } else {
      at.meta.put(otherwise, GENERATION);
      then(otherwise, true);
    }
  };
}

function drawGeneration(): string {
  return `first-${Math.random()}`;
}

/** What only this file has written is what it reads. */
function resultOf<T>(event: Event): T {
  return (event.target as IDBRequest<T>).result;
}

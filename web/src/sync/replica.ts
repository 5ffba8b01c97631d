// A Yjs document that tells which of its changes are local, with what is needed to make them again.

import * as Y from 'yjs';

import type { Remaking } from './interface.ts';
import type { StoredChange } from './offline_store.ts';
import { operationsOf } from './operations.ts';
import type { Operation } from './operations.ts';

/** Origin of the transactions in which a person's edits are made. Any origin but the client's own counts as that. */
export const LOCAL: unique symbol = Symbol('local');
/** Origin of what came from the room. */
export const FROM_ROOM: unique symbol = Symbol('from the room');
/** Origin of what was read from the offline copy. */
export const FROM_COPY: unique symbol = Symbol('from the offline copy');
/** Origin of a local change that is made again after a refusal. */
export const AGAIN: unique symbol = Symbol('made again');

export type ReplicaEvents = {
  changedHere(change: StoredChange, update: Uint8Array): void;
  changedElsewhere(update: Uint8Array): void;
};

export class Replica {
  readonly doc: Y.Doc;
  readonly #events: ReplicaEvents;
  readonly #nextId: () => string;
  /** What a transaction did, read before Yjs collects what was deleted and used once the update is encoded. */
  readonly #operations = new WeakMap<Y.Transaction, Operation[]>();
  #tries = 0;

  constructor(doc: Y.Doc, nextId: () => string, events: ReplicaEvents) {
    this.doc = doc;
    this.#nextId = nextId;
    this.#events = events;
    doc.on('afterTransaction', this.#transacted);
    doc.on('update', this.#updated);
  }

  /** Makes a change again, as a local one, as far as it is permitted; gives the operations that are impossible here. */
  makeAgain(change: StoredChange, replay: Remaking['replay'], isPermitted: (operation: Operation) => boolean): Operation[] {
    const lost: Operation[] = [];
    this.#tries = change.tries + 1;
    this.doc.transact(() => {
      for (const operation of change.operations) {
        const rest = isPermitted(operation) ? replay(this.doc, operation) : operation;
        if (rest !== null) {
          lost.push(rest);
        }
      }
    }, AGAIN);
    this.#tries = 0;
    return lost;
  }

  /** Whether the document holds what a change wrote. Not known of deletions. */
  holds({ client, clock }: StoredChange): boolean {
    return clock !== null && Y.getState(this.doc.store, client) >= clock;
  }

  /** Ends telling; the document lives on. */
  release(): void {
    this.doc.off('afterTransaction', this.#transacted);
    this.doc.off('update', this.#updated);
  }

  readonly #transacted = (transaction: Y.Transaction): void => {
    if (isLocal(transaction.origin) && transaction.changed.size > 0) {
      this.#operations.set(transaction, operationsOf(transaction));
    }
  };

  readonly #updated = (update: Uint8Array, origin: unknown, doc: Y.Doc, transaction: Y.Transaction): void => {
    if (!isLocal(origin)) {
      // What was read from the copy is there already.
      if (origin === FROM_ROOM) {
        this.#events.changedElsewhere(update);
      }
      return;
    }
    const clock = transaction.afterState.get(doc.clientID) ?? 0;
    const wrote = clock > (transaction.beforeState.get(doc.clientID) ?? 0);
    const operations = this.#operations.get(transaction) ?? [];
    const change = { id: this.#nextId(), client: doc.clientID, clock: wrote ? clock : null, operations, tries: this.#tries, toReplay: false };
    this.#events.changedHere(change, update);
  };
}

function isLocal(origin: unknown): boolean {
  return origin !== FROM_ROOM && origin !== FROM_COPY;
}

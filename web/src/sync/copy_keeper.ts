// Writes the offline copy: in order, own changes at once and what others did in bundles, and goes on when it fails.

import * as Y from 'yjs';

import type { Clock } from './interface.ts';
import { PIECES_MAX, STORE_OTHERS_WITHIN_MS } from './limits.ts';
import { memoryStore } from './offline_store.ts';
import type { OfflineCopy, OfflineStore, OfflineWrite, StoredChange } from './offline_store.ts';

export type KeeperEvents = {
  /** Whether everything is kept beyond this page has become true or false. */
  lastingChanged(isLasting: boolean): void;
  /** Another tab has given the replica up, and this one's with it. */
  superseded(): void;
  /** The whole document and every change that is not saved, for a copy that has missed something. */
  whole(): OfflineWrite;
};

export class CopyKeeper {
  #store: OfflineStore;
  readonly #clock: Clock;
  readonly #events: KeeperEvents;
  /** The end of the queue: every call waits for the one before. */
  #queue: Promise<unknown> = Promise.resolve();
  /** Null until the copy was read, and while another tab has begun one that this tab has not joined. */
  #generation: string | null = null;
  #updates: Uint8Array[] = [];
  #changes: StoredChange[] = [];
  /** Ids of changes that lie in the copy, for every tab to see. */
  readonly #written = new Set<string>();
  #isWriteQueued = false;
  /** Whether a write has failed: the next one has to bring everything. */
  #hasGap = false;
  #isLasting = false;
  #cancelTimer: (() => void) | null = null;

  constructor(store: OfflineStore | null, clock: Clock, events: KeeperEvents) {
    this.#store = store ?? memoryStore();
    this.#clock = clock;
    this.#events = events;
  }

  get isLasting(): boolean {
    return this.#isLasting;
  }

  /** Reads the copy; null if it cannot be read, and nothing will be kept. May take as long as the disk wants. */
  load(): Promise<OfflineCopy | null> {
    return this.#enqueue(async () => {
      const copy = await this.#store.load();
      this.#resume(copy.generation, copy.outbox);
      this.#write();
      return copy;
    }, () => this.#fallBack([]));
  }

  /** Keeps a local change and what it did to the document, at once. */
  keep(change: StoredChange, update: Uint8Array | null): void {
    this.#changes.push(change);
    if (update !== null) {
      this.#updates.push(update);
    }
    this.#write();
  }

  /** Keeps what others did, soon. */
  keepOthers(update: Uint8Array): void {
    this.#updates.push(update);
    if (this.#updates.length > PIECES_MAX) {
      // The disk does not keep up, or never answered.
      [this.#updates, this.#hasGap] = [[], true];
    }
    this.#cancelTimer ??= this.#clock.after(STORE_OTHERS_WITHIN_MS, () => this.#write());
  }

  /** Forgets changes that are with the room. */
  settle(ids: readonly string[]): void {
    if (ids.length > 0) {
      this.#forgetPending(new Set(ids));
      void this.#enqueue(() => this.#store.settle([...ids]), () => {});
    }
  }

  /** Drops the copy of the document. `revise` is given the outbox of all tabs and says what it is from then on. */
  startAfresh(generation: string, revise: (outbox: StoredChange[]) => StoredChange[]): Promise<unknown> {
    this.#forgetPending(null);
    return this.#enqueue(async () => {
      let revised: StoredChange[] = [];
      await this.#store.startAfresh(generation, (outbox) => (revised = revise(outbox)));
      this.#resume(generation, revised);
    }, () => this.#fallBack(revise([])));
  }

  /** Goes over to the copy that another tab has begun, with the changes of this tab that it cannot know. */
  join(unknown: StoredChange[]): Promise<unknown> {
    this.#forgetPending(null);
    return this.#enqueue(async () => this.#resume(await this.#store.join(unknown), unknown), () => this.#fallBack(unknown));
  }

  /** Changes that have to be made again, and that no other tab will make; null if the copy cannot be asked. */
  claim(): Promise<StoredChange[] | null> {
    return this.#enqueue(async () => {
      const claimed = await this.#store.claim();
      claimed.forEach(({ id }) => this.#written.delete(id));
      return claimed;
    }, () => {});
  }

  /** Sees whether the copy is still of this tab's generation. */
  check(): void {
    this.#write();
  }

  /** Whether every tab can see a change in the copy. */
  hasWritten(id: string): boolean {
    return this.#written.has(id);
  }

  /** Takes back changes that were to be written. */
  withdraw(ids: ReadonlySet<string>): void {
    this.#forgetPending(ids);
  }

  /** Erases everything and keeps nothing from here on. */
  async forget(): Promise<void> {
    await this.#enqueue(() => this.#store.erase(), () => {});
    this.#fallBack([]);
  }

  /** Writes what is to be written and lets the store go. */
  close(): void {
    this.#write();
    void this.#enqueue(async () => this.#store.close(), () => {});
  }

  #write(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (!this.#isWriteQueued) {
      this.#isWriteQueued = true;
      void this.#enqueue(() => this.#writeNow(), () => this.#failed());
    }
  }

  async #writeNow(): Promise<void> {
    this.#isWriteQueued = false;
    if (this.#generation === null) {
      return;
    }
    const [updates, changes] = [this.#updates, this.#changes];
    [this.#updates, this.#changes] = [[], []];
    const update = updates.length > 0 && this.#store.isLasting ? Y.mergeUpdates(updates) : null;
    const what = this.#hasGap ? this.#events.whole() : { update, changes };
    const written = await this.#store.write(this.#generation, what);
    if (written === 'superseded') {
      this.#generation = null;
      return this.#events.superseded();
    }
    // What a copy lacks that had to be begun, the next write brings.
    const isGone = written === 'begun' && !this.#hasGap;
    this.#hasGap = isGone;
    what.changes.forEach(({ id }) => this.#written.add(id));
    this.#setLasting(this.#store.isLasting);
    if (isGone) {
      this.#write();
    }
  }

  #failed(): void {
    this.#hasGap = true;
    this.#setLasting(false);
  }

  #resume(generation: string, outbox: readonly StoredChange[]): void {
    this.#generation = generation;
    this.#written.clear();
    outbox.forEach(({ id }) => this.#written.add(id));
    this.#setLasting(this.#store.isLasting);
  }

  #fallBack(outbox: StoredChange[]): void {
    this.#store = memoryStore(outbox);
    this.#resume('memory', outbox);
  }

  /** What is not written yet will not be; null: none of it. */
  #forgetPending(ids: ReadonlySet<string> | null): void {
    if (ids === null) {
      [this.#updates, this.#changes] = [[], []];
    } else {
      this.#changes = this.#changes.filter(({ id }) => !ids.has(id));
      ids.forEach((id) => this.#written.delete(id));
    }
  }

  #setLasting(isLasting: boolean): void {
    if (this.#isLasting !== isLasting) {
      this.#isLasting = isLasting;
      this.#events.lastingChanged(isLasting);
    }
  }

  /** Runs `work` after what was asked before. A store that fails gives null, after `failed`. */
  #enqueue<T>(work: () => Promise<T>, failed: () => void): Promise<T | null> {
    const done = this.#queue.then(work).catch(() => {
      failed();
      return null;
    });
    this.#queue = done;
    return done;
  }
}

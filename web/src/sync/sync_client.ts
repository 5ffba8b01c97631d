// The page's side of `glossator.v1`: one document in one room, kept alike over losses of socket, page and room. The
// rules are in room/SPEC.md under "Our own client". This file ties the parts together; what a connection, a saved
// change or a refusal is, stands in the files beside it.

import * as Y from 'yjs';

import { broadcastSiblings, browserSurroundings, openWebSocket, systemClock } from './browser.ts';
import { CopyKeeper } from './copy_keeper.ts';
import { indexedStore } from './indexed_store.ts';
import type { Clock, Conditions, Refusal, SavedState, SiblingMessage, Siblings, SyncListener, SyncOptions, SyncState } from './interface.ts';
import { LEFT_BEHIND_AFTER_MS, OFFLINE_COPY_WITHIN_MS, REBUILD_PAUSE_MS, REBUILD_PAUSES_WITHIN_MS, REBUILDS_MAX, REPAIR_PAUSE_MS } from './limits.ts';
import type { OfflineCopy, OfflineWrite, StoredChange } from './offline_store.ts';
import type { Operation } from './operations.ts';
import { Presence } from './presence.ts';
import { planRebuild, revisedOutbox, stranded } from './rebuild_plan.ts';
import type { RefusedFrame } from './rebuild_plan.ts';
import { Renewal } from './renewal.ts';
import { lostChanges } from './replay.ts';
import { FROM_COPY, FROM_ROOM, Replica } from './replica.ts';
import { RoomLink } from './room_link.ts';
import { Saving } from './saving.ts';
import { Uplink } from './uplink.ts';
import { MalformedError, presence, renew, syncStep1 } from './wire.ts';
import type { RoomMessage } from './wire.ts';

export type * from './interface.ts';
export type { Presence } from './presence.ts';
export { LOCAL } from './replica.ts';

type Refused = RefusedFrame & { words: string };

/**
 * One tab's place in the room of a case.
 *
 * `start` reads the offline copy and then connects; from there on it comes back by itself until the room closes for
 * good. Local edits are transactions on `doc` with any origin. After a refusal `doc` is another one.
 */
export class SyncClient {
  /** Who is here. */
  readonly presence: Presence;
  readonly #listener: SyncListener;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #link: RoomLink;
  readonly #uplink: Uplink;
  readonly #renewal: Renewal;
  readonly #keeper: CopyKeeper;
  readonly #siblings: Siblings;
  readonly #saving = new Saving();
  readonly #tab: string;
  #ids = 0;
  /** What the page sees. */
  #replica: Replica;
  /** What takes its place once the room has filled it: the one before is poisoned by something that was refused. */
  #next: Replica | null = null;
  #told: SavedState = { unsaved: 0, unarchived: false, storedLocally: false };
  #conditions: Conditions = { nearlyFull: false, hostFailing: false, degraded: false };
  #state: SyncState['state'] = 'connecting';
  /** The room's seq at the last welcome on this socket; null before it. */
  #welcomeSeq: number | null = null;
  /** What is to be reported once the document has been replaced. */
  #refusal: { refused: Refused; lost: Operation[] } | null = null;
  #isMakingAgain = false;
  #vainRebuilds = 0;
  #recentRebuilds = { count: 0, at: 0 };
  #repairedAt = Number.NEGATIVE_INFINITY;
  #standing: 'new' | 'started' | 'stopped' = 'new';

  constructor(options: SyncOptions) {
    const { caseId, user, listener } = options;
    this.#listener = listener;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#tab = this.#random().toString(36).slice(2, 10);
    this.#replica = this.#makeReplica();
    const ticket = options.ticket ?? (() => Promise.resolve(null));
    this.#link = new RoomLink(
      {
        address: `${options.address}/${encodeURIComponent(caseId)}?user=${encodeURIComponent(user.name)}`,
        open: options.open ?? openWebSocket,
        clock: this.#clock,
        random: this.#random,
        surroundings: options.surroundings ?? browserSurroundings,
        ticket,
      },
      {
        stateChanged: (state) => this.#stateChanged(state),
        opened: () => this.#opened(),
        received: (message) => this.#received(message),
        lost: () => this.#lost(),
        isIdle: () => this.#saving.unsavedCount === 0,
      },
    );
    this.#uplink = new Uplink(
      this.#saving,
      (frame) => this.#link.send(frame),
      (frame) => this.#rebuild({ frame, reason: 'too_large', words: 'The change is larger than the room takes.' }),
    );
    this.#renewal = new Renewal(this.#clock, ticket, (fresh) => this.#link.send(renew(fresh)));
    this.#keeper = new CopyKeeper(options.offline === undefined ? indexedStore(user.id, caseId) : options.offline, this.#clock, {
      lastingChanged: () => this.#tellSaved(),
      superseded: () => this.#rebuild(null),
      whole: () => this.#whole(),
    });
    const openSiblings = options.siblings ?? broadcastSiblings;
    this.#siblings = openSiblings(`glossator:${user.id}:${caseId}`, (message) => this.#siblingTold(message));
    this.presence = new Presence(
      this.doc.clientID,
      this.#clock,
      (entry) => this.#link.send(presence(entry)),
      () => this.#tell(() => listener.peopleChanged()),
    );
  }

  /** The document as the page should show it. */
  get doc(): Y.Doc {
    return this.#replica.doc;
  }

  start(): void {
    if (this.#standing !== 'new') {
      return;
    }
    this.#standing = 'started';
    let isConnecting = false;
    const connect = (): void => {
      if (!isConnecting && this.#standing === 'started') {
        isConnecting = true;
        this.#link.start();
      }
    };
    const cancelPatience = this.#clock.after(OFFLINE_COPY_WITHIN_MS, connect);
    void this.#keeper.load().then((copy) => {
      cancelPatience();
      this.#adopt(copy);
      connect();
    });
  }

  /** Leaves for good; what is not saved stays in the offline copy. */
  stop(): void {
    this.#standing = 'stopped';
    this.#uplink.flush();
    this.#link.stop();
    this.presence.close();
    this.#keeper.close();
    if (this.#saving.unsavedCount > 0) {
      this.#siblings.tell('left');
    }
    this.#siblings.close();
  }

  /** Does not wait for the next attempt. */
  retryNow(): void {
    this.#link.retryNow();
  }

  saved(): SavedState {
    const { unsavedCount, isArchived } = this.#saving;
    return { unsaved: unsavedCount, unarchived: !isArchived, storedLocally: this.#keeper.isLasting };
  }

  conditions(): Conditions {
    return this.#conditions;
  }

  /** Erases the offline copy, in all tabs of this person, and keeps none from here on. */
  async forgetOffline(): Promise<void> {
    await this.#keeper.forget();
    this.#siblings.tell('forgotten');
  }

  /** What is kept alike with the room's document. */
  get #syncedDoc(): Y.Doc {
    return (this.#next ?? this.#replica).doc;
  }

  // -- the offline copy

  #adopt(copy: OfflineCopy | null): void {
    // A replica that is being given up takes nothing more in; its changes are in the new copy.
    if (copy === null || this.#next !== null || this.#standing === 'stopped') {
      return;
    }
    const known = new Set(this.#saving.unsaved.map(({ change }) => change.id));
    copy.outbox.filter(({ id }) => !known.has(id)).forEach((change) => this.#saving.add(change));
    if (copy.updates.length > 0) {
      const update = Y.mergeUpdates(copy.updates);
      this.#apply(update, FROM_COPY);
      // Usually nobody is there yet to send it to. If the disk was slower than the room, the room is.
      this.#uplink.push(copy.outbox.filter(({ toReplay }) => !toReplay), update);
      void (this.#state === 'live' && this.#makeStrandedAgain());
    }
    this.#tellSaved();
  }

  #readAgain(): void {
    this.#keeper.check();
    void this.#keeper.load().then((copy) => this.#adopt(copy));
  }

  #whole(): OfflineWrite {
    return { update: Y.encodeStateAsUpdate(this.#syncedDoc), changes: this.#saving.unsaved.map(({ change }) => change) };
  }

  #siblingTold(message: SiblingMessage): void {
    switch (message) {
      case 'rebuilt':
        return this.#keeper.check();
      case 'forgotten':
        return void this.#keeper.forget();
      case 'left':
        // It may still be writing. Nobody else will send what it leaves before a page is opened again.
        return void this.#clock.after(LEFT_BEHIND_AFTER_MS, () => this.#readAgain());
    }
  }

  // -- the document

  #makeReplica(): Replica {
    const replica: Replica = new Replica(new Y.Doc(), () => this.#nextId(), {
      changedHere: (change, update) => this.#changedHere(change, update),
      changedElsewhere: (update) => this.#keeper.keepOthers(update),
    });
    return replica;
  }

  #changedHere(change: StoredChange, update: Uint8Array): void {
    if (this.#next === null) {
      this.#saving.add(change);
      this.#keeper.keep(change, update);
      this.#uplink.push([change], update);
    } else {
      // The page still shows a replica that goes nowhere.
      this.#saving.add(stranded(change));
      this.#keeper.keep(stranded(change), null);
    }
    this.#tellSaved();
  }

  #apply(update: Uint8Array, origin: typeof FROM_ROOM | typeof FROM_COPY): void {
    try {
      Y.applyUpdate(this.#syncedDoc, update, origin);
    } catch (error) {
      // Yjs finishes its work before it throws what an observer of the page has thrown. Then the bytes are fine.
      Y.decodeUpdate(update);
      surface(error);
    }
  }

  // -- the socket

  #stateChanged(state: SyncState): void {
    this.#state = state.state;
    this.#tell(() => this.#listener.stateChanged(state));
  }

  #opened(): void {
    this.#welcomeSeq = null;
    this.#link.send(syncStep1(Y.encodeStateVector(this.#syncedDoc)));
    if (this.#next === null) {
      this.presence.tellAgain();
    }
  }

  #lost(): void {
    this.#renewal.cancel();
    this.#uplink.reset();
    this.presence.socketLost();
  }

  #received(message: RoomMessage): void {
    switch (message.kind) {
      case 'vector':
        return this.#uplink.answer(Y.encodeStateAsUpdate(this.#syncedDoc, message.vector));
      case 'document':
        return this.#synced(message.update);
      case 'update':
        this.#apply(message.update, FROM_ROOM);
        return this.#askForGaps();
      case 'presence':
        return this.presence.heard(message.entries);
      case 'query':
        return this.presence.tellAgain();
      case 'welcome':
        return this.#welcomed(message);
      case 'saved':
        return this.#frameSaved(message);
      case 'archived':
        if (message.epoch === this.#saving.epoch) {
          this.#saving.archived(message.archived);
          this.#tellSaved();
        }
        return;
      case 'refused':
        this.#checkFrame(message.frame);
        return this.#rebuild(message);
      case 'conditions':
        return this.#setConditions(message.conditions);
      case 'renewed':
        return this.#renewal.lastsUntil(message.until);
    }
  }

  #welcomed({ epoch, seq, archived, conditions }: RoomMessage & { kind: 'welcome' }): void {
    // A second welcome on a socket says that the room has lost something; its question follows.
    this.#uplink.hold();
    this.#welcomeSeq = seq;
    this.#saving.welcomed(epoch, archived);
    this.#link.welcomed();
    this.#setConditions(conditions);
    this.#tellSaved();
  }

  #synced(update: Uint8Array): void {
    if (this.#welcomeSeq === null) {
      throw new MalformedError('a document before the welcome');
    }
    this.#apply(update, FROM_ROOM);
    this.#link.synced();
    this.presence.socketSynced();
    void this.#makeStrandedAgain();
  }

  #frameSaved({ epoch, frame, seq }: RoomMessage & { kind: 'saved' }): void {
    this.#checkFrame(frame);
    if (epoch !== this.#saving.epoch) {
      return;
    }
    this.#keeper.settle(this.#saving.saved(frame, seq));
    if (this.#saving.unsavedCount === 0) {
      this.#vainRebuilds = 0;
    }
    this.#tellSaved();
  }

  #checkFrame(frame: number): void {
    if (frame < 1 || frame > this.#uplink.frames) {
      throw new MalformedError('an answer to a frame that was not sent');
    }
  }

  /** Asks once more if something arrived without what it builds on. */
  #askForGaps(): void {
    const doc = this.#syncedDoc;
    const lacksSomething = doc.store.pendingStructs !== null || doc.store.pendingDs !== null;
    if (lacksSomething && this.#clock.now() - this.#repairedAt >= REPAIR_PAUSE_MS) {
      this.#repairedAt = this.#clock.now();
      this.#link.send(syncStep1(Y.encodeStateVector(doc)));
    }
  }

  // -- refusals

  /** Gives the replica up: it holds what the room has refused, or (null) so does the copy that it shares with a tab. */
  #rebuild(refused: Refused | null): void {
    if (this.#standing === 'stopped') {
      // Whoever opens the case next makes it again.
      return this.#leaveToOthers();
    }
    this.#uplink.flush();
    if (refused !== null && ++this.#vainRebuilds > REBUILDS_MAX) {
      // It is not this change that is refused.
      return this.#link.end(4403, refused.words);
    }
    this.#next?.release();
    this.#next?.doc.destroy();
    this.#next = this.#makeReplica();
    if (refused === null) {
      this.#leaveToOthers();
    } else {
      this.#startAfresh(refused);
    }
    this.#link.restart(this.#rebuildPause());
    this.#tellSaved();
  }

  #startAfresh(refused: Refused): void {
    const before = this.#saving.unsaved.map(({ change }) => change.id);
    const plan = planRebuild(this.#saving.unsaved, refused);
    this.#refusal = { refused, lost: [...(this.#refusal?.lost ?? []), ...plan.lost] };
    this.#saving.replace([...plan.arrived, ...plan.kept]);
    const revise = (outbox: StoredChange[]): StoredChange[] => revisedOutbox(outbox, new Set(before), plan);
    void this.#keeper.startAfresh(this.#nextId(), revise).then(() => this.#siblings.tell('rebuilt'));
  }

  /** Another tab has begun a new copy. It has taken over what it could see there; the rest joins. */
  #leaveToOthers(): void {
    const unseen = this.#saving.unsaved.map(({ change }) => change).filter(({ id }) => !this.#keeper.hasWritten(id)).map(stranded);
    this.#saving.replace(unseen);
    void this.#keeper.join(unseen);
  }

  /** Grows while refusals follow each other, so that a page that makes a refused change whenever it can does not spin. */
  #rebuildPause(): number {
    const now = this.#clock.now();
    const { count, at } = this.#recentRebuilds;
    const recent = now - at < REBUILD_PAUSES_WITHIN_MS ? count : 0;
    this.#recentRebuilds = { count: recent + 1, at: now };
    return REBUILD_PAUSE_MS * 2 ** Math.min(recent, 7) * (1 + this.#random());
  }

  /** Makes the changes again that the copy holds and no replica; shows the new replica, if there is one. */
  async #makeStrandedAgain(): Promise<void> {
    const next = this.#next;
    if (this.#isMakingAgain || (next === null && !this.#saving.unsaved.some(({ change }) => change.toReplay))) {
      return;
    }
    this.#isMakingAgain = true;
    const claimed = await this.#keeper.claim();
    this.#isMakingAgain = false;
    if (this.#next !== next) {
      this.#giveBack(claimed ?? []);
      return this.#state === 'live' ? this.#makeStrandedAgain() : undefined;
    }
    const again = this.#takeStranded(claimed);
    const old = this.#replica;
    if (next !== null) {
      old.release();
      this.#replica = next;
      this.#next = null;
    }
    const report = this.#makeAgain(again);
    if (next !== null) {
      this.presence.moveTo(next.doc.clientID);
      this.presence.tellAgain();
      this.#tell(() => this.#listener.documentReplaced(next.doc));
      old.doc.destroy();
    }
    if (report !== null) {
      this.#tell(() => this.#listener.refused(report));
    }
    this.#tellSaved();
  }

  /** All changes to be made again by this tab. What another tab has claimed is its own from here on. */
  #takeStranded(claimed: StoredChange[] | null): StoredChange[] {
    const own = this.#saving.unsaved.map(({ change }) => change).filter(({ toReplay }) => toReplay);
    const claimedIds = new Set(claimed?.map(({ id }) => id));
    const unseen = own.filter(({ id }) => !claimedIds.has(id) && (claimed === null || !this.#keeper.hasWritten(id)));
    const ids = new Set(own.map(({ id }) => id));
    this.#saving.drop(ids);
    this.#keeper.withdraw(ids);
    return [...(claimed ?? []), ...unseen];
  }

  #makeAgain(changes: StoredChange[]): Refusal | null {
    const arrived = changes.filter((change) => this.#replica.holds(change));
    const missing = changes.filter((change) => !arrived.includes(change));
    const lost = missing.flatMap((change) => this.#replica.makeAgain(change));
    this.#saving.found(arrived.length, this.#welcomeSeq ?? 0);
    const refusal = this.#refusal;
    this.#refusal = null;
    const allLost = [...(refusal?.lost ?? []), ...lost];
    if (allLost.length === 0) {
      // Nobody needs to know of a batch that was only taken apart. If something in it is bad, the next answer says so.
      return null;
    }
    const { reason, words } = refusal?.refused ?? { reason: 'not_allowed', words: '' };
    return { reason, words, lost: lostChanges(allLost), replayed: missing.length };
  }

  #giveBack(changes: StoredChange[]): void {
    const known = new Set(this.#saving.unsaved.map(({ change }) => change.id));
    for (const change of changes) {
      if (!known.has(change.id)) {
        this.#saving.add(change);
      }
      this.#keeper.keep(change, null);
    }
  }

  // -- telling

  #setConditions(conditions: Conditions): void {
    const before = this.#conditions;
    this.#conditions = conditions;
    if (JSON.stringify(before) !== JSON.stringify(conditions)) {
      this.#tell(() => this.#listener.conditionsChanged(conditions));
    }
  }

  #tellSaved(): void {
    const saved = this.saved();
    if (JSON.stringify(saved) !== JSON.stringify(this.#told)) {
      this.#told = saved;
      this.#tell(() => this.#listener.savedChanged(saved));
    }
  }

  /** An error of the page must not look like one of the room. */
  #tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      surface(error);
    }
  }

  /** Sorts by time, and within a tab by order. */
  #nextId(): string {
    this.#ids += 1;
    return `${this.#clock.now().toString(36).padStart(9, '0')}-${this.#tab}-${this.#ids.toString(36).padStart(6, '0')}`;
  }
}

/** Lets an error of the page appear where such errors do, outside of what is going on here. */
function surface(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

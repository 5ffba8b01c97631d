// The page's side of `glossator.v1`: one document in one room, kept alike over losses of socket, page and room. The
// rules are in room/SPEC.md under "Our own client". This file ties the parts together; what a connection, a saved
// change or a refusal is, stands in the files beside it.

import * as Y from 'yjs';

import { Authority } from './authority.ts';
import { broadcastSiblings, browserSurroundings, openWebSocket, systemClock } from './browser.ts';
import { CopyKeeper } from './copy_keeper.ts';
import { indexedStore } from './indexed_store.ts';
import type { Access, Clock, Conditions, SavedState, SiblingMessage, Siblings, SyncListener, SyncOptions } from './interface.ts';
import { LEFT_BEHIND_AFTER_MS, OFFLINE_COPY_WITHIN_MS, REPAIR_PAUSE_MS } from './limits.ts';
import type { OfflineCopy, OfflineWrite } from './offline_store.ts';
import { Presence } from './presence.ts';
import { FROM_COPY, FROM_ROOM } from './replica.ts';
import { Replicas } from './replicas.ts';
import type { Refused } from './replicas.ts';
import { RoomLink } from './room_link.ts';
import { Saving } from './saving.ts';
import { Uplink } from './uplink.ts';
import { MalformedError, presence, renew, syncStep1 } from './wire.ts';
import type { RoomMessage } from './wire.ts';

export type * from './interface.ts';
export type { Presence } from './presence.ts';
export { LOCAL } from './replica.ts';

/** Frames are numbered from 1. A refusal of this one is of no frame, but of the client id: it is somebody else's. */
const NO_FRAME = 0;

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
  readonly #authority: Authority;
  readonly #keeper: CopyKeeper;
  readonly #replicas: Replicas;
  readonly #siblings: Siblings;
  readonly #saving = new Saving();
  readonly #tab: string;
  #ids = 0;
  #told: SavedState = { unsaved: 0, unarchived: false, storedLocally: false };
  #conditions: Conditions = { nearlyFull: false, hostFailing: false, degraded: false };
  /** The room's seq at the last welcome on this socket; null before it. */
  #welcomeSeq: number | null = null;
  /** Whether the room's document has come over this socket. */
  #isSynced = false;
  #repairedAt = Number.NEGATIVE_INFINITY;
  #standing: 'new' | 'started' | 'stopped' = 'new';

  constructor(options: SyncOptions) {
    const { caseId, user, listener } = options;
    this.#listener = listener;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#tab = this.#random().toString(36).slice(2, 10);
    this.#link = new RoomLink(
      {
        address: `${options.address}/${encodeURIComponent(caseId)}`,
        open: options.open ?? openWebSocket,
        clock: this.#clock,
        random: this.#random,
        surroundings: options.surroundings ?? browserSurroundings,
        wayIn: () => this.#authority.wayIn(),
      },
      {
        stateChanged: (state) => this.#tell(() => listener.stateChanged(state)),
        opened: () => this.#opened(),
        received: (message) => this.#received(message),
        lost: (code) => this.#lost(code),
        isIdle: () => this.#saving.unsavedCount === 0,
      },
    );
    this.#uplink = new Uplink(
      this.#saving,
      (frame) => this.#link.send(frame),
      (frame) => this.#giveUp({ frame, reason: 'too_large', words: 'The change is larger than the room takes.' }),
    );
    this.#authority = new Authority(options.tickets, this.#clock, this.#random, {
      changed: (access) => this.#tell(() => listener.accessChanged(access)),
      renew: (ticket) => this.#link.send(renew(ticket)),
      end: (code, reason) => this.#link.end(code, reason),
    });
    this.#keeper = new CopyKeeper(options.offline === undefined ? indexedStore(user.id, caseId) : options.offline, this.#clock, {
      lastingChanged: () => this.#tellSaved(),
      superseded: () => this.#giveUp(null),
      whole: () => this.#whole(),
    });
    this.#replicas = this.#makeReplicas(options.remaking, user.id);
    const openSiblings = options.siblings ?? broadcastSiblings;
    this.#siblings = openSiblings(`glossator:${user.id}:${caseId}`, (message) => this.#siblingTold(message));
    this.presence = new Presence(
      this.doc.clientID,
      this.#clock,
      // A socket has one id, and that of a replica that is being given up must not become it.
      (entry) => !this.#replicas.isRebuilding && this.#link.send(presence(entry)),
      () => this.#tell(() => listener.peopleChanged()),
    );
  }

  /** The document as the page should show it. */
  get doc(): Y.Doc {
    return this.#replicas.shown;
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
    this.#authority.prepare();
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

  access(): Access {
    return this.#authority.access;
  }

  /**
   * The person has signed out: erases the offline copy and the way back, in all tabs of this person, keeps none from here
   * on, and leaves for good.
   */
  async signOut(): Promise<void> {
    this.#authority.forget();
    const erased = this.#keeper.forget();
    this.#siblings.tell('forgotten');
    this.stop();
    await erased;
  }

  // -- the document

  #makeReplicas(remaking: SyncOptions['remaking'], userId: string): Replicas {
    const [saving, keeper, clock, random] = [this.#saving, this.#keeper, this.#clock, this.#random];
    return new Replicas(
      { saving, keeper, clock, random, nextId: () => this.#nextId(), remaking, userId, role: () => this.#authority.access.role },
      {
        changedHere: (change, update) => this.#uplink.push([change], update),
        savingChanged: () => this.#tellSaved(),
        begunAnew: () => this.#siblings.tell('rebuilt'),
        restart: (pause) => this.#link.restart(pause),
        end: (why, words) => this.#link.end(why === 'refused' ? 4403 : 4426, words),
        replaced: (doc) => {
          this.presence.moveTo(doc.clientID);
          this.presence.tellAgain();
          this.#tell(() => this.#listener.documentReplaced(doc));
        },
        refused: (refusal) => this.#tell(() => this.#listener.refused(refusal)),
        syncedSeq: () => (this.#isSynced ? this.#welcomeSeq : null),
        pageFailed: surface,
      },
    );
  }

  /** The replica is of no use: it holds what the room has refused, or (null) so does the copy that it shares with a tab. */
  #giveUp(refused: Refused | null): void {
    if (this.#standing === 'stopped') {
      // Whoever opens the case next makes it again.
      return this.#replicas.leaveToOthers();
    }
    this.#uplink.flush();
    this.#replicas.giveUp(refused);
  }

  // -- the offline copy

  #adopt(copy: OfflineCopy | null): void {
    // A replica that is being given up takes nothing more in; its changes are in the new copy.
    if (copy === null || this.#replicas.isRebuilding || this.#standing === 'stopped') {
      return;
    }
    const known = new Set(this.#saving.unsaved.map(({ change }) => change.id));
    copy.outbox.filter(({ id }) => !known.has(id)).forEach((change) => this.#saving.add(change));
    if (copy.updates.length > 0) {
      const update = Y.mergeUpdates(copy.updates);
      this.#replicas.apply(update, FROM_COPY);
      // Usually nobody is there yet to send it to. If the disk was slower than the room, the room is.
      this.#uplink.push(copy.outbox.filter(({ toReplay }) => !toReplay), update);
    }
    void (this.#isSynced && this.#replicas.makeStrandedAgain());
    this.#tellSaved();
  }

  #readAgain(): void {
    this.#keeper.check();
    void this.#keeper.load().then((copy) => this.#adopt(copy));
  }

  #whole(): OfflineWrite {
    return { update: Y.encodeStateAsUpdate(this.#replicas.synced), changes: this.#saving.unsaved.map(({ change }) => change) };
  }

  #siblingTold(message: SiblingMessage): void {
    switch (message) {
      case 'rebuilt':
        return this.#keeper.check();
      case 'forgotten':
        this.#authority.forget();
        return void this.#keeper.forget();
      case 'left':
        // It may still be writing. Nobody else will send what it leaves before a page is opened again.
        return void this.#clock.after(LEFT_BEHIND_AFTER_MS, () => this.#readAgain());
    }
  }

  // -- the socket

  #opened(): void {
    this.#welcomeSeq = null;
    this.#authority.opened();
    this.#link.send(syncStep1(Y.encodeStateVector(this.#replicas.synced)));
    this.presence.tellAgain();
  }

  #lost(code: number | null): void {
    this.#isSynced = false;
    this.#authority.lost(code);
    this.#uplink.reset();
    this.presence.socketLost();
  }

  #received(message: RoomMessage): void {
    switch (message.kind) {
      case 'vector':
        return this.#uplink.answer(Y.encodeStateAsUpdate(this.#replicas.synced, message.vector));
      case 'document':
        return this.#synced(message.update);
      case 'update':
        this.#replicas.apply(message.update, FROM_ROOM);
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
        if (message.frame !== NO_FRAME) {
          this.#checkFrame(message.frame);
        }
        return this.#giveUp(message);
      case 'conditions':
        return this.#setConditions(message.conditions);
      case 'renewed':
        return this.#authority.renewed();
      case 'resume':
        return this.#authority.resumable(message.token);
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
    this.#replicas.apply(update, FROM_ROOM);
    this.#isSynced = true;
    this.#link.synced();
    this.presence.socketSynced();
    void this.#replicas.makeStrandedAgain();
  }

  #frameSaved({ epoch, frame, seq }: RoomMessage & { kind: 'saved' }): void {
    this.#checkFrame(frame);
    if (epoch !== this.#saving.epoch) {
      return;
    }
    this.#keeper.settle(this.#saving.saved(frame, seq));
    if (this.#saving.unsavedCount === 0) {
      this.#replicas.allSaved();
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
    const doc = this.#replicas.synced;
    const lacksSomething = doc.store.pendingStructs !== null || doc.store.pendingDs !== null;
    if (lacksSomething && this.#clock.now() - this.#repairedAt >= REPAIR_PAUSE_MS) {
      this.#repairedAt = this.#clock.now();
      this.#link.send(syncStep1(Y.encodeStateVector(doc)));
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

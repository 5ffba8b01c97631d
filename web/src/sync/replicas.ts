// The replica that the page sees, and the one that takes its place after a refusal (SC16-SC20).
//
// A refused change poisons its replica: the room has no place for what comes after it. So a new one is filled by the
// room while the page still shows the old one, everything is made again that is to be kept, and then they change places.

import * as Y from 'yjs';

import type { CopyKeeper } from './copy_keeper.ts';
import type { Clock, Refusal, Remaking, Role } from './interface.ts';
import { REBUILD_PAUSE_MS, REBUILD_PAUSES_WITHIN_MS, REBUILDS_MAX, REMAKING_TRIES_MAX, TRIES_MAX } from './limits.ts';
import type { StoredChange } from './offline_store.ts';
import type { Operation } from './operations.ts';
import { planRebuild, revisedOutbox, stranded } from './rebuild_plan.ts';
import type { RefusedFrame } from './rebuild_plan.ts';
import { Replica } from './replica.ts';
import type { FROM_COPY, FROM_ROOM } from './replica.ts';
import type { Saving } from './saving.ts';

/** What the room said about a frame. */
export type Refused = RefusedFrame & { words: string };

export type ReplicasEvents = {
  /** A local change that can be sent. */
  changedHere(change: StoredChange, update: Uint8Array): void;
  /** Where the changes are may be another than before. */
  savingChanged(): void;
  /** The copy has been begun anew; sibling tabs should know. */
  begunAnew(): void;
  /** The present socket is of no use: another one, after a pause. */
  restart(pause: number): void;
  /** The room refuses this client whatever it does, or this page lacks a part of itself. */
  end(why: 'refused' | 'outdated', words: string): void;
  /** `doc` is what the page should show; the one before is destroyed after the call. */
  replaced(doc: Y.Doc): void;
  refused(refusal: Refusal): void;
  /** Up to where the journal went when the room said what it has; null while there is no synced socket. */
  syncedSeq(): number | null;
  /** An error that an observer of the page has thrown. */
  pageFailed(error: unknown): void;
};

export type ReplicasParts = {
  saving: Saving;
  keeper: CopyKeeper;
  clock: Clock;
  random: () => number;
  nextId: () => string;
  remaking: () => Promise<Remaking>;
  userId: string;
  /** What the person may do; null: nobody judges that. */
  role: () => Role | null;
};

export class Replicas {
  readonly #parts: ReplicasParts;
  readonly #events: ReplicasEvents;
  /** What the page sees. */
  #shown: Replica;
  /** What takes its place once the room has filled it. */
  #next: Replica | null = null;
  /** What is to be reported once it has. */
  #refusal: { refused: Refused; lost: Operation[] } | null = null;
  #isMakingAgain = false;
  #vainRebuilds = 0;
  /** How often what makes changes again could not be fetched. */
  #vainFetches = 0;
  #recentRebuilds = { count: 0, at: 0 };

  constructor(parts: ReplicasParts, events: ReplicasEvents) {
    this.#parts = parts;
    this.#events = events;
    this.#shown = this.#makeReplica();
  }

  /** The document that the page sees. */
  get shown(): Y.Doc {
    return this.#shown.doc;
  }

  /** The document that is kept alike with the room's. */
  get synced(): Y.Doc {
    return (this.#next ?? this.#shown).doc;
  }

  /** Whether the page sees a replica that is being given up. */
  get isRebuilding(): boolean {
    return this.#next !== null;
  }

  /** Takes in what the room or the copy holds. Throws if it is no update. */
  apply(update: Uint8Array, origin: typeof FROM_ROOM | typeof FROM_COPY): void {
    try {
      Y.applyUpdate(this.synced, update, origin);
    } catch (error) {
      // Yjs finishes its work before it throws what an observer of the page has thrown. Then the bytes are fine.
      Y.applyUpdate(new Y.Doc(), update);
      this.#events.pageFailed(error);
    }
  }

  /** Everything is with the room: what was refused before is over. */
  allSaved(): void {
    this.#vainRebuilds = 0;
  }

  /** Gives the replica up: it holds what the room has refused, or (null) so does the copy that it shares with a tab. */
  giveUp(refused: Refused | null): void {
    if (refused !== null && ++this.#vainRebuilds > REBUILDS_MAX) {
      // It is not this change that is refused.
      return this.#events.end('refused', refused.words);
    }
    this.#next?.release();
    this.#next?.doc.destroy();
    this.#next = this.#makeReplica();
    if (refused === null) {
      this.leaveToOthers();
    } else {
      this.#beginAnew(refused);
    }
    this.#events.restart(this.#rebuildPause());
    this.#events.savingChanged();
  }

  /** Another tab has begun a new copy. It has taken over what it could see there; the rest joins. */
  leaveToOthers(): void {
    const unseen = this.#parts.saving.unsaved.map(({ change }) => change).filter(({ id }) => !this.#parts.keeper.hasWritten(id)).map(stranded);
    this.#parts.saving.replace(unseen);
    void this.#parts.keeper.join(unseen);
  }

  /** Makes the changes again that the copy holds and no replica; shows the new replica, if there is one. */
  async makeStrandedAgain(): Promise<void> {
    const next = this.#next;
    if (this.#isMakingAgain || (next === null && !this.#parts.saving.unsaved.some(({ change }) => change.toReplay))) {
      return;
    }
    this.#isMakingAgain = true;
    const remaking = await this.#parts.remaking().catch(() => null);
    // Nothing is taken out of the copy that could not be made again.
    const claimed = remaking === null || this.#next !== next ? null : await this.#parts.keeper.claim();
    this.#isMakingAgain = false;
    if (remaking === null) {
      return this.#cannotMakeAgain();
    }
    if (this.#next !== next) {
      this.#giveBack(claimed ?? []);
      return this.#events.syncedSeq() === null ? undefined : this.makeStrandedAgain();
    }
    const again = this.#takeStranded(claimed);
    const old = this.#shown;
    if (next !== null) {
      old.release();
      this.#shown = next;
      this.#next = null;
    }
    const report = this.#makeAgain(again, remaking);
    if (next !== null) {
      this.#events.replaced(next.doc);
      old.doc.destroy();
    }
    if (report !== null) {
      this.#events.refused(report);
    }
    this.#events.savingChanged();
  }

  /**
   * What makes changes again has not come: tries once more on the next socket, and then says so. A page that has been
   * open since before a release asks for what the server no longer has. The changes stay in the copy, for the next page;
   * so do those that were refused, since nobody has been told of them: refused once more, they are.
   */
  #cannotMakeAgain(): void {
    if (this.#events.syncedSeq() === null) {
      // No wonder without a connection. With the next one it is tried anyway.
      return;
    }
    this.#vainFetches += 1;
    if (this.#vainFetches < REMAKING_TRIES_MAX) {
      this.#events.restart(this.#rebuildPause());
      return;
    }
    const { saving, keeper, nextId } = this.#parts;
    const operations = this.#refusal?.lost ?? [];
    this.#refusal = null;
    if (operations.length > 0) {
      const change = { id: nextId(), client: 0, clock: null, operations, tries: TRIES_MAX, toReplay: true };
      saving.add(change);
      keeper.keep(change, null);
      this.#events.savingChanged();
    }
    this.#events.end('outdated', 'A part of the page could not be fetched.');
  }

  #makeReplica(): Replica {
    const { saving, keeper, nextId } = this.#parts;
    return new Replica(new Y.Doc(), nextId, {
      changedHere: (change, update) => {
        if (this.#next === null) {
          saving.add(change);
          keeper.keep(change, update);
          this.#events.changedHere(change, update);
        } else {
          // The page still shows a replica that goes nowhere.
          saving.add(stranded(change));
          keeper.keep(stranded(change), null);
        }
        this.#events.savingChanged();
      },
      changedElsewhere: (update) => keeper.keepOthers(update),
    });
  }

  #beginAnew(refused: Refused): void {
    const before = this.#parts.saving.unsaved.map(({ change }) => change.id);
    const plan = planRebuild(this.#parts.saving.unsaved, refused);
    this.#refusal = { refused, lost: [...(this.#refusal?.lost ?? []), ...plan.lost] };
    this.#parts.saving.replace([...plan.arrived, ...plan.kept]);
    const revise = (outbox: StoredChange[]): StoredChange[] => revisedOutbox(outbox, new Set(before), plan);
    void this.#parts.keeper.startAfresh(this.#parts.nextId(), revise).then(() => this.#events.begunAnew());
  }

  /** All changes to be made again by this tab. What another tab has claimed is its own from here on. */
  #takeStranded(claimed: StoredChange[] | null): StoredChange[] {
    const own = this.#parts.saving.unsaved.map(({ change }) => change).filter(({ toReplay }) => toReplay);
    const claimedIds = new Set(claimed?.map(({ id }) => id));
    const unseen = own.filter(({ id }) => !claimedIds.has(id) && (claimed === null || !this.#parts.keeper.hasWritten(id)));
    const ids = new Set(own.map(({ id }) => id));
    this.#parts.saving.drop(ids);
    this.#parts.keeper.withdraw(ids);
    return [...(claimed ?? []), ...unseen];
  }

  #makeAgain(changes: StoredChange[], remaking: Remaking): Refusal | null {
    const arrived = changes.filter((change) => this.#shown.holds(change));
    const missing = changes.filter((change) => !arrived.includes(change));
    const { userId, role } = this.#parts;
    const [{ doc }, now] = [this.#shown, role()];
    const isPermitted = (operation: Operation): boolean => now === null || remaking.isPermitted(doc, operation, { role: now, userId });
    const losses = missing.map((change) => this.#shown.makeAgain(change, remaking.replay, isPermitted));
    const lost = losses.flat();
    this.#parts.saving.found(arrived.length, this.#events.syncedSeq() ?? 0);
    const refusal = this.#refusal;
    this.#refusal = null;
    const allLost = [...(refusal?.lost ?? []), ...lost];
    if (allLost.length === 0) {
      // Nobody needs to know of a batch that was only taken apart. If something in it is bad, the next answer says so.
      return null;
    }
    const { reason, words } = refusal?.refused ?? { reason: 'not_allowed', words: '' };
    return { reason, words, lost: remaking.lostChanges(allLost), replayed: missing.filter(({ operations }, index) => (losses[index]?.length ?? 0) < operations.length).length };
  }

  #giveBack(changes: StoredChange[]): void {
    const known = new Set(this.#parts.saving.unsaved.map(({ change }) => change.id));
    for (const change of changes) {
      if (!known.has(change.id)) {
        this.#parts.saving.add(change);
      }
      this.#parts.keeper.keep(change, null);
    }
  }

  /** Grows while refusals follow each other, so that a page that makes a refused change whenever it can does not spin. */
  #rebuildPause(): number {
    const now = this.#parts.clock.now();
    const { count, at } = this.#recentRebuilds;
    const recent = now - at < REBUILD_PAUSES_WITHIN_MS ? count : 0;
    this.#recentRebuilds = { count: recent + 1, at: now };
    return REBUILD_PAUSE_MS * 2 ** Math.min(recent, 7) * (1 + this.#parts.random());
  }
}

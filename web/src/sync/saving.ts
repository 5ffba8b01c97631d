// Which local changes are where: not sent, in a frame, journaled by the room, archived by the host. No clock, no socket.
//
// A socket numbers its frames; the room says up to which of them everything is journaled, and at which number (seq) of
// its journal; later, up to which seq the host has it. An epoch is one life of the room's storage: in another one
// nothing that was acknowledged counts until it was sent and acknowledged again.

import { ACKNOWLEDGED_MAX } from './limits.ts';
import type { StoredChange } from './offline_store.ts';

/** A change that is not journaled, and the frame of this socket that carries it. */
export type Unsaved = { change: StoredChange; frame: number | null };

export class Saving {
  #unsaved: Unsaved[] = [];
  /** Changes that are journaled but not archived, by the seq that covers them. */
  #acknowledged: { seq: number; count: number }[] = [];
  /** Changes that were acknowledged in an earlier epoch, and the frame that carries them again. */
  #lapsed = { count: 0, frame: null as number | null };
  #epoch: number | null = null;
  #savedSeq = -1;
  #archivedSeq = -1;

  get unsaved(): readonly Unsaved[] {
    return this.#unsaved;
  }

  get epoch(): number | null {
    return this.#epoch;
  }

  get unsavedCount(): number {
    return this.#unsaved.length + this.#lapsed.count;
  }

  get isArchived(): boolean {
    return this.unsavedCount === 0 && this.#savedSeq <= this.#archivedSeq;
  }

  /** A change that was just made, or that an earlier page left behind. */
  add(change: StoredChange): void {
    this.#unsaved.push({ change, frame: null });
  }

  /** Forgets changes that are elsewhere: refused, taken by another tab, or found in the room's document. */
  drop(ids: ReadonlySet<string>): void {
    this.#unsaved = this.#unsaved.filter(({ change }) => !ids.has(change.id));
  }

  /** Other changes take the place of all that are not saved. */
  replace(changes: readonly StoredChange[]): void {
    this.#unsaved = changes.map((change) => ({ change, frame: null }));
  }

  /** A frame left with these changes. */
  sent(frame: number, ids: ReadonlySet<string>): void {
    this.#unsaved = this.#unsaved.map((one) => (ids.has(one.change.id) ? { ...one, frame } : one));
  }

  /** A frame left with everything that the replica has. */
  sentAll(frame: number): void {
    this.#unsaved = this.#unsaved.map((one) => (one.change.toReplay ? one : { ...one, frame }));
    this.#lapsed.frame = frame;
  }

  /** What was in frames so far may have arrived or not. */
  nothingSent(): void {
    this.#unsaved = this.#unsaved.map((one) => ({ ...one, frame: null }));
    this.#lapsed.frame = null;
  }

  welcomed(epoch: number, archivedSeq: number): void {
    if (this.#epoch !== epoch) {
      this.#lapsed.count += this.#acknowledged.reduce((sum, { count }) => sum + count, 0);
      this.#acknowledged = [];
      this.#savedSeq = -1;
      this.#epoch = epoch;
    }
    this.archived(archivedSeq);
  }

  /** Everything up to this frame is journaled; gives the ids of the changes that are saved by it. */
  saved(frame: number, seq: number): string[] {
    const isCovered = (one: { frame: number | null }): boolean => one.frame !== null && one.frame <= frame;
    const saved = this.#unsaved.filter(isCovered);
    this.#unsaved = this.#unsaved.filter((one) => !isCovered(one));
    let count = saved.length;
    if (isCovered(this.#lapsed)) {
      count += this.#lapsed.count;
      this.#lapsed = { count: 0, frame: null };
    }
    if (count > 0) {
      this.#acknowledge(seq, count);
    }
    return saved.map(({ change }) => change.id);
  }

  /** The host has everything up to this seq; -1: nothing, it is another store. */
  archived(seq: number): void {
    this.#archivedSeq = seq;
    this.#acknowledged = this.#acknowledged.filter((one) => one.seq > seq);
  }

  /** So many dropped changes were found in the room's document, which by then had journaled everything up to seq. */
  found(count: number, seq: number): void {
    if (count > 0) {
      this.#acknowledge(seq, count);
    }
  }

  #acknowledge(seq: number, count: number): void {
    this.#savedSeq = Math.max(this.#savedSeq, seq);
    if (seq <= this.#archivedSeq) {
      return;
    }
    const last = this.#acknowledged.at(-1);
    // While the host is away the list grows. Too late an acknowledgement is no lie, too early a one would be.
    if (last !== undefined && (last.seq === seq || this.#acknowledged.length >= ACKNOWLEDGED_MAX)) {
      this.#acknowledged[this.#acknowledged.length - 1] = { seq, count: last.count + count };
    } else {
      this.#acknowledged.push({ seq, count });
    }
  }
}

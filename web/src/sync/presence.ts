// Who is here. The room is believed about everybody but oneself, and an entry stays until the room says that its client
// has gone: there is no heartbeat, and nobody is dropped for being quiet.

import type { Clock } from './interface.ts';
import { PRESENCE_KEPT_MS, PRESENCE_RETOLD_WITHIN_MS, PRESENCE_STATE_BYTES_MAX, PRESENCE_TICK_MS } from './limits.ts';
import type { PresenceEntry } from './wire.ts';

type Peer = { state: unknown; isRetold: boolean };

export class Presence {
  readonly #peers = new Map<number, Peer>();
  readonly #formerIds = new Set<number>();
  readonly #clock: Clock;
  /** Sends an entry if there is a socket; the next one that opens asks for it anyway. */
  readonly #tell: (entry: PresenceEntry) => void;
  readonly #changed: () => void;
  #id: number;
  #state: unknown = null;
  #count = 0;
  #cancelTick: (() => void) | null = null;
  #isTickDue = false;
  #cancelSweep = (): void => {};

  constructor(id: number, clock: Clock, tell: (entry: PresenceEntry) => void, changed: () => void) {
    this.#id = id;
    this.#clock = clock;
    this.#tell = tell;
    this.#changed = changed;
  }

  /** Everybody's state by client id, one's own included. What others say of themselves is unchecked. */
  states(): Map<number, unknown> {
    const states = new Map([...this.#peers].map(([id, { state }]) => [id, state]));
    return this.#state === null ? states : states.set(this.#id, this.#state);
  }

  /**
   * Says where one is; null: not here. The first change is told at once, further ones together a little later. A state
   * that is too large is shown to oneself only, since the room would close for good over it.
   */
  set(state: unknown): void {
    this.#state = state ?? null;
    if (this.#cancelTick === null) {
      this.#tellAndWait();
    } else {
      this.#isTickDue = true;
    }
    this.#changed();
  }

  /** Tells one's own state to who asks, or to a new socket. */
  tellAgain(): void {
    if (this.#state !== null) {
      this.#tellState();
    }
  }

  /** Goes on under another id. */
  moveTo(id: number): void {
    this.#formerIds.add(this.#id);
    this.#id = id;
    this.#peers.delete(id);
    this.#changed();
  }

  /** What the room says of others. What it says of oneself is an echo, or the last of a socket that has ended. */
  heard(entries: readonly PresenceEntry[]): void {
    for (const { client, state } of entries) {
      if (client === this.#id || this.#formerIds.has(client)) {
        continue;
      }
      if (state === null) {
        this.#peers.delete(client);
      } else {
        this.#peers.set(client, { state, isRetold: true });
      }
    }
    if (entries.length > 0) {
      this.#changed();
    }
  }

  /** The document has come over a new socket, and with it or soon after everybody's entry. */
  socketSynced(): void {
    this.#sweepAfter(PRESENCE_RETOLD_WITHIN_MS);
  }

  /** Whoever goes meanwhile is not told as gone: what stays untold on the next socket goes. */
  socketLost(): void {
    for (const peer of this.#peers.values()) {
      peer.isRetold = false;
    }
    this.#sweepAfter(PRESENCE_KEPT_MS);
  }

  close(): void {
    this.#cancelTick?.();
    this.#cancelTick = null;
    this.#isTickDue = false;
    this.#cancelSweep();
  }

  #tellAndWait(): void {
    this.#tellState();
    this.#cancelTick = this.#clock.after(PRESENCE_TICK_MS, () => {
      this.#cancelTick = null;
      if (this.#isTickDue) {
        this.#isTickDue = false;
        this.#tellAndWait();
      }
    });
  }

  /** With a clock above all before. Who was never here need not say that he has gone. */
  #tellState(): void {
    const isKnown = this.#state !== null || this.#count > 0;
    if (isKnown && new TextEncoder().encode(JSON.stringify(this.#state)).length <= PRESENCE_STATE_BYTES_MAX) {
      this.#count += 1;
      this.#tell({ client: this.#id, clock: this.#count, state: this.#state });
    }
  }

  #sweepAfter(milliseconds: number): void {
    this.#cancelSweep();
    this.#cancelSweep = this.#clock.after(milliseconds, () => {
      const before = this.#peers.size;
      for (const [id, peer] of this.#peers) {
        if (!peer.isRetold) {
          this.#peers.delete(id);
        }
      }
      if (this.#peers.size !== before) {
        this.#changed();
      }
    });
  }
}

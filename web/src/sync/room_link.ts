// The way to the room: one socket at a time, watched by pings, and found again when it is lost. Knows no document.

import type { ShutError } from './authority.ts';
import { nextConnection, syncStateOf } from './connection.ts';
import type { Connection, ConnectionEvent } from './connection.ts';
import type { Clock, Socket, SocketFactory, Surroundings, SyncState } from './interface.ts';
import { CALL_WITHIN_MS, ONLINE_SPREAD_MS, PING_EVERY_MS, PONG_WITHIN_MS } from './limits.ts';
import { PROTOCOL, readFrame } from './wire.ts';
import type { RoomMessage } from './wire.ts';

export type LinkEvents = {
  stateChanged(state: SyncState): void;
  /** A socket is open; what is sent reaches the room unless the socket is lost. */
  opened(): void;
  /** Throws if the message makes no sense: the socket is given up then. */
  received(message: RoomMessage): void;
  /** The socket has gone that was open; with a code, if it was not given up here. */
  lost(code: number | null): void;
  /** Whether coming back can wait until somebody looks. */
  isIdle(): boolean;
};

export type LinkOptions = {
  address: string;
  open: SocketFactory;
  clock: Clock;
  random: () => number;
  surroundings: Surroundings;
  /** What opens the next socket. Rejects with a `ShutError` if there is no way in for good. */
  wayIn: () => Promise<string>;
};

export class RoomLink {
  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  #connection: Connection = { at: 'rest' };
  #state: SyncState = syncStateOf({ at: 'rest' });
  /** The present attempt; what an earlier one still says is not heard. */
  #attempt: object = {};
  #socket: Socket | null = null;
  #lastHeard = 0;
  /** At most one of: the next attempt, the patience with this one, the next ping, the wait for its answer. */
  #cancelTimer = (): void => {};
  #unwatch = (): void => {};

  constructor(options: LinkOptions, events: LinkEvents) {
    this.#options = options;
    this.#events = events;
  }

  start(): void {
    if (this.#connection.at === 'rest') {
      this.#unwatch = this.#options.surroundings.watch((what) => this.#told(what));
      this.#call();
    }
  }

  /** Leaves; may be started again. */
  stop(): void {
    this.#unwatch();
    this.#drop('left');
    this.#step({ event: 'left' });
  }

  /** Does not wait for the next attempt. */
  retryNow(): void {
    if (this.#connection.at === 'waiting') {
      this.#call();
    }
  }

  send(frame: Uint8Array): void {
    this.#socket?.send(frame);
  }

  welcomed(): void {
    this.#step({ event: 'welcomed' });
  }

  synced(): void {
    this.#step({ event: 'synced', now: this.#options.clock.now() });
  }

  /** Gives the socket up for a new one. */
  restart(pause: number): void {
    if (this.#connection.at === 'rest' || this.#connection.at === 'closed') {
      return;
    }
    this.#drop('starting afresh');
    this.#step({ event: 'restarted', until: this.#options.clock.now() + pause });
    this.#callAfter(pause);
  }

  /** Gives up for good. */
  end(code: number, reason: string): void {
    this.#unwatch();
    this.#drop(reason);
    this.#step({ event: 'ended', code, reason });
  }

  #call(): void {
    const attempt = {};
    this.#attempt = attempt;
    this.#after(CALL_WITHIN_MS, () => this.#lost(null, 'no answer'));
    this.#step({ event: 'called' });
    this.#options.wayIn().then(
      (token) => this.#attempt === attempt && this.#open(attempt, token),
      ({ code, message }: Partial<ShutError> & Error) => this.#attempt === attempt && this.#lost(code ?? null, message),
    );
  }

  #open(attempt: object, token: string): void {
    this.#socket = this.#options.open(this.#options.address, [PROTOCOL, token], {
      opened: () => this.#attempt === attempt && this.#opened(),
      received: (data) => this.#attempt === attempt && this.#received(data),
      closed: (code, reason) => this.#attempt === attempt && this.#lost(code, reason),
    });
  }

  #opened(): void {
    this.#step({ event: 'opened' });
    this.#heard();
    this.#after(PING_EVERY_MS, () => this.#ping());
    this.#events.opened();
  }

  #received(data: Uint8Array | string): void {
    const attempt = this.#attempt;
    this.#heard();
    try {
      const messages = typeof data === 'string' ? readText(data) : readFrame(data);
      for (const message of messages) {
        // One message may have been the end of the socket for those behind it.
        if (this.#attempt !== attempt) {
          return;
        }
        this.#events.received(message);
      }
    } catch (error) {
      this.#lost(null, error instanceof Error ? error.message : 'malformed');
    }
  }

  #heard(): void {
    this.#lastHeard = this.#options.clock.now();
  }

  /** Asks whether the room is still there; whoever is silent for too long after that is not. */
  #ping(): void {
    const { clock } = this.#options;
    const askedAt = clock.now();
    this.#socket?.send('ping');
    this.#after(PONG_WITHIN_MS, () => {
      const rest = PING_EVERY_MS - (clock.now() - askedAt);
      if (this.#lastHeard < askedAt) {
        this.#lost(null, 'no answer to a ping');
      } else if (rest > 0) {
        this.#after(rest, () => this.#ping());
      } else {
        // Browsers let the timers of hidden pages fire once a minute. The room does not wait for two of them.
        this.#ping();
      }
    });
  }

  #told(what: 'online' | 'offline' | 'visible'): void {
    const { at } = this.#connection;
    if (at === 'open') {
      // The network or the machine was away: find out soon what has become of the socket.
      this.#ping();
    } else if (at === 'waiting' && what === 'visible') {
      this.#call();
    } else if (at === 'waiting' && what === 'online') {
      this.#callAfter(this.#options.random() * ONLINE_SPREAD_MS);
    }
  }

  #lost(code: number | null, reason: string): void {
    const { clock, random, surroundings } = this.#options;
    this.#drop(reason, code);
    const isHeld = !surroundings.isVisible() && this.#events.isIdle();
    this.#step({ event: 'lost', now: clock.now(), code, reason, random: random(), isHeld });
    if (this.#connection.at === 'waiting' && !isHeld) {
      this.#callAfter(this.#connection.until - clock.now());
    }
  }

  #callAfter(pause: number): void {
    this.#after(pause, () => this.#call());
  }

  #after(pause: number, action: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(pause, action);
  }

  /** Ends the present attempt, whatever it has come to. */
  #drop(reason: string, code: number | null = null): void {
    const wasOpen = this.#connection.at === 'open';
    this.#attempt = {};
    this.#cancelTimer();
    this.#socket?.close(1000, reason);
    this.#socket = null;
    if (wasOpen) {
      this.#events.lost(code);
    }
  }

  #step(event: ConnectionEvent): void {
    this.#connection = nextConnection(this.#connection, event);
    const state = syncStateOf(this.#connection);
    if (state.state !== this.#state.state || state.state === 'waiting') {
      this.#state = state;
      this.#events.stateChanged(state);
    }
  }
}

function readText(text: string): RoomMessage[] {
  if (text !== 'pong') {
    throw new Error('a text that is no pong');
  }
  return [];
}

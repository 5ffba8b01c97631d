// The connection to a room: the only file that knows WebSocket, the provider and the wire.

import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';

import { nextState, readRoomAnswer } from './connection_state.ts';
import type { ConnectionState, RoomAnswer, Signal } from './connection_state.ts';
import { colourOf, readPeople } from './people.ts';
import type { Person, Presence } from './people.ts';

/** How long an open socket may stay without the document before the room is asked why. */
const PATIENCE_MS = 3_000;
const ASK_TIMEOUT_MS = 5_000;

/** What the page is told. */
export type Listener = {
  stateChanged(state: ConnectionState): void;
  /** Somebody came, went or changed. */
  peopleChanged(people: Person[]): void;
  /** Whether there are edits of this tab that may not have reached the room. */
  unsentChanged(hasUnsentEdits: boolean): void;
};

/** One tab's place in the room of a case. Reconnects by itself until the server closes for good. */
export class Connection {
  /** The shared notes. Empty until the first time that the connection is live. */
  readonly notes: Y.Text;
  readonly #caseId: string;
  readonly #listener: Listener;
  readonly #provider: WebsocketProvider;
  #state: ConnectionState = { state: 'connecting' };
  #hasUnsentEdits = false;
  #editedAt = 0;
  #askTimer: ReturnType<typeof setTimeout> | undefined;

  /** Connects at once, under a name that others will see. */
  constructor(caseId: string, name: string, listener: Listener) {
    const doc = new Y.Doc();
    this.notes = doc.getText('notes');
    this.#caseId = caseId;
    this.#listener = listener;
    this.#provider = new WebsocketProvider(syncAddress(), caseId, doc, {
      params: { user: name },
      // What a tab shows of others has been through the room. A shortcut between tabs would show edits that the room
      // never stored, and would go on after it has refused one of them.
      disableBc: true,
    });
    const presence: Presence = { user: { name, color: colourOf(name) } };
    this.#provider.awareness.setLocalState(presence);
    this.#watchProvider();
    doc.on('update', (_update: Uint8Array, origin: unknown) => {
      if (origin !== this.#provider) {
        this.#editedAt = Date.now();
        this.#setUnsent(this.#hasUnsentEdits || this.#state.state !== 'live');
      }
    });
    this.#tellPeople();
  }

  /** Whether closing the tab would lose edits: some were not sent, or are still in the socket's queue. */
  wouldLoseEdits(): boolean {
    return this.#hasUnsentEdits || (this.#provider.ws?.bufferedAmount ?? 0) > 0;
  }

  #watchProvider(): void {
    const { awareness } = this.#provider;
    awareness.on('change', () => this.#tellPeople());
    this.#provider.on('status', ({ status }) => {
      if (status === 'connected') {
        this.#signal({ signal: 'socket_opened' });
      }
    });
    this.#provider.on('sync', (isSynced: boolean) => {
      if (isSynced) {
        this.#setUnsent(false);
        this.#signal({ signal: 'synced' });
      }
    });
    this.#provider.on('connection-close', (event) => {
      // A socket can be dead for half a minute before anybody notices. What was typed since the room was last heard
      // may have gone nowhere; it is sent again after the next opening.
      if (this.#editedAt > 0 && this.#editedAt >= this.#provider.wsLastMessageReceived) {
        this.#setUnsent(true);
      }
      this.#signal({ signal: 'socket_lost', code: event === null ? null : event.code });
    });
    this.#provider.on('closed', ({ code, reason }) => this.#signal({ signal: 'refused', code, reason }));
  }

  #signal(signal: Signal): void {
    const state = nextState(this.#state, signal);
    this.#state = state;
    clearTimeout(this.#askTimer);
    if (state.state === 'opening' || state.state === 'waiting') {
      this.#askTimer = setTimeout(() => void this.#ask(), PATIENCE_MS);
    }
    this.#listener.stateChanged(state);
  }

  async #ask(): Promise<void> {
    const answer = await askRoom(this.#caseId);
    if (this.#state.state === 'opening' || this.#state.state === 'waiting') {
      this.#signal({ signal: 'room_answered', answer });
    }
  }

  #setUnsent(hasUnsentEdits: boolean): void {
    if (this.#hasUnsentEdits !== hasUnsentEdits) {
      this.#hasUnsentEdits = hasUnsentEdits;
      this.#listener.unsentChanged(hasUnsentEdits);
    }
  }

  #tellPeople(): void {
    const { awareness } = this.#provider;
    this.#listener.peopleChanged(readPeople(awareness.getStates(), awareness.clientID));
  }
}

function syncAddress(): string {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return `${scheme}://${location.host}/sync`;
}

async function askRoom(caseId: string): Promise<RoomAnswer> {
  try {
    const response = await fetch(`/api/cases/${encodeURIComponent(caseId)}/room`, {
      cache: 'no-store',
      signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
    });
    const value: unknown = await response.json();
    return readRoomAnswer(value);
  } catch {
    return { room: 'unknown' };
  }
}

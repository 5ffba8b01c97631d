// One tab's place in the room of a case or board, as signals. What it knows of the wire is the sync client's listener.

import { batch, signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type * as Y from 'yjs';

import type { Access, Conditions, Refusal, Remaking, SavedState, SyncListener, SyncState } from '../../sync/interface.ts';
import { SyncClient } from '../../sync/sync_client.ts';
import type { Identity } from '../base/identity.ts';
import { onePerUser, readPeople } from '../people/people.ts';
import type { Person } from '../people/people.ts';
import type { RoomAnswer } from '../status/room_answer.ts';
import type { What } from '../status/short_words.ts';
import { ticketsFor } from './tickets.ts';

/** How long an open socket may stay without the document before the room is asked why. */
const PATIENCE_MS = 3_000;

/** What is seldom needed, and fetched when it is: what makes changes again, and what asks a room why it does not open. */
export type Seldom = Remaking & { askRoom(id: string): Promise<RoomAnswer> };

export class Session implements SyncListener {
  readonly sync = signal<SyncState>({ state: 'connecting' });
  readonly saved = signal<SavedState>({ unsaved: 0, unarchived: false, storedLocally: false });
  readonly conditions = signal<Conditions>({ nearlyFull: false, hostFailing: false, degraded: false });
  readonly access: Signal<Access>;
  /** Everybody's tabs, this one included. */
  readonly tabs = signal<readonly Person[]>([]);
  /** Everybody once. */
  readonly people = signal<readonly Person[]>([]);
  /** What the room said when it was asked why it does not open. */
  readonly room = signal<RoomAnswer | null>(null);
  /** Whether the room's document has been here. */
  readonly hasDocument = signal(false);
  /** The last refusal, until the person has read it. */
  readonly refusal = signal<Refusal | null>(null);
  readonly client: SyncClient;
  /** The document; another one after a refusal. */
  readonly doc: Signal<Y.Doc>;
  readonly what: What;
  readonly #caseId: string;
  readonly #seldom: () => Promise<Seldom>;
  #whenReplaced: (doc: Y.Doc) => void = () => {};
  #askTimer: ReturnType<typeof setTimeout> | undefined;

  /** `user` is as whom the person of this account acts here. */
  constructor(caseId: string, account: Identity, user: Identity, seldom: () => Promise<Seldom>, what: What = 'case') {
    this.#caseId = caseId;
    this.#seldom = seldom;
    this.what = what;
    this.client = new SyncClient({ caseId, user, address: syncAddress(), listener: this, remaking: seldom, tickets: ticketsFor(caseId, account, user) });
    this.access = signal(this.client.access());
    this.doc = signal(this.client.doc);
  }

  /** Says what to do when the document is another one, after a refusal. */
  onReplaced(listener: (doc: Y.Doc) => void): void {
    this.#whenReplaced = listener;
  }

  stateChanged(state: SyncState): void {
    batch(() => {
      this.sync.value = state;
      this.room.value = null;
      if (state.state === 'live') {
        this.hasDocument.value = true;
      }
      this.peopleChanged();
    });
    clearTimeout(this.#askTimer);
    if (state.state === 'opening') {
      this.#askTimer = setTimeout(() => void this.#ask(), PATIENCE_MS);
    }
  }

  savedChanged(saved: SavedState): void {
    this.saved.value = saved;
  }

  conditionsChanged(conditions: Conditions): void {
    this.conditions.value = conditions;
  }

  accessChanged(access: Access): void {
    this.access.value = access;
  }

  peopleChanged(): void {
    const everybody = readPeople(this.client.presence.states(), this.client.doc.clientID);
    // Without a connection nobody else is here as far as one knows.
    const isLive = this.sync.value.state === 'live';
    batch(() => {
      this.tabs.value = everybody.filter(({ isMe }) => isMe || isLive);
      this.people.value = onePerUser(this.tabs.value);
    });
  }

  refused(refusal: Refusal): void {
    this.refusal.value = refusal;
  }

  documentReplaced(doc: Y.Doc): void {
    this.#whenReplaced(doc);
    this.doc.value = doc;
    this.peopleChanged();
  }

  async #ask(): Promise<void> {
    // Why a room does not open is seldom asked; if even the asking cannot be fetched, nothing was learned.
    const parts = await this.#seldom().catch(() => null);
    const answer: RoomAnswer = (await parts?.askRoom(this.#caseId)) ?? { room: 'unknown' };
    if (this.sync.value.state === 'opening') {
      this.room.value = answer;
      this.#askTimer = setTimeout(() => void this.#ask(), PATIENCE_MS * 2);
    }
  }
}

function syncAddress(): string {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return `${scheme}://${location.host}/sync`;
}

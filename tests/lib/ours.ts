// A raw client of `glossator.v1`: numbers its frames, reads what only it is told, and does nothing by itself. What the page
// does with all this is another matter.

import * as Y from 'yjs';
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness';

import { RawPeer, type Ending } from './clients.ts';
import type { Role } from './tokens.ts';
import { until } from './until.ts';
import {
  awarenessFrame,
  concatenated,
  messagesOf,
  Reader,
  syncStep1,
  syncStep2,
  updateFrame,
  varBytes,
  varUint,
  type Message,
} from './wire.ts';

/** The subprotocol's name. */
export const subprotocol = 'glossator.v1';

/** What only a client of ours is told. `archived` is one more than a seq, 0 if nothing is. */
export type Said =
  | { kind: 'welcome'; epoch: number; seq: number; archived: number; conditions: number }
  | { kind: 'saved'; epoch: number; n: number; seq: number }
  | { kind: 'archived'; epoch: number; archived: number }
  | { kind: 'refused'; n: number; reason: number; words: string }
  | { kind: 'conditions'; conditions: number }
  | { kind: 'renewed'; untilMs: number }
  | { kind: 'resume'; token: string };

/** One socket of ours, with a document and a presence of its own. */
export class OurPeer {
  readonly doc = new Y.Doc();
  readonly awareness = new Awareness(this.doc);
  readonly peer: RawPeer;
  /** The number of the newest frame. */
  n = 0;
  #read = 0;

  private constructor(peer: RawPeer) {
    this.peer = peer;
    // The room, not a clock, says who is here.
    this.awareness.setLocalState(null);
    clearInterval(this.awareness._checkInterval);
  }

  /** Opens a socket, is welcomed, and exchanges documents. */
  static async join(syncUrl: string, caseId: string, user = 'ours', role: Role = 'own'): Promise<OurPeer> {
    return OurPeer.#greeted(await RawPeer.open(syncUrl, caseId, { user, role }, [subprotocol]));
  }

  /** The same for a page that shows a ticket or a resume token. */
  static async joinWith(syncUrl: string, caseId: string, token: string, origin: string): Promise<OurPeer> {
    return OurPeer.#greeted(await RawPeer.open(syncUrl, caseId, { token: null, origin }, [subprotocol, token]));
  }

  static async #greeted(peer: RawPeer): Promise<OurPeer> {
    const ours = new OurPeer(peer);
    ours.peer.send(syncStep1());
    await until('the room welcomes us and sends the document', () => {
      const messages = ours.messages();
      return ours.said().some(({ kind }) => kind === 'welcome') && messages.some(({ kind }) => kind === 'step2');
    }, { explain: () => JSON.stringify(ours.peer.ending) });
    ours.take();
    ours.send(syncStep2(Y.encodeStateAsUpdate(ours.doc)));
    return ours;
  }

  /** What it was told beside the stock protocol, oldest first. */
  said(): Said[] {
    return this.peer.frames.flatMap((frame) => saidIn(frame) ?? []);
  }

  /** The stock messages that it received, oldest first. */
  messages(): Message[] {
    return this.peer.frames.flatMap((frame) => (saidIn(frame) === undefined ? messagesOf(frame) : []));
  }

  /** The number of the newest frame that is saved, and where it lies. */
  saved(): { n: number; seq: number } {
    const saved = this.said().findLast((said) => said.kind === 'saved');
    return saved?.kind === 'saved' ? saved : { n: 0, seq: 0 };
  }

  /** Waits until everything that was sent is saved. */
  async allSaved(within = 15_000): Promise<{ n: number; seq: number }> {
    const { n } = this;
    return until(`frame ${n} is saved`, () => {
      const saved = this.saved();
      return saved.n >= n ? saved : undefined;
    }, { within, explain: () => JSON.stringify({ said: this.said().slice(-5), ending: this.peer.ending }) });
  }

  /** What the store is said to hold: one more than a seq. */
  archived(): number {
    const told = this.said().findLast(({ kind }) => kind === 'archived' || kind === 'welcome');
    return told?.kind === 'archived' || told?.kind === 'welcome' ? told.archived : 0;
  }

  /** Takes what was received into the document and the presence, and answers what a client must answer. */
  take(): void {
    const fresh = this.peer.frames.slice(this.#read);
    this.#read = this.peer.frames.length;
    for (const message of fresh.flatMap((frame) => (saidIn(frame) === undefined ? messagesOf(frame) : []))) {
      if (message.kind === 'step2' || message.kind === 'update') {
        Y.applyUpdate(this.doc, message.update);
      } else if (message.kind === 'awareness') {
        applyAwarenessUpdate(this.awareness, message.entries, 'room');
      } else if (message.kind === 'queryAwareness') {
        this.sendPresence();
      }
    }
  }

  /** Sends stock messages under the next number. */
  send(...messages: readonly Uint8Array[]): number {
    this.n += 1;
    this.peer.send(concatenated(varUint(110), varUint(this.n), ...messages));
    return this.n;
  }

  /** Changes the document and sends the change. */
  edit(change: (doc: Y.Doc) => void): number {
    const before = Y.encodeStateVector(this.doc);
    change(this.doc);
    return this.send(updateFrame(Y.encodeStateAsUpdate(this.doc, before)));
  }

  /** Writes at the end of the notes. */
  write(text: string): number {
    return this.edit((doc) => {
      const notes = doc.getText('notes');
      notes.insert(notes.length, text);
    });
  }

  /** Shows a presence state. */
  show(state: Readonly<Record<string, unknown>>): void {
    this.awareness.setLocalState(state);
    this.sendPresence();
  }

  /** Says its own presence. */
  sendPresence(): void {
    this.peer.send(awarenessFrame(encodeAwarenessUpdate(this.awareness, [this.doc.clientID])));
  }

  /** The other clients that it sees. */
  seenPeers(): number[] {
    this.take();
    return [...this.awareness.getStates().keys()].filter((id) => id !== this.doc.clientID);
  }

  /** Asks for the authority to be prolonged. */
  renew(ticket: string): void {
    this.peer.send(concatenated(varUint(111), varBytes(new TextEncoder().encode(ticket))));
  }

  /** Pings now; the runtime answers. */
  ping(): void {
    if (this.peer.isOpen) {
      this.peer.send('ping');
    }
  }

  /** Waits until the server has closed the socket. */
  async closed(within = 15_000): Promise<Ending> {
    return this.peer.closed(within);
  }

  /** Drops the connection without a word. */
  cut(): void {
    this.peer.cut();
    this.awareness.destroy();
    this.doc.destroy();
  }
}

/** What a frame says beside the stock protocol; `undefined` if it is of that. */
function saidIn(frame: Uint8Array): Said | undefined {
  const reader = new Reader(frame);
  const kind = reader.varUint();
  const number = (): number => reader.varUint();
  switch (kind) {
    case 100:
      return { kind: 'welcome', epoch: number(), seq: number(), archived: number(), conditions: number() };
    case 101:
      return { kind: 'saved', epoch: number(), n: number(), seq: number() };
    case 102:
      return { kind: 'archived', epoch: number(), archived: number() };
    case 103:
      return { kind: 'refused', n: number(), reason: number(), words: new TextDecoder().decode(reader.varBytes()) };
    case 104:
      return { kind: 'conditions', conditions: number() };
    case 105:
      return { kind: 'renewed', untilMs: number() };
    case 106:
      return { kind: 'resume', token: new TextDecoder().decode(reader.varBytes()) };
    default:
      return undefined;
  }
}

// A world for the sync client: time that is moved by hand, a room that keeps its promises and fails when told to, a
// disk that tabs share. Everything that travels does so when `settle` is called.

import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

import { isPermitted } from '../../src/marginalia/permitted.ts';
import { memoryStore } from '../../src/sync/offline_store.ts';
import type { OfflineStore, StoredChange } from '../../src/sync/offline_store.ts';
import * as replaying from '../../src/sync/replay.ts';
import { SyncClient } from '../../src/sync/sync_client.ts';
import type {
  Access,
  Clock,
  Conditions,
  Refusal,
  Role,
  SavedState,
  SiblingMessage,
  Socket,
  SocketEvents,
  SyncListener,
  SyncOptions,
  SyncState,
  TicketAnswer,
  Tickets,
  WayBack,
} from '../../src/sync/sync_client.ts';

/** For tests in which nothing is renewed. */
const FOR_EVER_MS = 1e12;

/** What makes changes again, as the page fetches it. */
export const remaking = { ...replaying, isPermitted };

export class FakeClock implements Clock {
  #now = 1_000_000;
  #timers: { at: number; action: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, action: () => void): () => void {
    const timer = { at: this.#now + Math.ceil(milliseconds), action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** The moment of the next timer; null if none waits. */
  next(): number | null {
    return this.#timers.length === 0 ? null : Math.min(...this.#timers.map(({ at }) => at));
  }

  /** Moves to a moment and runs what is due at it. */
  moveTo(moment: number): void {
    this.#now = moment;
    const due = this.#timers.filter(({ at }) => at <= moment);
    this.#timers = this.#timers.filter(({ at }) => at > moment);
    due.forEach(({ action }) => action());
  }
}

/** What a test wants to see of what a client said. */
export class Ears implements SyncListener {
  readonly states: SyncState[] = [];
  readonly saved: SavedState[] = [];
  readonly conditions: Conditions[] = [];
  readonly refusals: Refusal[] = [];
  readonly documents: Y.Doc[] = [];
  readonly access: Access[] = [];
  people = 0;

  stateChanged(state: SyncState): void {
    this.states.push(state);
  }
  savedChanged(saved: SavedState): void {
    this.saved.push(saved);
  }
  conditionsChanged(conditions: Conditions): void {
    this.conditions.push(conditions);
  }
  accessChanged(access: Access): void {
    this.access.push(access);
  }
  peopleChanged(): void {
    this.people += 1;
  }
  refused(refusal: Refusal): void {
    this.refusals.push(refusal);
  }
  documentReplaced(doc: Y.Doc): void {
    this.documents.push(doc);
  }
}

export type Judge = (before: Y.Doc, after: Y.Doc) => 'too_large' | 'not_allowed' | 'malformed' | null;

/** One socket as the room and the network see it. */
export class FakeSocket {
  readonly up: (Uint8Array | string)[] = [];
  readonly down: (Uint8Array | string)[] = [];
  readonly heard: (Uint8Array | string)[] = [];
  readonly address: string;
  readonly protocols: string[];
  readonly events: SocketEvents;
  isOpen = false;
  isEnded = false;
  isRefused = false;
  isSilent = false;
  hasAsked = false;
  leftOut = false;
  frames = 0;
  presenceId: number | null = null;

  constructor(address: string, protocols: string[], events: SocketEvents) {
    this.address = address;
    this.protocols = protocols;
    this.events = events;
  }
}

/** The room's side of the wire on a Y.Doc. What it appended is durable; what it was about to append goes in a crash. */
export class FakeRoom {
  doc = new Y.Doc();
  epoch = 7;
  seq = 0;
  archived = 0;
  conditions = 0;
  archive = Y.encodeStateAsUpdate(new Y.Doc());
  /** While true nothing is journaled, acknowledged or shown. */
  holdsJournal = false;
  isOpen = true;
  /** Whether sockets are not even accepted. */
  isAway = false;
  /** Whether a ticket on an open socket is answered. */
  renews = true;
  judge: Judge = () => null;
  /** Sockets in the order in which they came, ended ones too. */
  readonly sockets: FakeSocket[] = [];
  readonly states = new Map<number, unknown>();
  #journal: { socket: FakeSocket; frame: number; update: Uint8Array; hasEdit: boolean }[] = [];
  #durable = Y.encodeStateAsUpdate(new Y.Doc());

  get living(): FakeSocket[] {
    return this.sockets.filter(({ isEnded }) => !isEnded);
  }

  open(address: string, protocols: string[], events: SocketEvents): FakeSocket {
    const socket = new FakeSocket(address, protocols, events);
    this.sockets.push(socket);
    return socket;
  }

  greet(socket: FakeSocket): void {
    socket.isOpen = true;
    socket.events.opened();
    if (this.isOpen) {
      this.welcome(socket);
    }
  }

  welcome(socket: FakeSocket): void {
    send(socket, 100, this.epoch, this.seq, this.archived + 1, this.conditions);
    sendSync(socket, 0, Y.encodeStateVector(this.doc));
    socket.down.push(presenceFrame([...this.states].filter(([id]) => id !== socket.presenceId)));
  }

  receive(socket: FakeSocket, data: Uint8Array | string): void {
    socket.heard.push(data);
    if (data === 'ping') {
      socket.down.push('pong');
      return;
    }
    const decoder = decoding.createDecoder(data as Uint8Array);
    const kind = decoding.readVarUint(decoder);
    if (kind === 110) {
      const frame = decoding.readVarUint(decoder);
      if (frame !== socket.frames + 1) {
        throw new Error(`frame ${frame} after ${socket.frames}`);
      }
      socket.frames = frame;
      decoding.readVarUint(decoder);
      const isAnswer = decoding.readVarUint(decoder) === 1;
      this.#edit(socket, frame, decoding.readVarUint8Array(decoder).slice(), isAnswer);
    } else if (kind === 0) {
      if (decoding.readVarUint(decoder) !== 0) {
        throw new Error('an edit without a number');
      }
      this.#commit();
      socket.hasAsked = true;
      sendSync(socket, 1, Y.encodeStateAsUpdate(this.doc, decoding.readVarUint8Array(decoder)));
    } else if (kind === 111) {
      // Its hours are its own.
      (this.renews ? [socket] : []).forEach((one) => send(one, 105, 77));
    } else if (kind === 1) {
      this.#presence(socket, decoding.createDecoder(decoding.readVarUint8Array(decoder)));
    }
  }

  #edit(socket: FakeSocket, frame: number, update: Uint8Array, isAnswer: boolean): void {
    if (socket.isRefused) {
      return;
    }
    const trial = copyOf(this.doc);
    Y.applyUpdate(trial, update);
    const reason = this.judge(this.doc, trial);
    if (reason !== null) {
      socket.isRefused = true;
      socket.down.push(refusedFrame(frame, reason));
      return;
    }
    if (trial.store.pendingStructs !== null || trial.store.pendingDs !== null) {
      socket.leftOut = !isAnswer;
      sendSync(socket, 0, Y.encodeStateVector(this.doc));
      return;
    }
    socket.leftOut &&= !isAnswer;
    const hasEdit = !equalDocs(this.doc, trial);
    Y.applyUpdate(this.doc, update);
    this.#journal.push({ socket, frame, update, hasEdit });
    if (!this.holdsJournal) {
      this.#commit();
    }
  }

  /** Appends, then shows and acknowledges. */
  #commit(): void {
    this.#durable = Y.encodeStateAsUpdate(this.doc);
    for (const { socket, frame, update, hasEdit } of this.#journal.splice(0)) {
      this.seq += hasEdit ? 1 : 0;
      if (hasEdit) {
        this.living.filter((other) => other !== socket && other.hasAsked).forEach((other) => sendSync(other, 2, update));
      }
      if (!socket.leftOut) {
        send(socket, 101, this.epoch, frame, this.seq);
      }
    }
  }

  #presence(socket: FakeSocket, decoder: decoding.Decoder): void {
    decoding.readVarUint(decoder);
    const id = decoding.readVarUint(decoder);
    decoding.readVarUint(decoder);
    const state: unknown = JSON.parse(decoding.readVarString(decoder));
    socket.presenceId ??= id;
    // As the room does: a socket has one id, and what it says of others is ignored in silence.
    if (id === socket.presenceId) {
      this.tellPresence(id, state);
    }
  }

  tellPresence(id: number, state: unknown): void {
    if (state === null) {
      this.states.delete(id);
    } else {
      this.states.set(id, state);
    }
    this.living.filter(({ presenceId }) => presenceId !== id).forEach((other) => other.down.push(presenceFrame([[id, state]])));
  }

  releaseJournal(): void {
    this.holdsJournal = false;
    this.#commit();
  }

  /** The host takes everything that is durable. */
  archiveNow(): void {
    this.#commit();
    this.archive = this.#durable;
    this.archived = this.seq;
    this.living.forEach((socket) => send(socket, 102, this.epoch, this.archived + 1));
  }

  /** Memory and sockets go; what was appended stays. */
  crash(): void {
    this.doc = docOf(this.#durable);
    this.#journal = [];
    this.states.clear();
    this.living.forEach((socket) => this.drop(socket));
  }

  /** The object's storage goes as well: what is left is what the host has. `keepsSockets`: they are welcomed again. */
  loseStorage(keepsSockets = false): void {
    this.#durable = this.archive;
    this.epoch += 1;
    this.seq = 0;
    this.archived = 0;
    if (!keepsSockets) {
      this.crash();
      return;
    }
    this.doc = docOf(this.archive);
    this.#journal = [];
    for (const socket of this.living) {
      this.welcome(socket);
      sendSync(socket, 1, this.archive);
    }
  }

  /** Cuts a socket: what is on the way in either direction is gone. */
  drop(socket: FakeSocket, code = 1006, reason = ''): void {
    if (!socket.isEnded) {
      this.#end(socket);
      socket.events.closed(code, reason);
    }
  }

  ended(socket: FakeSocket): void {
    this.#end(socket);
  }

  #end(socket: FakeSocket): void {
    socket.isEnded = true;
    socket.up.length = 0;
    socket.down.length = 0;
    if (socket.presenceId !== null && this.living.every(({ presenceId }) => presenceId !== socket.presenceId)) {
      this.tellPresence(socket.presenceId, null);
    }
  }
}

/** A disk that the tabs of one browser share. */
export class FakeDisk {
  /** Null once somebody has erased everything. */
  generation: string | null = 'first';
  updates: Uint8Array[] = [];
  outbox: StoredChange[] = [];
  isBroken = false;
  /** Called in the middle of a claim. */
  onClaim = (): void => {};
  loads: Promise<void> = Promise.resolve();

  /** A tab's way to it. */
  store(): OfflineStore {
    const inner = memoryStore();
    return {
      ...inner,
      isLasting: true,
      load: async () => {
        await this.loads;
        this.#check();
        return { generation: (this.generation ??= 'drawn'), updates: [...this.updates], outbox: structuredClone(this.outbox) };
      },
      write: async (generation, { update, changes }) => {
        await Promise.resolve();
        this.#check();
        const isFresh = this.generation === null;
        this.generation ??= generation;
        if (generation !== this.generation) {
          return 'superseded';
        }
        this.#put(changes);
        this.updates.push(...(update === null ? [] : [update]));
        return isFresh ? 'begun' : 'written';
      },
      settle: async (ids) => {
        this.#check();
        this.outbox = this.outbox.filter(({ id }) => !ids.includes(id));
      },
      startAfresh: async (generation, revise) => {
        await Promise.resolve();
        this.#check();
        this.generation = generation;
        this.updates = [];
        const revised = revise(structuredClone(this.outbox));
        this.outbox = [];
        this.#put(revised);
      },
      join: async (changes) => {
        this.#check();
        this.#put(changes);
        return (this.generation ??= 'drawn');
      },
      claim: async () => {
        await Promise.resolve();
        this.#check();
        const claimed = this.outbox.filter(({ toReplay }) => toReplay);
        this.onClaim();
        this.outbox = this.outbox.filter(({ toReplay }) => !toReplay);
        return claimed;
      },
      erase: async () => this.erase(),
      close() {},
    };
  }

  /** As the browser does when its user clears what sites have stored. */
  erase(): void {
    [this.updates, this.outbox, this.generation] = [[], [], null];
  }

  #put(changes: StoredChange[]): void {
    const ids = new Set(changes.map(({ id }) => id));
    this.outbox = [...this.outbox.filter(({ id }) => !ids.has(id)), ...structuredClone(changes)].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  #check(): void {
    if (this.isBroken) {
      throw new Error('the disk is full');
    }
  }
}

/** A host that is asked for tickets, and what is kept of the way back. */
export class FakeTickets implements Tickets {
  /** What it says; null: not even the edge can be reached. */
  answer: TicketAnswer | null;
  /** What follows, one for each question; then `answer` again. */
  readonly next: (TicketAnswer | null)[] = [];
  asked = 0;
  kept: WayBack | null = null;
  role: Role | null = null;

  constructor(role: Role = 'annotate', lastsMs = 900_000) {
    this.answer = { token: 't', role, lastsMs };
  }

  async ask(): Promise<TicketAnswer> {
    this.asked += 1;
    const answer = this.next.shift() ?? this.answer;
    if (answer === null) {
      throw new Error('no network');
    }
    return typeof answer === 'object' ? { ...answer, token: `${answer.token}${this.asked}` } : answer;
  }

  recall(): WayBack | null {
    return this.kept;
  }

  keep(way: WayBack | null): void {
    this.kept = way;
  }

  recallRole(): Role | null {
    return this.role;
  }

  keepRole(role: Role | null): void {
    this.role = role;
  }
}

export type Tab = { client: SyncClient; ears: Ears; told: (what: 'online' | 'offline' | 'visible') => void; show(isVisible: boolean): void };

export class World {
  readonly clock = new FakeClock();
  readonly room = new FakeRoom();
  readonly #random: () => number;
  readonly #channels = new Map<object, (message: SiblingMessage) => void>();
  #mail: (() => void)[] = [];

  constructor(seed = 1) {
    this.#random = randomOf(seed);
  }

  tab(options: Partial<SyncOptions> & { disk?: FakeDisk } = {}): Tab {
    const { disk, ...rest } = options;
    const ears = new Ears();
    let told: Tab['told'] = () => {};
    let isVisible = true;
    const client = new SyncClient({
      caseId: 'a case',
      user: { id: 'u1', name: 'Pell' },
      address: 'ws://room/sync',
      listener: ears,
      remaking: () => Promise.resolve(remaking),
      tickets: new FakeTickets('own', FOR_EVER_MS),
      offline: disk?.store() ?? null,
      clock: this.clock,
      random: this.#random,
      open: (address, protocols, events) => this.open(address, protocols, events),
      surroundings: {
        isVisible: () => isVisible,
        watch: (tell) => {
          told = tell;
          return () => (told = () => {});
        },
      },
      siblings: (_name, hear) => this.#siblings(disk, hear),
      ...rest,
    });
    return { client, ears, told: (what) => told(what), show: (visible) => (isVisible = visible) };
  }

  /** A tab that is live. */
  async liveTab(options: Partial<SyncOptions> & { disk?: FakeDisk } = {}): Promise<Tab> {
    const tab = this.tab(options);
    tab.client.start();
    await this.settle();
    return tab;
  }

  /** Lets everything arrive that is on the way, and what comes of it; no time passes. */
  async settle(): Promise<void> {
    let quietRounds = 0;
    while (quietRounds < 3) {
      await new Promise((resolve) => setImmediate(resolve));
      quietRounds = this.#deliver() ? 0 : quietRounds + 1;
    }
  }

  /** Lets time pass, timer by timer. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.clock.now() + milliseconds;
    await this.settle();
    for (let next = this.clock.next(); next !== null && next <= end; next = this.clock.next()) {
      this.clock.moveTo(Math.max(next, this.clock.now()));
      await this.settle();
    }
    this.clock.moveTo(end);
    await this.settle();
  }

  /** Delivers at most one message of each direction and socket, so that they interleave. */
  deliverSome(): boolean {
    return this.#deliver();
  }

  /** A way to the room, as clients have it. */
  open(address: string, protocols: string[], events: SocketEvents): Socket {
    const { room } = this;
    const socket = room.open(address, protocols, events);
    this.#mail.push(() => {
      if (room.isAway) {
        room.drop(socket);
      } else if (!socket.isEnded) {
        room.greet(socket);
      }
    });
    return {
      send(data) {
        if (!socket.isEnded && socket.isOpen) {
          socket.up.push(typeof data === 'string' ? data : data.slice());
        }
      },
      // What was sent before a clean close still arrives; nobody hears the answer.
      close: () => {
        for (const data of socket.up.splice(0)) {
          room.receive(socket, data);
        }
        room.ended(socket);
      },
    };
  }

  #siblings(disk: FakeDisk | undefined, hear: (message: SiblingMessage) => void): { tell(message: SiblingMessage): void; close(): void } {
    const key = { disk };
    this.#channels.set(key, hear);
    return {
      tell: (message) => {
        for (const [other, told] of this.#channels) {
          if (other !== key && (other as { disk: unknown }).disk === disk && disk !== undefined) {
            this.#mail.push(() => told(message));
          }
        }
      },
      close: () => this.#channels.delete(key),
    };
  }

  #deliver(): boolean {
    let hasDelivered = false;
    for (const letter of this.#mail.splice(0)) {
      letter();
      hasDelivered = true;
    }
    for (const socket of this.room.living) {
      // Until the document can be used, frames wait.
      const up = this.room.isOpen ? socket.up.shift() : undefined;
      if (up !== undefined) {
        this.room.receive(socket, up);
        hasDelivered = true;
      }
      const down = socket.isSilent ? undefined : socket.down.shift();
      if (down !== undefined) {
        socket.events.received(down);
        hasDelivered = true;
      }
    }
    return hasDelivered;
  }
}

/** Mulberry32: the same numbers for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function docOf(update: Uint8Array): Y.Doc {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  return doc;
}

export function copyOf(doc: Y.Doc): Y.Doc {
  return docOf(Y.encodeStateAsUpdate(doc));
}

export function equalDocs(one: Y.Doc, other: Y.Doc): boolean {
  return Y.equalSnapshots(Y.snapshot(one), Y.snapshot(other));
}

/** Adds an entry to a root map in one transaction, as the page does. */
export function addEntry(doc: Y.Doc, root: string, id: string, fields: Record<string, unknown>): void {
  doc.transact(() => doc.getMap(root).set(id, new Y.Map(Object.entries(fields))));
}

/** A refusal of whatever brings a text with this word into the document. */
export function refuseWord(word: string): Judge {
  return (before, after) => (contentOf(after).includes(word) && !contentOf(before).includes(word) ? 'not_allowed' : null);
}

/** Everything that stands in the roots of these tests. */
export function contentOf(doc: Y.Doc): string {
  return JSON.stringify([sorted(doc.getMap('highlights').toJSON()), sorted(doc.getMap('comments').toJSON()), doc.getText('notes').toString()]);
}

export function send(socket: FakeSocket, ...numbers: number[]): void {
  const encoder = encoding.createEncoder();
  numbers.forEach((number) => encoding.writeVarUint(encoder, number));
  socket.down.push(encoding.toUint8Array(encoder));
}

/** The order of keys in a Yjs map is no part of what it holds. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return value;
  }
  return Object.entries(value).map(([key, inner]) => [key, sorted(inner)] as const).sort(([a], [b]) => (a < b ? -1 : 1));
}

export function refusedFrame(frame: number, reason: 'too_large' | 'not_allowed' | 'malformed'): Uint8Array {
  const encoder = encoding.createEncoder();
  [103, frame, ['', 'too_large', 'not_allowed', 'malformed'].indexOf(reason)].forEach((number) => encoding.writeVarUint(encoder, number));
  encoding.writeVarString(encoder, `because ${reason}`);
  return encoding.toUint8Array(encoder);
}

/** The room gives a way back. */
export function sendResume(socket: FakeSocket, token: string): void {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 106);
  encoding.writeVarString(encoder, token);
  socket.down.push(encoding.toUint8Array(encoder));
}

/** The tickets that a socket was sent to be renewed by. */
export function renewalsOn(socket: FakeSocket): string[] {
  return socket.heard.flatMap((data) => (typeof data !== 'string' && data[0] === 111 ? [new TextDecoder().decode(data.subarray(2))] : []));
}

export function sendSync(socket: FakeSocket, kind: number, bytes: Uint8Array): void {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 0);
  encoding.writeVarUint(encoder, kind);
  encoding.writeVarUint8Array(encoder, bytes);
  socket.down.push(encoding.toUint8Array(encoder));
}

export function presenceFrame(entries: (readonly [number, unknown])[]): Uint8Array {
  const inner = encoding.createEncoder();
  encoding.writeVarUint(inner, entries.length);
  for (const [id, state] of entries) {
    encoding.writeVarUint(inner, id);
    encoding.writeVarUint(inner, 1);
    encoding.writeVarString(inner, JSON.stringify(state));
  }
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 1);
  encoding.writeVarUint8Array(encoder, encoding.toUint8Array(inner));
  return encoding.toUint8Array(encoder);
}

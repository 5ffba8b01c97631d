// Clients: unmodified y-websocket providers, and raw sockets for what no library would send.

import WebSocketOfNode from 'ws';
import type { ClientOptions, RawData } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';

import { newUser, shownBy, type Entry } from './entry.ts';
import { until } from './until.ts';
import { messagesOf, syncStep1, type Message } from './wire.ts';

// Every provider listens for the end of the process; a class of them is no leak.
process.setMaxListeners(0);

/** One frame as it crossed a socket. */
export type Frame = { at: number; incoming: boolean; bytes: Uint8Array };

/** How a socket ended. */
export type Ending = { code: number; reason: string };

/** What a stock client is made with. */
export type StockOptions = Entry & {
  doc?: Y.Doc;
  /** The presence state that it shows; none if absent. */
  presence?: Readonly<Record<string, unknown>>;
  /** Headers of its upgrade. */
  headers?: Readonly<Record<string, string>>;
};

/** What a raw socket is made with. */
export type RawOptions = ClientOptions & Entry;

/** Whoever may still hold a socket open, so that a failed test leaves none behind. */
const present = new Map<StockClient | RawPeer, string>();

/** Ends every client of one Worker that its test has not ended: a provider that goes on keeps the process alive. */
export function endClientsOf(syncUrl: string): void {
  for (const [client, url] of present) {
    if (url === syncUrl) {
      if (client instanceof StockClient) {
        client.leave();
      } else {
        client.cut();
      }
    }
  }
}

/** An unmodified y-websocket provider with its document, watched from outside: frames, reconnects, closes. */
export class StockClient {
  /** Who it is, unless a token of the test's own says otherwise. */
  readonly user: string;
  readonly doc: Y.Doc;
  readonly provider: WebsocketProvider;
  /** Every frame of every socket it has had. */
  readonly frames: Frame[] = [];
  /** How each of its sockets ended, in order, when the server ended it. */
  readonly endings: Ending[] = [];
  /** How many sockets it has opened. */
  sockets = 0;

  constructor(syncUrl: string, caseId: string, options: StockOptions = {}) {
    this.user = options.user ?? newUser();
    this.doc = options.doc ?? new Y.Doc();
    this.provider = new WebsocketProvider(syncUrl, caseId, this.doc, {
      disableBc: true,
      params: shownBy(syncUrl, caseId, { ...options, user: this.user }),
      WebSocketPolyfill: this.#watchedSocket(options.headers ?? {}),
      connect: false,
    });
    this.provider.on('connection-close', (event: { code: number; reason: string } | null) => {
      if (event !== null) {
        this.endings.push({ code: event.code, reason: event.reason });
      }
    });
    present.set(this, syncUrl);
    // y-websocket shows an empty presence state by itself; a client without presence must say so.
    this.provider.awareness.setLocalState(options.presence ?? null);
    this.provider.connect();
  }

  /** Connects and waits until the room has sent what it has. */
  static async join(syncUrl: string, caseId: string, options: StockOptions = {}): Promise<StockClient> {
    const client = new StockClient(syncUrl, caseId, options);
    await client.synced();
    return client;
  }

  /** Waits until the provider reports that it is in sync. */
  async synced(within = 15_000): Promise<void> {
    await until(`client ${this.doc.clientID} is in sync`, () => this.provider.synced, {
      within,
      explain: () => `its sockets ended with ${JSON.stringify(this.endings)}`,
    });
  }

  /** The messages it has received, oldest first. */
  received(): Message[] {
    return this.frames.filter((frame) => frame.incoming).flatMap((frame) => messagesOf(frame.bytes));
  }

  /** The ids of the other clients that it sees. */
  seenPeers(): number[] {
    return [...this.provider.awareness.getStates().keys()].filter((id) => id !== this.doc.clientID);
  }

  /** Leaves for good. */
  leave(): void {
    present.delete(this);
    this.provider.destroy();
    this.provider.awareness.destroy();
    this.doc.destroy();
  }

  #watchedSocket(headers: Readonly<Record<string, string>>): typeof WebSocket {
    const client = this;
    const watched = class extends WebSocketOfNode {
      constructor(url: string, protocols?: string | string[]) {
        super(url, protocols, { headers: { ...headers }, perMessageDeflate: false, maxPayload: 64 * 1024 * 1024 });
        client.sockets += 1;
        this.on('message', (data: RawData) => client.#note(true, bytesOf(data)));
      }

      override send(data: Uint8Array): void {
        client.#note(false, Uint8Array.from(data));
        super.send(data);
      }
    };
    // The provider asks for the browser's class; `ws` has the same members as far as it uses them.
    return watched as unknown as typeof WebSocket;
  }

  #note(incoming: boolean, bytes: Uint8Array): void {
    this.frames.push({ at: performance.now(), incoming, bytes });
  }
}

/** A socket without any protocol logic. */
export class RawPeer {
  readonly #socket: WebSocketOfNode;
  /** Binary messages received, in order. */
  readonly frames: Uint8Array[] = [];
  /** Text messages received, in order. */
  readonly texts: string[] = [];
  /** How the socket ended; `undefined` while it is open. */
  ending: Ending | undefined;

  private constructor(syncUrl: string, path: string, options: ClientOptions, protocols: readonly string[]) {
    present.set(this, syncUrl);
    const settings = { perMessageDeflate: false, maxPayload: 64 * 1024 * 1024, ...options };
    this.#socket = new WebSocketOfNode(`${syncUrl}/${path}`, [...protocols], settings);
    this.#socket.on('message', (data: RawData, isBinary: boolean) => {
      if (isBinary) {
        this.frames.push(bytesOf(data));
      } else {
        this.texts.push(Buffer.from(bytesOf(data)).toString('utf8'));
      }
    });
    this.#socket.on('close', (code: number, reason: Buffer) => {
      present.delete(this);
      this.ending = { code, reason: reason.toString('utf8') };
    });
    // An error is followed by a close, which is what the tests look at.
    this.#socket.on('error', () => undefined);
  }

  /** Opens a socket and waits for the upgrade; it may be closed again at once by the server. */
  static async open(
    syncUrl: string,
    caseId: string,
    { user, role, token, ...options }: RawOptions = {},
    protocols: readonly string[] = [],
  ): Promise<RawPeer> {
    const shown = shownBy(syncUrl, caseId, { user, role, token });
    const query = shown.token === undefined ? '' : `?token=${shown.token}`;
    const peer = new RawPeer(syncUrl, `${caseId}${query}`, options, protocols);
    await until('a raw socket opens', () => peer.#socket.readyState !== WebSocketOfNode.CONNECTING, { every: 2 });
    return peer;
  }

  /** The subprotocol that the server chose; empty if none. */
  get protocol(): string {
    return this.#socket.protocol;
  }

  /** Whether it is open. */
  get isOpen(): boolean {
    return this.#socket.readyState === WebSocketOfNode.OPEN;
  }

  /** Sends a binary message, or a text message if given a string. */
  send(message: Uint8Array | string): void {
    this.#socket.send(message);
  }

  /** Everything received, message by message. */
  messages(): Message[] {
    return this.frames.flatMap(messagesOf);
  }

  /** Waits until the server has closed the socket. */
  async closed(within = 15_000): Promise<Ending> {
    return until('the server closes a raw socket', () => this.ending, { within, every: 2 });
  }

  /** Asks for the whole document and returns it, with the state vector that the room named in its own SyncStep1. */
  async wholeDocument(within = 15_000): Promise<Uint8Array> {
    const before = this.frames.length;
    this.send(syncStep1());
    return until('the room sends the whole document', () => {
      const answers = this.frames.slice(before).flatMap(messagesOf);
      return answers.find((message) => message.kind === 'step2')?.update;
    }, { within });
  }

  /** Drops the connection without a word. */
  cut(): void {
    this.#socket.terminate();
  }

}

/** What the room holds, as a newcomer is served it. */
export async function documentOfRoom(syncUrl: string, caseId: string): Promise<Uint8Array> {
  const peer = await RawPeer.open(syncUrl, caseId, { role: 'read' });
  try {
    return await peer.wholeDocument();
  } finally {
    peer.cut();
  }
}

/** What `ws` hands over, as plain bytes. */
export function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) {
    return Uint8Array.from(Buffer.concat(data));
  }
  return data instanceof ArrayBuffer ? new Uint8Array(data.slice(0)) : Uint8Array.from(data);
}

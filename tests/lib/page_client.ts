// The page's own client without a page: the very modules that the browser runs, on a socket of Node's, with a disk in
// memory, and with ears for everything that it says.

import WebSocketOfNode from 'ws';
import type * as Y from 'yjs';

import { SyncClient, type Socket, type SocketEvents, type Tickets, type WayBack } from '../../web/src/sync/sync_client.ts';
import { Ears, remaking, type FakeDisk } from '../../web/test/sync/world.ts';
import { bytesOf } from './clients.ts';
import { ticketKeyAt } from './entry.ts';
import { forbiddenInstead } from './refusal.ts';
import { ticketOf, type TicketFields, type TicketKey } from './tokens.ts';
import { until } from './until.ts';

/** What a client is made with. */
export type PageClientOptions = {
  /** What it keeps offline; nothing if absent. */
  disk?: FakeDisk;
  /** The room refuses what it writes with these words in it. */
  forbidden?: string;
};

/** One client, of somebody who may annotate; its line can be cut. */
export class PageClient {
  /** Whose it is. */
  readonly user: string;
  readonly ears = new Ears();
  readonly client: SyncClient;
  /** How many sockets it has opened. */
  sockets = 0;
  #socket: WebSocketOfNode | undefined;
  #isCut = false;
  readonly #origin: string;
  readonly #forbidden: string | undefined;

  constructor(syncUrl: string, caseId: string, name: string, { disk, forbidden }: PageClientOptions = {}) {
    this.user = `u-${name}`;
    this.#origin = `http://${new URL(syncUrl).host}`;
    this.#forbidden = forbidden;
    this.client = new SyncClient({
      caseId,
      user: { id: this.user, name },
      address: syncUrl,
      tickets: ticketsOf(ticketKeyAt(syncUrl), { caseId, user: this.user, name, origin: this.#origin, role: 'annotate' }),
      listener: this.ears,
      remaking: () => Promise.resolve(remaking),
      offline: disk?.store() ?? null,
      open: (address, protocols, events) => this.#open(address, protocols, events),
      surroundings: { isVisible: () => true, watch: () => () => undefined },
      siblings: () => ({ tell: () => undefined, close: () => undefined }),
    });
  }

  /** Starts a client and waits until it has the room's document. */
  static async join(syncUrl: string, caseId: string, name: string, options?: PageClientOptions): Promise<PageClient> {
    const joined = new PageClient(syncUrl, caseId, name, options);
    joined.client.start();
    await joined.live();
    return joined;
  }

  /** The document as a page would show it. */
  get doc(): Y.Doc {
    return this.client.doc;
  }

  /** How it stands with the room. */
  get isLive(): boolean {
    return this.ears.states.at(-1)?.state === 'live';
  }

  /** Waits until it has the room's document, without the pauses that a class would make between attempts. */
  async live(): Promise<void> {
    await until('the client is live', () => {
      if (this.ears.states.at(-1)?.state === 'waiting') {
        this.client.retryNow();
      }
      return this.isLive;
    }, { within: 30_000, every: 100, explain: () => JSON.stringify(this.ears.states.slice(-5)) });
  }

  /** Waits until the room has everything. */
  async allSaved(): Promise<void> {
    await until('everything is saved', () => this.client.saved().unsaved === 0, {
      within: 30_000,
      explain: () => JSON.stringify(this.client.saved()),
    });
  }

  /** Waits until Postgres has everything. */
  async allArchived(): Promise<void> {
    await until('everything is archived', () => !this.client.saved().unarchived, {
      within: 30_000,
      explain: () => JSON.stringify(this.client.saved()),
    });
  }

  /** Cuts the line: the socket ends, and no other can be opened. */
  async cut(): Promise<void> {
    this.#isCut = true;
    this.#socket?.terminate();
    await until('the client is offline', () => this.ears.states.at(-1)?.state === 'waiting');
  }

  mend(): void {
    this.#isCut = false;
  }

  /** Leaves for good. */
  leave(): void {
    this.client.stop();
  }

  /** What reaches the room of a frame. */
  #sent(frame: Uint8Array): Uint8Array {
    return this.#forbidden === undefined ? frame : forbiddenInstead(frame, this.#forbidden);
  }

  #open(address: string, protocols: string[], events: SocketEvents): Socket {
    if (this.#isCut) {
      setImmediate(() => events.closed(1006, ''));
      return { send: () => undefined, close: () => undefined };
    }
    this.sockets += 1;
    const settings = { origin: this.#origin, perMessageDeflate: false, maxPayload: 64 * 1024 * 1024 };
    const socket = new WebSocketOfNode(address, protocols, settings);
    this.#socket = socket;
    socket.on('open', () => events.opened());
    socket.on('message', (data, isBinary) => {
      const bytes = bytesOf(data);
      events.received(isBinary ? bytes : Buffer.from(bytes).toString('utf8'));
    });
    socket.on('close', (code, reason) => events.closed(code, reason.toString('utf8')));
    // An error is followed by the close.
    socket.on('error', () => undefined);
    return {
      send: (data) => {
        if (socket.readyState === WebSocketOfNode.OPEN) {
          socket.send(typeof data === 'string' ? data : this.#sent(data));
        }
      },
      close: (code, reason) => {
        if (socket.readyState === WebSocketOfNode.CONNECTING) {
          socket.terminate();
        } else {
          socket.close(code, reason);
        }
      },
    };
  }
}

/** Tickets of somebody, issued as they are asked for, and a way back that the tab keeps. */
function ticketsOf(key: TicketKey, fields: TicketFields & Required<Pick<TicketFields, 'role'>>): Tickets {
  let way: WayBack | null = null;
  return {
    ask: () => Promise.resolve({ token: ticketOf(key, fields), role: fields.role, lastsMs: 900_000 }),
    recall: () => way,
    keep: (kept) => {
      way = kept;
    },
    // What one may do is known from the first ticket on.
    recallRole: () => null,
    keepRole() {},
  };
}

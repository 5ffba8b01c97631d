// pycrdt clients: one Python process holds all peers of a test file.

import { fileURLToPath } from 'node:url';

import { newUser, shownBy } from './entry.ts';
import { pythonBinary } from './environment.ts';
import { Child } from './process.ts';

type Reply = { id: number; value?: unknown; error?: string };

/** The Python process. */
export class PythonPeers {
  readonly #child: Child;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  #nextId = 1;

  private constructor(child: Child) {
    this.#child = child;
    child.onLine((line) => this.#take(JSON.parse(line) as Reply));
    void child.exited().then((ending) => {
      for (const { reject } of this.#waiting.values()) {
        reject(new Error(`Python ended with ${ending}:\n${child.output}`));
      }
    });
  }

  /** Starts Python. */
  static async start(): Promise<PythonPeers> {
    const script = fileURLToPath(new URL('peer.py', import.meta.url));
    const child = await Child.start('python', pythonBinary(), ['-u', script], { stdio: ['pipe', 'pipe', 'pipe'] });
    return new PythonPeers(child);
  }

  /** Makes a peer with an empty document. */
  async create(): Promise<PythonPeer> {
    const name = crypto.randomUUID();
    await this.ask(name, 'create');
    return new PythonPeer(this, name);
  }

  /** Gives an order and resolves with its result. */
  ask(peer: string, order: string, details: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.input?.write(`${JSON.stringify({ id, peer, do: order, ...details })}\n`);
    });
  }

  /** Stops Python with all its peers. */
  async stop(): Promise<void> {
    await this.#child.stop();
  }

  #take(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.error === undefined) {
      waiting?.resolve(reply.value);
    } else {
      waiting?.reject(new Error(`pycrdt: ${reply.error}\n${this.#child.output.slice(-2000)}`));
    }
  }
}

/** One pycrdt document. */
export class PythonPeer {
  /** Who it is. */
  readonly user = newUser();
  readonly #peers: PythonPeers;
  readonly #name: string;

  constructor(peers: PythonPeers, name: string) {
    this.#peers = peers;
    this.#name = name;
  }

  /** Connects and waits until the room has sent what it has. */
  async connect(syncUrl: string, caseId: string): Promise<void> {
    const { token = '' } = shownBy(syncUrl, caseId, { user: this.user });
    await this.#peers.ask(this.#name, 'connect', { url: `${syncUrl}/${caseId}?token=${token}` });
  }

  /** Sends what is queued and leaves. */
  async disconnect(): Promise<void> {
    await this.#peers.ask(this.#name, 'disconnect');
  }

  /** Makes one random edit. */
  async mutate(seed: number): Promise<void> {
    await this.#peers.ask(this.#name, 'mutate', { seed, user: this.user });
  }

  /** Adds to the end of the notes. */
  async append(text: string): Promise<void> {
    await this.#peers.ask(this.#name, 'append', { text });
  }

  /** The notes. */
  async text(): Promise<string> {
    return String(await this.#peers.ask(this.#name, 'text'));
  }

  /** Whether its socket is open. */
  async isOpen(): Promise<boolean> {
    return (await this.#peers.ask(this.#name, 'isOpen')) === true;
  }

  /** The whole document as an update. */
  async update(): Promise<Uint8Array> {
    return Uint8Array.from(Buffer.from(String(await this.#peers.ask(this.#name, 'update')), 'base64'));
  }

  /** Every frame that it sent or was sent, in order. */
  async frames(): Promise<Uint8Array[]> {
    const frames = (await this.#peers.ask(this.#name, 'frames')) as string[];
    return frames.map((frame) => Uint8Array.from(Buffer.from(frame, 'base64')));
  }

  /** Leaves and drops the document. */
  async forget(): Promise<void> {
    await this.#peers.ask(this.#name, 'forget');
  }
}

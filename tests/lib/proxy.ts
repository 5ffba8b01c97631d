// A proxy between Worker and host that passes everything on, until a test tells it to misbehave.

import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the proxy does with one request. */
export type Fault =
  /** Pass it on and pass the answer back. */
  | { kind: 'none' }
  /** Cut the connection at once; the host never sees the request. */
  | { kind: 'unreachable' }
  /** Pass it on, wait for the host to have answered, then cut the connection. */
  | { kind: 'loseAnswer' }
  /** Hold the request until `release` resolves, then pass it on. */
  | { kind: 'hold'; release: Promise<void> }
  /** Answer in the host's place; `ends` says how, unless it is well and with the length of the body declared. */
  | {
      kind: 'answer';
      status: number;
      headers?: Readonly<Record<string, string>>;
      body?: Uint8Array | string;
      ends?: Ending;
    };

/** Without its length having been declared; by cutting the connection; never. */
export type Ending = 'undeclared' | 'cut' | 'never';

/** Decides about one request. */
export type Decision = (method: string, path: string, headers: IncomingMessage['headers']) => Fault;

/** One request that has passed through. */
export type Passage = {
  method: string;
  path: string;
  requestId: string | undefined;
  /** The head as it came from the Worker. */
  headers: IncomingMessage['headers'];
  fault: Fault['kind'];
  status: number | undefined;
  /** Somebody cut the connection before the answer had ended. */
  wasCut: boolean;
};

const pass: Decision = () => ({ kind: 'none' });

/** The proxy. */
export class FaultyProxy {
  readonly #server: Server;
  readonly #target: URL;
  #decide: Decision = pass;
  readonly #decideFor = new Map<string, Decision>();
  /** Everything that has been asked, in order. */
  readonly passages: Passage[] = [];

  private constructor(server: Server, target: URL) {
    this.#server = server;
    this.#target = target;
    server.on('request', (incoming, outgoing) => void this.#serve(incoming, outgoing));
  }

  /** Starts a proxy in front of `target`, on a port of its own. */
  static async start(target: string): Promise<FaultyProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FaultyProxy(server, new URL(target));
  }

  /** Its address, to be given to the Worker as the host's. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Misbehaves as `decide` says from the next request on. */
  misbehave(decide: Decision): void {
    this.#decide = decide;
  }

  /** Passes everything on again, but for single cases. */
  heal(): void {
    this.#decide = pass;
  }

  /** Misbehaves with requests about one case, whatever it does with others, so that tests can run side by side. */
  misbehaveFor(caseId: string, decide: Decision): void {
    this.#decideFor.set(caseId, decide);
  }

  /** Passes everything about a case on again. */
  healFor(caseId: string): void {
    this.#decideFor.delete(caseId);
  }

  /** The requests about one case that reached the host and were answered. */
  answered(method: string, caseId: string): Passage[] {
    return this.passages.filter(
      (passage) => passage.method === method && passage.path.includes(caseId) && passage.status !== undefined,
    );
  }

  /** Stops it. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const method = incoming.method ?? '';
    const path = incoming.url ?? '';
    const [, decide = this.#decide] = [...this.#decideFor].find(([caseId]) => path.includes(caseId)) ?? [];
    const fault = decide(method, path, incoming.headers);
    const requestId = incoming.headers['x-request-id']?.toString();
    const passage: Passage = { method, path, requestId, headers: incoming.headers, fault: fault.kind, status: undefined, wasCut: false };
    this.passages.push(passage);
    outgoing.once('close', () => (passage.wasCut = !outgoing.writableEnded));
    try {
      const body = await bytesOf(incoming);
      await this.#carryOut(fault, passage, incoming, body, outgoing);
    } catch {
      outgoing.destroy();
    }
  }

  async #carryOut(
    fault: Fault,
    passage: Passage,
    incoming: IncomingMessage,
    body: Buffer,
    outgoing: ServerResponse,
  ): Promise<void> {
    switch (fault.kind) {
      case 'unreachable':
        outgoing.destroy();
        return;
      case 'answer':
        passage.status = fault.status;
        outgoing.writeHead(fault.status, fault.headers);
        end(outgoing, fault.body ?? '', fault.ends);
        return;
      case 'hold':
        await fault.release;
        break;
      case 'none':
      case 'loseAnswer':
        break;
    }
    const answer = await this.#forward(incoming, body);
    passage.status = answer.status;
    if (fault.kind === 'loseAnswer') {
      outgoing.destroy();
    } else {
      outgoing.writeHead(answer.status, answer.headers).end(answer.body);
    }
  }

  #forward(
    incoming: IncomingMessage,
    body: Buffer,
  ): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const { 'transfer-encoding': _chunked, ...headers } = incoming.headers;
      const sent = request(
        {
          host: this.#target.hostname,
          port: this.#target.port,
          method: incoming.method,
          path: incoming.url,
          headers: { ...headers, ...(body.length > 0 ? { 'content-length': String(body.length) } : {}) },
          agent: false,
        },
        (answer) => {
          bytesOf(answer).then(
            (bytes) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: bytes }),
            reject,
          );
        },
      );
      sent.once('error', reject);
      sent.end(body);
    });
  }
}

function end(outgoing: ServerResponse, body: Uint8Array | string, ends: Ending | undefined): void {
  if (ends === undefined) {
    outgoing.end(body);
    return;
  }
  // What is written before the end has no length, unless the head says one.
  outgoing.write(body, () => {
    if (ends === 'undeclared') {
      outgoing.end();
    } else if (ends === 'cut') {
      outgoing.destroy();
    }
  });
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) {
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}

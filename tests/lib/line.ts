// One person's line to the Worker: a proxy that the browser sends everything through, and that a test can cut. Cut, it
// drops what is open and takes nothing new, as when a train enters a tunnel.

import { connect, type Socket } from 'node:net';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** The proxy. Requests pass one by one; sockets go through tunnels. */
export class PersonsLine {
  readonly #server: Server;
  readonly #open = new Set<Duplex>();
  readonly #tunnels = new Set<Duplex>();
  #cut: 'nothing' | 'sockets' | 'everything' = 'nothing';
  /** How many tunnels were asked for, whether they were let through or not: each is one attempt to open a WebSocket. */
  attempts = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (incoming, outgoing) => this.#forward(incoming, outgoing));
    server.on('connect', (incoming, socket, head) => this.#tunnel(incoming, socket, head));
    server.on('connection', (socket: Socket) => this.#watch(socket));
  }

  static async start(): Promise<PersonsLine> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new PersonsLine(server);
  }

  /** Its address, for the browser's proxy setting. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Cuts everything, or only the WebSockets, so that pages can still be fetched. */
  cut(what: 'everything' | 'sockets' = 'everything'): void {
    this.#cut = what;
    (what === 'sockets' ? this.#tunnels : this.#open).forEach((socket) => socket.destroy());
  }

  mend(): void {
    this.#cut = 'nothing';
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #watch(socket: Duplex): void {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    // An error is followed by the close.
    socket.on('error', () => undefined);
  }

  #forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    if (this.#cut === 'everything') {
      outgoing.destroy();
      return;
    }
    const { method, headers } = incoming;
    const onward = request(incoming.url ?? '', { method, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.once('error', () => outgoing.destroy());
    incoming.pipe(onward);
  }

  #tunnel(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const [host = '', port = ''] = (incoming.url ?? '').split(':');
    // The browser would also have business of its own, with its makers.
    const isOurs = host === '127.0.0.1';
    this.attempts += isOurs ? 1 : 0;
    if (!isOurs || this.#cut !== 'nothing') {
      socket.destroy();
      return;
    }
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n');
      onward.write(head);
      onward.pipe(socket);
      socket.pipe(onward);
    });
    this.#watch(onward);
    this.#tunnels.add(socket);
    onward.once('close', () => socket.destroy());
    socket.once('close', () => {
      this.#tunnels.delete(socket);
      onward.destroy();
    });
  }
}

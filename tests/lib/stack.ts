// Everything together: a database, a host and a Worker, wired to each other on free ports.

import assert from 'node:assert/strict';

import { endClientsOf } from './clients.ts';
import { Database, type DatabaseServer } from './postgres.ts';
import { Edge } from './edge.ts';
import { FaultyProxy } from './proxy.ts';
import { Host } from './host.ts';
import { freePort } from './ports.ts';
import { newKey, type Key } from './signed.ts';
import { newTicketKey, type Role, type TicketKey } from './tokens.ts';

/** What a stack is made with. */
export type StackOptions = {
  /** What pages may do, which sign in by a name: `annotate`, as a class may, if absent; `null`: nobody signs in by a name. */
  developmentSignIn?: Role | null;
  /** Variables that replace those of wrangler.toml. */
  variables?: Readonly<Record<string, string>>;
  /** Further variables of the host's environment. */
  hostVariables?: Readonly<Record<string, string>>;
  /** The Worker's port, where something has to know it before; a free one if absent. */
  port?: number;
  /** A server of the test's own instead of the shared one. */
  server?: DatabaseServer;
  /** A folder with the page's files in `dist`, instead of the project's own; `null`: it serves no files. */
  web?: string | null;
};

/** A short debounce for tests that are not about the debounce. */
export const promptArchive = { ARCHIVE_QUIET_MS: '300', ARCHIVE_MAX_MS: '1000' };

/** What a stack signs with. */
type Keys = { key: Key; ticketKey: TicketKey; resumeKey: Key };

/** A running stack. The Worker reaches its host through a proxy that the test may tell to misbehave. */
export class Stack {
  readonly key: Key;
  /** What tickets and client tokens are signed with. */
  readonly ticketKey: TicketKey;
  /** What the Worker signs resume tokens with. */
  readonly resumeKey: Key;
  readonly database: Database;
  readonly host: Host;
  readonly proxy: FaultyProxy;
  readonly edge: Edge;
  readonly #otherEdges: Edge[] = [];

  private constructor(keys: Keys, database: Database, host: Host, proxy: FaultyProxy, edge: Edge) {
    this.key = keys.key;
    this.ticketKey = keys.ticketKey;
    this.resumeKey = keys.resumeKey;
    this.database = database;
    this.host = host;
    this.proxy = proxy;
    this.edge = edge;
  }

  /** Starts a stack. */
  static async start({ developmentSignIn = 'annotate', ...options }: StackOptions = {}): Promise<Stack> {
    const own: Keys = { key: newKey('test'), ticketKey: newTicketKey('test'), resumeKey: newKey('resume') };
    const { ticketKey } = own;
    const keys = [own.key];
    const [hostPort, edgePort] = [await freePort(), options.port ?? (await freePort())];
    const database = await Database.create(options.server?.url);
    const edgeUrl = `http://127.0.0.1:${edgePort}`;
    const signIn = { ticketKey, developmentSignIn: developmentSignIn !== null };
    const hostOptions = options.hostVariables === undefined ? {} : { variables: options.hostVariables };
    const host = new Host({ databaseUrl: database.url, port: hostPort, keys, edgeUrl, ...signIn, ...hostOptions });
    const proxy = await FaultyProxy.start(host.url);
    const variables = {
      ...options.variables,
      ...(developmentSignIn === null ? {} : { DEVELOPMENT_SIGN_IN: developmentSignIn }),
    };
    const web = options.web === undefined ? {} : { web: options.web };
    const edge = await Edge.create({
      port: edgePort,
      hostUrl: proxy.url,
      keys,
      variables,
      tokens: { ticketKeys: [ticketKey], resumeKeys: [own.resumeKey] },
      ...web,
    });
    const stack = new Stack(own, database, host, proxy, edge);
    try {
      await Promise.all([host.command('migrate').then(() => host.start()), edge.start()]);
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  /** Starts another Worker with storage of its own against the same host, as a zombie or a second region would be. */
  async startSecondEdge(): Promise<Edge> {
    const port = await freePort();
    const edge = await Edge.create({ ...this.edge.settings, port });
    this.#otherEdges.push(edge);
    await edge.start();
    return edge;
  }

  /**
   * Stops everything and removes what it stored; for an `after` hook, so that it runs when a test has failed too.
   * Fails if the Worker logged a fault of its own meanwhile.
   */
  async stop(): Promise<void> {
    const edges = [this.edge, ...this.#otherEdges];
    edges.forEach((edge) => endClientsOf(edge.syncUrl));
    await Promise.all(edges.map((edge) => edge.stop()));
    await this.host.stop();
    await this.proxy.stop();
    await Promise.all(edges.map((edge) => edge.remove()));
    await this.database.drop();
    assert.deepEqual(edges.flatMap((edge) => edge.faults), [], 'the Worker logged faults of its own');
  }
}

/** A case that no other test uses. */
export function newCase(): string {
  return crypto.randomUUID();
}

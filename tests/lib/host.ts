// The host service as a child process.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { hostBinary } from './environment.ts';
import { Child } from './process.ts';
import { keysText, type Key } from './signed.ts';
import type { TicketKey } from './tokens.ts';

/** What the host is configured with. */
export type HostSettings = {
  databaseUrl: string;
  port: number;
  keys: readonly Key[];
  edgeUrl: string;
  /** What it issues tickets with; none are if absent. */
  ticketKey?: TicketKey;
  /** Whether people of whom nothing was ever said may be let in. */
  developmentSignIn?: boolean;
  /** Further variables of its environment. */
  variables?: Readonly<Record<string, string>>;
};

/** One host: its address stays the same while its process comes and goes. */
export class Host {
  readonly settings: HostSettings;
  #child: Child | undefined;

  constructor(settings: HostSettings) {
    this.settings = settings;
  }

  /** Its address. */
  get url(): string {
    return `http://127.0.0.1:${this.settings.port}`;
  }

  /** The running process. */
  get child(): Child {
    if (this.#child === undefined) {
      throw new Error('the host was never started');
    }
    return this.#child;
  }

  /** Starts `host serve` and waits until it is ready to serve. One that runs already would answer in its place. */
  async start(): Promise<void> {
    if (this.#child !== undefined && this.#child.ending === undefined) {
      throw new Error('the host runs already');
    }
    this.#child = await Child.start('host serve', hostBinary(), ['serve'], { env: this.#environment() });
    await this.#child.ready('/readyz answers 200', () => this.isReady());
  }

  /** Whether it says that it can serve. */
  async isReady(): Promise<boolean> {
    const response = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.status === 200;
  }

  /** Runs another of the host's commands to its end and returns what it wrote to standard output. */
  async command(...args: readonly string[]): Promise<string> {
    try {
      const { stdout } = await promisify(execFile)(hostBinary(), [...args], { env: this.#environment() });
      return stdout;
    } catch (error) {
      const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
      throw new Error(`host ${args.join(' ')} failed: ${said}`, { cause: error });
    }
  }

  /** Kills it as a crash does. */
  async kill(): Promise<void> {
    this.child.signal('SIGKILL');
    await this.child.exited();
  }

  /** Asks it to stop and waits. */
  async stop(): Promise<void> {
    await this.#child?.stop();
  }

  #environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      ...this.settings.variables,
      DATABASE_URL: this.settings.databaseUrl,
      HOST_LISTEN: `127.0.0.1:${this.settings.port}`,
      HOST_KEYS: keysText(this.settings.keys),
      EDGE_URL: this.settings.edgeUrl,
      ...(this.settings.ticketKey === undefined ? {} : { TICKET_SIGNING_KEY: this.settings.ticketKey.signing }),
      ...(this.settings.developmentSignIn === true ? { DEVELOPMENT_SIGN_IN: '1' } : {}),
    };
  }
}

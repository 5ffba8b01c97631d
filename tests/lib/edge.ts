// The Worker under `wrangler dev`, as a child process with storage of its own that survives restarts.

import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { workerBelieves } from './entry.ts';
import { nodeBinary, workerDirectory, wranglerScript } from './environment.ts';
import { Child, descendantsOf, processes } from './process.ts';
import { keysText, type Key } from './signed.ts';
import type { TicketKey } from './tokens.ts';
import { until } from './until.ts';

/** What the Worker is configured with. */
export type EdgeSettings = {
  port: number;
  hostUrl: string;
  keys: readonly Key[];
  /** Variables that replace those of wrangler.toml. */
  variables?: Readonly<Record<string, string>>;
  /** What it verifies tokens with and makes its own with, on pages of its own address; left out if absent. */
  tokens?: { ticketKeys: readonly TicketKey[]; resumeKeys: readonly Key[] };
  /** A folder with the page's files in `dist`, instead of the project's own; `null`: it serves no files. */
  web?: string | null;
};

/** Switches that keep wrangler from tracing every event, from asking the network and from writing outside. */
export const quiet = {
  CI: '1',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_SEND_METRICS: 'false',
  X_LOCAL_EXPLORER: 'false',
  X_LOCAL_OBSERVABILITY: 'false',
};

/** One Worker: its address and storage stay the same while its processes come and go. */
export class Edge {
  readonly settings: EdgeSettings;
  readonly #directory: string;
  #child: Child | undefined;
  /** Lines in which the Worker admits a fault of its own: no test expects one. */
  readonly faults: string[] = [];

  private constructor(settings: EdgeSettings, directory: string) {
    this.settings = settings;
    this.#directory = directory;
  }

  /** Prepares a Worker with empty storage; it is not started yet. */
  static async create(settings: EdgeSettings): Promise<Edge> {
    const directory = await mkdtemp(join(tmpdir(), 'glossator-edge-'));
    await writeConfiguration(directory, settings.web);
    const variables = [
      `HOST_URL=${settings.hostUrl}`,
      `HOST_KEYS=${keysText(settings.keys)}`,
      ...(settings.tokens === undefined ? [] : tokenVariables(settings.port, settings.tokens)),
    ];
    await writeFile(join(directory, 'variables.env'), `${variables.join('\n')}\n`, { mode: 0o600 });
    const edge = new Edge(settings, directory);
    const [ticketKey] = settings.tokens?.ticketKeys ?? [];
    if (ticketKey !== undefined) {
      workerBelieves(edge.syncUrl, ticketKey);
    }
    return edge;
  }

  /** Its address for pages and API calls. */
  get url(): string {
    return `http://127.0.0.1:${this.settings.port}`;
  }

  /** What a stock provider is given as the server's address. */
  get syncUrl(): string {
    return `ws://127.0.0.1:${this.settings.port}/sync`;
  }

  /** Where its objects' databases are, one file an object, named by the object's id. */
  get storage(): string {
    return join(this.#directory, 'state', 'v3', 'do', 'glossator-RoomObject');
  }

  /** What wrangler and the Worker wrote. */
  get output(): string {
    return this.#child?.output ?? '';
  }

  /** wrangler's process id. */
  get pid(): number {
    return this.#running().pid;
  }

  /** Whether wrangler runs. */
  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.ending === undefined;
  }

  /** Starts wrangler and waits until the Worker answers. */
  async start(): Promise<void> {
    const flags = [
      ['--config', join(this.#directory, 'wrangler.toml')],
      ['--env-file', join(this.#directory, 'variables.env')],
      ['--persist-to', join(this.#directory, 'state')],
      ['--ip', '127.0.0.1'],
      ['--port', String(this.settings.port)],
      ['--inspector-port', '0'],
      ['--log-level', 'info'],
      ...Object.entries(this.settings.variables ?? {}).map(([name, value]) => ['--var', `${name}:${value}`]),
    ];
    // wrangler's own entry only starts this script with the same arguments; without it there is one process less.
    const script = wranglerScript().replace(/bin\/wrangler\.js$/, 'wrangler-dist/cli.js');
    const args = ['--no-warnings', script, 'dev', ...flags.flat(), '--show-interactive-dev-session=false'];
    this.#child = await Child.start('wrangler dev', nodeBinary(), args, {
      cwd: this.#directory,
      env: {
        ...process.env,
        ...quiet,
        // The test runner's own settings must not reach a Node that is no test.
        NODE_OPTIONS: '',
        NODE_TEST_CONTEXT: '',
        WRANGLER_CACHE_DIR: join(this.#directory, 'cache'),
        WRANGLER_LOG_PATH: join(this.#directory, 'logs'),
        WRANGLER_REGISTRY_PATH: join(this.#directory, 'registry'),
      },
    });
    this.#child.onLine((line) => {
      if (line.includes('"level":"error"')) {
        this.faults.push(line);
      }
    });
    await this.#child.ready('the Worker answers', () => this.answers());
  }

  /** Whether the Worker says that it is alive. */
  async answers(): Promise<boolean> {
    const response = await fetch(`${this.url}/healthz`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.status === 200;
  }

  /** The process id of the workerd that runs the objects: the one that holds their storage open. */
  async runtimePid(): Promise<number> {
    const wrangler = this.#running();
    return until('workerd runs', () => {
      const children = processes().filter((entry) => entry.parent === wrangler.pid);
      return children.find((entry) => holdsOpen(entry.pid, join(this.#directory, 'state')))?.pid;
    });
  }

  /** Waits until a workerd other than `killed` answers: wrangler starts one on the same storage by itself. */
  async runtimeIsBack(killed: number): Promise<void> {
    await until('workerd is back', async () => (await this.runtimePid()) !== killed && (await this.answers()), {
      within: 30_000,
      explain: () => this.output,
    });
  }

  /** Kills wrangler and workerd together, as a power cut does. */
  async kill(): Promise<void> {
    const wrangler = this.#running();
    const tree = descendantsOf(wrangler.pid);
    wrangler.killTree();
    await wrangler.exited();
    await until('workerd is gone', () => !processes().some((entry) => tree.includes(entry.pid)));
  }

  /** Asks wrangler to stop and waits. */
  async stop(): Promise<void> {
    await this.#child?.stop();
  }

  /** Removes everything that the objects stored. The Worker must not be running. */
  async loseStorage(): Promise<void> {
    await rm(join(this.#directory, 'state'), { recursive: true, force: true });
  }

  /** Removes storage and configuration. The Worker must not be running. */
  async remove(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }

  #running(): Child {
    if (this.#child === undefined || this.#child.ending !== undefined) {
      throw new Error(`wrangler is not running: ${this.#child?.ending ?? 'never started'}\n${this.output}`);
    }
    return this.#child;
  }
}

/**
 * Puts the project's wrangler.toml into `directory` without its build command, beside links to what was built: the
 * suite runs many Workers at once, and none of them may build.
 */
export async function writeConfiguration(directory: string, web?: string | null): Promise<void> {
  const project = workerDirectory();
  if (!existsSync(join(project, 'build', 'index.js'))) {
    throw new Error(`${project}/build/index.js is missing: run \`cargo xtask build\``);
  }
  const text = await readFile(join(project, 'wrangler.toml'), 'utf8');
  const withoutBuild = without('build', text);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'wrangler.toml'), web === null ? without('assets', withoutBuild) : withoutBuild);
  await symlink(join(project, 'build'), join(directory, 'build'));
  if (web !== null) {
    await symlink(web ?? join(project, 'web'), join(directory, 'web'));
  }
}

/** The text of a wrangler.toml without one of its tables. */
function without(table: string, text: string): string {
  const left = text.replace(new RegExp(`^\\[${table}\\]\\n(?:(?!\\[).*\\n)*`, 'm'), '');
  if (left === text) {
    throw new Error(`wrangler.toml has no [${table}]`);
  }
  return left;
}

/** The addresses of pages at a port of this machine, as PUBLIC_ORIGINS names them. */
export function originsAt(port: number | string): string {
  return `http://127.0.0.1:${port},http://localhost:${port}`;
}

function tokenVariables(port: number, tokens: NonNullable<EdgeSettings['tokens']>): string[] {
  return [
    `TICKET_PUBLIC_KEYS=${tokens.ticketKeys.map((key) => key.public).join(',')}`,
    `RESUME_KEYS=${keysText(tokens.resumeKeys)}`,
    `PUBLIC_ORIGINS=${originsAt(port)}`,
  ];
}

function holdsOpen(pid: number, directory: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith(directory);
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}

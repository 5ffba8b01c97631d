// Child processes: their output is kept for failure messages, and none outlives the test process.

import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

import { until } from './until.ts';

const outputKeptMax = 64 * 1024;

const running = new Set<Child>();

process.once('exit', () => {
  for (const child of running) {
    child.killTree();
  }
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(1));
}

/** One child process. */
export class Child {
  readonly name: string;
  readonly pid: number;
  readonly #process: ChildProcess;
  readonly #exited: Promise<string>;
  #ending: string | undefined;
  #output = '';

  private constructor(name: string, pid: number, child: ChildProcess) {
    this.name = name;
    this.pid = pid;
    this.#process = child;
    running.add(this);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-outputKeptMax);
      });
    }
    this.#exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        running.delete(this);
        this.#ending = signal ?? `code ${code}`;
        resolve(this.#ending);
      });
    });
  }

  /** Starts a program; resolves once the system has made the process. */
  static async start(name: string, command: string, args: readonly string[], options: SpawnOptions): Promise<Child> {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => reject(new Error(`${name} (${command}) cannot be started`, { cause: error })));
    });
    if (child.pid === undefined) {
      throw new Error(`${name} was started but has no process id`);
    }
    return new Child(name, child.pid, child);
  }

  /** The last part of what it wrote to standard output and standard error. */
  get output(): string {
    return this.#output;
  }

  /** How it ended: a signal's name or `code N`; `undefined` while it runs. */
  get ending(): string | undefined {
    return this.#ending;
  }

  /** The pipe to its standard input, if it was started with one. */
  get input(): NodeJS.WritableStream | null {
    return this.#process.stdin;
  }

  /** Hands each line of its standard output to `take`. */
  onLine(take: (line: string) => void): void {
    let rest = '';
    this.#process.stdout?.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(take);
    });
  }

  /** Sends a signal, unless it has ended. */
  signal(signal: NodeJS.Signals): void {
    if (this.#ending === undefined) {
      this.#process.kill(signal);
    }
  }

  /** Reads its output no more, so that whatever it writes fails, as when a reader of logs dies. */
  closeOutput(): void {
    this.#process.stdout?.destroy();
    this.#process.stderr?.destroy();
  }

  /** Resolves with how it ended. */
  exited(): Promise<string> {
    return this.#exited;
  }

  /** Asks it to stop, and kills it with all its descendants if it has not within `patience`. */
  async stop(patience = 10_000): Promise<string> {
    const descendants = descendantsOf(this.pid);
    this.signal('SIGTERM');
    try {
      await until(`${this.name} stops`, () => this.#ending, { within: patience });
    } catch {
      this.killTree();
    }
    const ending = await this.#exited;
    descendants.forEach((pid) => signalIfAlive(pid, 'SIGKILL'));
    return ending;
  }

  /** Kills it and its descendants at once, without a chance to clean up. */
  killTree(): void {
    const descendants = descendantsOf(this.pid);
    this.signal('SIGKILL');
    descendants.forEach((pid) => signalIfAlive(pid, 'SIGKILL'));
  }

  /** Resolves when `condition` holds; fails at once, with its output, if the process ends before. */
  async ready<T>(what: string, condition: () => T | Promise<T>, within = 60_000): Promise<void> {
    await until(
      `${this.name}: ${what}`,
      async () => this.#ending !== undefined || (await condition()),
      { within, every: 50, explain: () => `its output ends with:\n${this.#output}` },
    );
    if (this.#ending !== undefined) {
      throw new Error(`${this.name} ended with ${this.#ending} before this: ${what}. It said:\n${this.#output}`);
    }
  }
}

/** Sends a signal to a process that may be gone already. */
export function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) {
      throw error;
    }
  }
}

/** A process as /proc shows it; one that has ended and waits for its parent counts as gone. */
export type ProcessEntry = { pid: number; parent: number; command: string };

/** Every living process that we may look at. */
export function processes(): ProcessEntry[] {
  const entries: ProcessEntry[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) {
      continue;
    }
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      // The second field is the program's name in brackets and may contain anything.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] !== 'Z' && fields[0] !== 'X') {
        const command = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
        entries.push({ pid: Number(name), parent: Number(fields[1]), command });
      }
    } catch {
      // It ended while we looked.
    }
  }
  return entries;
}

/** The ids of a process' children, their children and so on. */
export function descendantsOf(pid: number): number[] {
  const all = processes();
  const found: number[] = [];
  let generation = [pid];
  while (generation.length > 0) {
    generation = all.filter((entry) => generation.includes(entry.parent)).map((entry) => entry.pid);
    found.push(...generation);
  }
  return found;
}

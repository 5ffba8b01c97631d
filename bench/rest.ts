// Waits until the servers that run have nothing left to do, so that what one of them has put off, or has not done yet, is not
// done while another one is measured.

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { until } from '../tests/lib/until.ts';

/** A server that may have something to do. */
export type Busy = {
  readonly name: string;
  readonly pids: () => readonly number[];
  /** How long it may do nothing before it does what it has put off. */
  readonly putsOffMs?: number;
};

/** What all of them together may use in a second: they look at their clocks now and then. */
const REST_S = 0.05;
/** Ticks a second in /proc/PID/stat, as on every Linux that this runs on (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

/** The servers that run, and when each of them was asked something last. */
export class Servers {
  readonly #asked = new Map<Busy, number>();

  /** One was asked something until now. */
  asked(server: Busy): void {
    this.#asked.set(server, Date.now());
  }

  /** One is stopped. */
  stopped(server: Busy): void {
    this.#asked.delete(server);
  }

  /** Waits until all of them rest; fails if one does not within a minute. */
  async rest(within = 60_000): Promise<void> {
    const due = [...this.#asked].map(([{ putsOffMs = 0 }, asked]) => asked + putsOffMs - Date.now());
    await sleep(Math.max(0, ...due));
    let used: readonly (readonly [name: string, seconds: number])[] = [];
    await until(
      'all servers rest',
      async () => {
        const before = [...this.#asked.keys()].map((server) => [server, secondsOf(server)] as const);
        await sleep(1_000);
        used = before.map(([server, seconds]) => [server.name, secondsOf(server) - seconds]);
        return used.reduce((sum, [, seconds]) => sum + seconds, 0) <= REST_S;
      },
      { within, every: 0, explain: () => `in the last second: ${used.map(([name, seconds]) => `${name} ${seconds.toFixed(2)} s`).join(', ')}` },
    );
  }
}

/** Processor time that the processes of a server have used. */
function secondsOf({ pids }: Busy): number {
  return pids().reduce((sum, pid) => {
    // The name, in brackets, may hold anything; behind it, fields 14 and 15 are its ticks.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /s, '').split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }, 0);
}

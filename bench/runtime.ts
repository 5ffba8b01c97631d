// The workerd beneath a wrangler: which one it is, where it listens, and what it has in memory.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

import { descendantsOf, processes } from '../tests/lib/process.ts';
import { until } from '../tests/lib/until.ts';

/** A workerd. */
export type Runtime = { readonly pid: number; readonly port: number };

/**
 * The workerd that runs the Worker itself, and where it listens. wrangler starts another one before it, which listens at the
 * address that was asked for and only forwards: what passes through that costs twice.
 */
export async function ownRuntime(wrangler: number, front: number): Promise<Runtime> {
  const runtimes = processes().filter(({ pid, command }) => /\bworkerd\b/.test(command) && descendantsOf(wrangler).includes(pid));
  for (const { pid } of runtimes) {
    const ports = listeningPorts(pid);
    if (ports.includes(front)) {
      continue;
    }
    for (const port of ports) {
      if (await serves(port)) {
        return { pid, port };
      }
    }
  }
  const seen = runtimes.map(({ pid }) => `${pid} at ${listeningPorts(pid).join(', ')}`);
  throw new Error(`no workerd of wrangler ${wrangler} serves anything but port ${front}: ${seen.join('; ')}`);
}

/** Waits until no object is in memory: each has its database open while it is. Some ten seconds after the last event. */
export async function asleep({ pid }: Runtime): Promise<void> {
  await until('all objects sleep', () => openFiles(pid).every((path) => !/\/[0-9a-f]{64}\.sqlite$/.test(path)), {
    within: 120_000,
    every: 200,
  });
}

/** Whether a Worker answers there, and no inspector. */
async function serves(port: number): Promise<boolean> {
  try {
    return !(await (await fetch(`http://127.0.0.1:${port}/json/version`, { signal: AbortSignal.timeout(2_000) })).text()).includes('Protocol-Version');
  } catch {
    return false;
  }
}

/** The ports of this machine on which a process listens. */
function listeningPorts(pid: number): number[] {
  const sockets = new Set(openFiles(pid).flatMap((path) => /^socket:\[(\d+)\]$/.exec(path)?.[1] ?? []));
  // Fields: number, local address, remote address, state (0A: listens), queues, timer, retries, user, time-out, inode.
  const lines = ['tcp', 'tcp6'].flatMap((table) => readFileSync(`/proc/net/${table}`, 'latin1').split('\n').slice(1));
  const fields = lines.map((line) => line.trim().split(/\s+/));
  return fields
    .filter((field) => field[3] === '0A' && sockets.has(field[9] ?? ''))
    .map((field) => Number.parseInt(field[1]?.split(':')[1] ?? '', 16));
}

/** What a process has open, as paths. */
function openFiles(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      // It was closed while we looked.
      return [];
    }
  });
}

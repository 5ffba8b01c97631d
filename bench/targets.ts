// The servers that are measured: ours, its peers, and two floors. Each is started once and serves every round.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { quiet } from '../tests/lib/edge.ts';
import { nodeBinary, wranglerScript } from '../tests/lib/environment.ts';
import { freePort } from '../tests/lib/ports.ts';
import { Child, descendantsOf, processes } from '../tests/lib/process.ts';
import { Stack } from '../tests/lib/stack.ts';
import { clientTokenOf } from '../tests/lib/tokens.ts';

/** How the load generator speaks to a server. */
export type Dialect = 'y-websocket' | 'relay' | 'hocuspocus';

/** One peer of the load generator. */
export type Peer = { url: string; document: string; user: string };

/** A server that runs. */
export type Target = {
  readonly name: TargetName;
  readonly dialect: Dialect;
  /** Whose time and memory count. */
  readonly pids: readonly number[];
  /** What the `Host` header says, where it is not the address that is connected to. */
  readonly host?: string;
  /** A peer of a room. */
  readonly peer: (room: string, user: string) => Peer;
  readonly stop: () => Promise<void>;
};

export const TARGET_NAMES = ['relay', 'durable', 'y-partyserver', 'y-websocket', 'hocuspocus', 'glossator'] as const;
export type TargetName = (typeof TARGET_NAMES)[number];

const peers = fileURLToPath(new URL('peers/', import.meta.url));

/** Starts a server. */
export function start(name: TargetName): Promise<Target> {
  switch (name) {
    case 'relay':
    case 'durable':
      return startWorker(name, 'relay', 'ROOMS', (room) => `/${room}`);
    case 'y-partyserver':
      return startWorker(name, 'y-websocket', 'Main', (room) => `/parties/main/${room}`);
    case 'y-websocket':
      return startNode(name, 'y-websocket', join(peers, 'node_modules/@y/websocket-server/src/server.js'));
    case 'hocuspocus':
      return startNode(name, 'hocuspocus', join(peers, 'hocuspocus.js'));
    case 'glossator':
      return startGlossator();
  }
}

async function startGlossator(): Promise<Target> {
  const stack = await Stack.start();
  const { pid, port } = await ownRuntime(stack.edge.pid, stack.edge.settings.port);
  return {
    name: 'glossator',
    dialect: 'y-websocket',
    pids: [pid, stack.host.child.pid],
    host: `127.0.0.1:${stack.edge.settings.port}`,
    peer: (room, user) => {
      const token = clientTokenOf(stack.ticketKey, { caseId: room, user, role: 'annotate' });
      return { url: `ws://127.0.0.1:${port}/sync/${room}?token=${token}`, document: room, user };
    },
    stop: () => stack.stop(),
  };
}

/** A Worker of `peers/` with one class of Durable Objects, under `wrangler dev` as ours is. */
async function startWorker(name: TargetName, dialect: Dialect, binding: string, path: (room: string) => string): Promise<Target> {
  const directory = await mkdtemp(join(tmpdir(), 'glossator-bench-'));
  const script = join(peers, `${name.replace('y-', '')}.js`);
  const configuration = [
    `name = "${name}"`,
    `main = ${JSON.stringify(script)}`,
    'compatibility_date = "2026-11-01"',
    'compatibility_flags = ["nodejs_compat"]',
    '[[durable_objects.bindings]]',
    `name = "${binding}"`,
    'class_name = "Room"',
    '[[migrations]]',
    'tag = "v1"',
    'new_sqlite_classes = ["Room"]',
  ];
  await writeFile(join(directory, 'wrangler.toml'), `${configuration.join('\n')}\n`);
  const port = await freePort();
  const cli = wranglerScript().replace(/bin\/wrangler\.js$/, 'wrangler-dist/cli.js');
  const flags = ['--config', join(directory, 'wrangler.toml'), '--persist-to', join(directory, 'state'), '--ip', '127.0.0.1', '--port', String(port)];
  const args = ['--no-warnings', cli, 'dev', ...flags, '--inspector-port', '0', '--log-level', 'info', '--show-interactive-dev-session=false'];
  const child = await Child.start(name, nodeBinary(), args, {
    cwd: directory,
    env: { ...process.env, ...quiet, WRANGLER_LOG_PATH: join(directory, 'logs'), WRANGLER_REGISTRY_PATH: join(directory, 'registry') },
  });
  await child.ready(`${name} answers`, () => answers(port));
  const runtime = await ownRuntime(child.pid, port);
  return {
    name,
    dialect,
    pids: [runtime.pid],
    peer: (room, user) => ({ url: `ws://127.0.0.1:${runtime.port}${path(room)}`, document: room, user }),
    stop: async () => {
      await child.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function startNode(name: TargetName, dialect: Dialect, script: string): Promise<Target> {
  const port = await freePort();
  const env = { ...process.env, HOST: '127.0.0.1', PORT: String(port) };
  const child = await Child.start(name, nodeBinary(), [script], { cwd: peers, env });
  await child.ready(`${name} answers`, () => answers(port));
  return {
    name,
    dialect,
    pids: [child.pid],
    peer: (room, user) => ({ url: `ws://127.0.0.1:${port}/${room}`, document: room, user }),
    stop: async () => {
      await child.stop();
    },
  };
}

async function answers(port: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2_000) });
  await response.arrayBuffer();
  return response.status < 500;
}

/**
 * The workerd that runs the Worker itself, and where it listens. wrangler starts another one before it, which listens at the
 * address that was asked for and only forwards: what passes through that costs twice.
 */
async function ownRuntime(wrangler: number, front: number): Promise<{ pid: number; port: number }> {
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
  const sockets = new Set<string>();
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode !== undefined) {
        sockets.add(inode);
      }
    } catch {
      // It was closed while we looked.
    }
  }
  // Fields: number, local address, remote address, state (0A: listens), queues, timer, retries, user, time-out, inode.
  const lines = ['tcp', 'tcp6'].flatMap((table) => readFileSync(`/proc/net/${table}`, 'latin1').split('\n').slice(1));
  const fields = lines.map((line) => line.trim().split(/\s+/));
  return fields
    .filter((field) => field[3] === '0A' && sockets.has(field[9] ?? ''))
    .map((field) => Number.parseInt(field[1]?.split(':')[1] ?? '', 16));
}

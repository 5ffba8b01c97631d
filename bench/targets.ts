// The servers that are measured: ours, its peers, and two floors. Each is started once and serves every round.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { quiet } from '../tests/lib/edge.ts';
import { nodeBinary, wranglerScript } from '../tests/lib/environment.ts';
import { freePort } from '../tests/lib/ports.ts';
import { Child } from '../tests/lib/process.ts';
import { Stack } from '../tests/lib/stack.ts';
import { clientTokenOf, newTicketKey } from '../tests/lib/tokens.ts';
import { asleep, ownRuntime } from './runtime.ts';

/** How the load generator speaks to a server. */
export type Dialect = 'y-websocket' | 'relay' | 'hocuspocus' | 'glossator';

/** One peer of the load generator. */
export type Peer = { url: string; document: string; user: string };

/** A server that runs. */
export type Target = {
  readonly name: TargetName;
  readonly dialect: Dialect;
  /** Whose time counts, the server first: its memory counts. Others after a kill. */
  readonly pids: () => readonly number[];
  /** What the `Host` header says, where it is not the address that is connected to. */
  readonly host?: string;
  /** A peer of a room. */
  readonly peer: (room: string, user: string) => Peer;
  /** What can happen to a server between two loads, if it keeps anything. */
  readonly fates: Partial<Readonly<Record<Fate, () => Promise<void>>>>;
  /** How often the documents of some rooms were written to Postgres. */
  readonly archives?: (rooms: readonly string[]) => Promise<number>;
  /** How long it may do nothing before it does what it has put off. */
  readonly putsOffMs?: number;
  /** How many rows were written since the beginning, by the name of their table. */
  readonly rowsWritten?: () => Promise<Readonly<Record<string, number>>>;
  readonly stop: () => Promise<void>;
};

/** It puts all rooms to sleep; it is killed, and comes back on its storage; the same, without it. */
export type Fate = 'sleeps' | 'is killed' | 'loses its storage';

export const TARGET_NAMES = [
  'relay',
  'relay-signed',
  'durable',
  'y-partyserver',
  'y-partyserver-stored',
  'y-websocket',
  'hocuspocus',
  'glossator',
] as const;
export type TargetName = (typeof TARGET_NAMES)[number];

const peers = fileURLToPath(new URL('peers/', import.meta.url));

/** Our archives are five seconds apart: that of a room that was left leaves so late at the latest. */
const ARCHIVE_MS = 6_000;
/** y-partyserver stores two seconds after an edit, or ten if there are more of them. */
const STORE_MS = 11_000;

/** Starts a server. */
export function start(name: TargetName): Promise<Target> {
  switch (name) {
    case 'relay':
    case 'durable':
      return startWorker(name, 'relay', 'ROOMS', (room) => `/${room}`);
    case 'relay-signed':
      return startSigned();
    case 'y-partyserver':
    case 'y-partyserver-stored':
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
  // Before a Worker that serves files, as no other one here does, wrangler puts two more of its own: the platform does not.
  const stack = await Stack.start({ web: null });
  const { edge } = stack;
  const find = (): ReturnType<typeof ownRuntime> => ownRuntime(edge.pid, edge.settings.port);
  let runtime = await find();
  const comeBack = async (): Promise<void> => {
    await edge.start();
    runtime = await find();
  };
  return {
    name: 'glossator',
    dialect: 'y-websocket',
    pids: () => [runtime.pid, stack.host.child.pid],
    host: `127.0.0.1:${edge.settings.port}`,
    peer: (room, user) => {
      const token = clientTokenOf(stack.ticketKey, { caseId: room, user, role: 'annotate' });
      return { url: `ws://127.0.0.1:${runtime.port}/sync/${room}?token=${token}`, document: room, user };
    },
    fates: {
      sleeps: () => asleep(runtime),
      'is killed': async () => {
        await edge.kill();
        await comeBack();
      },
      'loses its storage': async () => {
        await edge.kill();
        await edge.loseStorage();
        await comeBack();
      },
    },
    archives: async (rooms) => {
      // Each write of a row raises its version by one.
      const sql = 'SELECT coalesce(sum(version), 0)::text AS count FROM annotation_document_state WHERE case_id = ANY($1)';
      const [row] = await stack.database.query<{ count: string }>(sql, [rooms]);
      return Number(row?.count);
    },
    putsOffMs: ARCHIVE_MS,
    rowsWritten: async () => {
      const sql = 'SELECT relname, (n_tup_ins + n_tup_upd + n_tup_del)::text AS count FROM pg_stat_user_tables';
      const rows = await stack.database.query<{ relname: string; count: string }>(sql);
      return Object.fromEntries(rows.map(({ relname, count }) => [relname, Number(count)]));
    },
    stop: () => stack.stop(),
  };
}

/** A relay that lets people in by the tokens that ours takes. */
function startSigned(): Promise<Target> {
  const key = newTicketKey('bench');
  const path = (room: string, user: string): string => `/${room}?token=${clientTokenOf(key, { caseId: room, user, role: 'annotate' })}`;
  return startWorker('relay-signed', 'relay', 'ROOMS', path, { PUBLIC_KEY: key.public.replace(/^.*:/, '') });
}

/** A Worker of `peers/` with one class of Durable Objects, under `wrangler dev` as ours is. */
async function startWorker(
  name: TargetName,
  dialect: Dialect,
  binding: string,
  path: (room: string, user: string) => string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Target> {
  const directory = await mkdtemp(join(tmpdir(), 'glossator-bench-'));
  const port = await freePort();
  await writeFile(join(directory, 'wrangler.toml'), configurationOf(name, binding, variables));
  const launch = (): Promise<Child> => launchWrangler(name, directory, port);
  let child = await launch();
  let runtime = await ownRuntime(child.pid, port);
  return {
    name,
    dialect,
    pids: () => [runtime.pid],
    peer: (room, user) => ({ url: `ws://127.0.0.1:${runtime.port}${path(room, user)}`, document: room, user }),
    fates: {
      sleeps: () => asleep(runtime),
      'is killed': async () => {
        child.killTree();
        await child.exited();
        child = await launch();
        runtime = await ownRuntime(child.pid, port);
      },
    },
    ...(name === 'y-partyserver-stored' ? { putsOffMs: STORE_MS } : {}),
    stop: async () => {
      await child.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function configurationOf(name: TargetName, binding: string, variables: Readonly<Record<string, string>>): string {
  const lines = [
    `name = "${name}"`,
    `main = ${JSON.stringify(join(peers, `${name.replace(/^y-/, '')}.js`))}`,
    'compatibility_date = "2026-11-01"',
    'compatibility_flags = ["nodejs_compat"]',
    '[[durable_objects.bindings]]',
    `name = "${binding}"`,
    'class_name = "Room"',
    '[[migrations]]',
    'tag = "v1"',
    'new_sqlite_classes = ["Room"]',
    '[vars]',
    ...Object.entries(variables).map(([name, value]) => `${name} = ${JSON.stringify(value)}`),
  ];
  return `${lines.join('\n')}\n`;
}

async function launchWrangler(name: string, directory: string, port: number): Promise<Child> {
  const cli = wranglerScript().replace(/bin\/wrangler\.js$/, 'wrangler-dist/cli.js');
  const flags = ['--config', join(directory, 'wrangler.toml'), '--persist-to', join(directory, 'state'), '--ip', '127.0.0.1', '--port', String(port)];
  const args = ['--no-warnings', cli, 'dev', ...flags, '--inspector-port', '0', '--log-level', 'info', '--show-interactive-dev-session=false'];
  const child = await Child.start(name, nodeBinary(), args, {
    cwd: directory,
    env: { ...process.env, ...quiet, WRANGLER_LOG_PATH: join(directory, 'logs'), WRANGLER_REGISTRY_PATH: join(directory, 'registry') },
  });
  await child.ready(`${name} answers`, () => answers(port));
  return child;
}

async function startNode(name: TargetName, dialect: Dialect, script: string): Promise<Target> {
  const port = await freePort();
  const env = { ...process.env, HOST: '127.0.0.1', PORT: String(port) };
  const child = await Child.start(name, nodeBinary(), [script], { cwd: peers, env });
  await child.ready(`${name} answers`, () => answers(port));
  return {
    name,
    dialect,
    pids: () => [child.pid],
    peer: (room, user) => ({ url: `ws://127.0.0.1:${port}/${room}`, document: room, user }),
    fates: {},
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

// How often our rooms write to Postgres: while they are written, while they are only read, and while somebody comes and goes.

import { setTimeout as sleep } from 'node:timers/promises';

import { counted, steadily, type Case } from './case.ts';
import { newPeers, newRoom, type Generator, type Rooms } from './generator.ts';
import type { Target } from './targets.ts';

const ROOMS = 20;
const WRITTEN = 'per room and 15 s, written all the time';
const READ = 'in all, of rooms that are read, and idle';
const ROWS = 'written rows of all tables, meanwhile';
const FLAPPING = 'per 5 s, while somebody comes, writes and goes';
/** How long a room is watched: some periods of its archive. */
const WATCHED_S = 45;
/** When the first archive has left: 15 s after the first edit. */
const BEGUN_S = 17;
/** After that a room whose people left has nothing more to archive. */
const SETTLED_S = 20;

/** The case. */
export const ARCHIVES: Case = {
  name: 'writes to Postgres',
  targets: ['glossator'],
  isOnce: true,
  figures: { ...counted(WRITTEN), ...counted(READ), ...counted(ROWS), ...counted(FLAPPING) },
  run: async (target, generate) => {
    const names = Array.from({ length: ROOMS }, newRoom);
    const count = (): Promise<number> => archivesOf(target, names);
    const peers = (): Rooms => names.map((name) => newPeers(target, name, 2));

    const seconds = BEGUN_S + WATCHED_S + 3;
    const load = steadily({ writers: 1, edits_per_second: 2, seconds });
    const [writing, written] = await Promise.all([generate(target, peers(), load), countedIn(count)]);

    await sleep(SETTLED_S * 1_000);
    const settled = await count();
    const rowsBefore = await rowsOf(target);
    const reading = await generate(target, peers(), steadily({ present: 1, states_per_second: 0.5, seconds: 20 }));
    await sleep(SETTLED_S * 1_000);
    const read = (await count()) - settled;
    const rows = writtenSince(rowsBefore, await rowsOf(target));

    const flapping = await flap(target, generate);
    return {
      ...writing,
      losses: [...writing.losses, ...reading.losses, ...flapping.losses],
      counted: { [WRITTEN]: written / ROOMS / (WATCHED_S / 15), [READ]: read, [ROWS]: Object.values(rows).reduce((sum, each) => sum + each, 0), ...byTable(rows), [FLAPPING]: flapping.per5s },
    };
  },
};

/** How many archives there are between two moments while rooms are written. */
async function countedIn(count: () => Promise<number>): Promise<number> {
  await sleep(BEGUN_S * 1_000);
  const before = await count();
  await sleep(WATCHED_S * 1_000);
  return (await count()) - before;
}

/** Somebody comes, writes and goes, again and again: each time the room is left with something that is not archived. */
async function flap(target: Target, generate: Generator): Promise<{ per5s: number; losses: readonly string[] }> {
  const room = newRoom();
  const losses: string[] = [];
  const began = Date.now();
  while (Date.now() - began < 30_000) {
    // Our client goes when all that it wrote is saved.
    const ours = { ...target, dialect: 'glossator' } as const;
    const found = await generate(ours, [newPeers(ours, room, 1)], steadily({ writers: 1, edits_per_second: 4, seconds: 0.5 }));
    losses.push(...found.losses);
  }
  const seconds = (Date.now() - began) / 1_000;
  return { per5s: (await archivesOf(target, [room])) / (seconds / 5), losses };
}

/** Written rows by table. Postgres counts them some seconds late: nothing is written while we look. */
async function rowsOf(target: Target): Promise<Rows> {
  const rows = (await target.rowsWritten?.()) ?? {};
  // Archives were there before: that nobody has written anything is not so, but what a Postgres says that does not count.
  if (Object.values(rows).every((count) => count === 0)) {
    throw new Error('Postgres counts no rows that are written');
  }
  return rows;
}

/** Rows that were written between two counts, of the tables that have any. */
export function writtenSince(before: Rows, after: Rows): Rows {
  const written = Object.entries(after).map(([table, rows]): [string, number] => [table, rows - (before[table] ?? 0)]);
  return Object.fromEntries(written.filter(([, rows]) => rows !== 0));
}

/** As they are among what a case has counted. */
function byTable(rows: Rows): Rows {
  return Object.fromEntries(Object.entries(rows).map(([table, count]) => [`${TABLE}${table}`, count]));
}

/** What a case has counted of the rows of single tables, in words. */
export function tablesInWords(counted: Rows): string {
  const tables = Object.entries(counted).filter(([name]) => name.startsWith(TABLE));
  return tables.map(([name, rows]) => `${rows} of \`${name.slice(TABLE.length)}\``).join(', ');
}

const TABLE = 'rows of ';
type Rows = Readonly<Record<string, number>>;

async function archivesOf(target: Target, rooms: readonly string[]): Promise<number> {
  if (target.archives === undefined) {
    throw new Error(`${target.name} writes nothing to Postgres`);
  }
  return target.archives(rooms);
}

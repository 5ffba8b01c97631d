// Measures our server beside its peers and two floors: `cargo xtask bench` runs it. Rounds are interleaved, so that what
// the machine does besides is everybody's; what counts are ratios within one run.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { CASES, type Case } from './cases.ts';
import { table } from './table.ts';
import { start, TARGET_NAMES, type Target, type TargetName } from './targets.ts';

/** What the load generator found; `bench/src/measure.rs` says what each is. */
export type Found = {
  readonly peers: number;
  readonly joined_ms: number;
  readonly join_ms: Quantiles;
  readonly wall_ms: number;
  readonly cpu_s: number;
  readonly deliveries_wanted: number;
  readonly deliveries: number;
  readonly cpu_us_per_delivery: number | null;
  readonly delivery_ms: Quantiles;
  readonly states: number;
  readonly state_ms: Quantiles;
  readonly frames_per_peer_second: number;
  readonly resident_mib: readonly [number, number];
  readonly losses: readonly string[];
};
type Quantiles = { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number };

/** One case on one server in one round. */
export type Result = { readonly case: string; readonly target: TargetName; readonly round: number; readonly found: Found };

const { values } = parseArgs({
  options: {
    load: { type: 'string' },
    out: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', multiple: true, default: [] },
    target: { type: 'string', multiple: true, default: [...TARGET_NAMES] },
  },
});
const loadBinary = values.load ?? fail('--load is missing: the load generator that `cargo build -p bench` makes');

const wanted = TARGET_NAMES.filter((name) => values.target.includes(name));
const cases = CASES.filter(({ name }) => values.only.length === 0 || values.only.some((part) => name.includes(part)));
const targets: Target[] = [];
const results: Result[] = [];
try {
  for (const name of wanted) {
    targets.push(await start(name));
  }
  for (const each of cases) {
    for (let round = 1; round <= Number(values.rounds); round += 1) {
      for (const target of targets.filter(({ name }) => each.targets?.includes(name) ?? true)) {
        const found = await measure(target, each);
        results.push({ case: each.name, target: target.name, round, found });
        const losses = found.losses.length === 0 ? '' : ` LOST: ${found.losses.join('; ')}`;
        console.error(`${each.name}, round ${round}, ${target.name}: ${each.figure(found)}${losses}`);
      }
    }
  }
} finally {
  await Promise.all(targets.map((target) => target.stop()));
}
console.log(table(cases, wanted, results));
if (values.out !== undefined) {
  await writeFile(values.out, `${JSON.stringify({ results }, null, 1)}\n`);
}

/** Carries one case out on a server, in rooms that are new. */
async function measure(target: Target, { rooms, peersEach, connectAtOnce = 40, load }: Case): Promise<Found> {
  const run = randomUUID().slice(0, 8);
  const job = {
    dialect: target.dialect,
    host: target.host ?? null,
    pids: target.pids,
    rooms: Array.from({ length: rooms }, (_, room) =>
      Array.from({ length: peersEach }, (_, peer) => target.peer(`bench-${run}-${room}`, `u${run}-${room}-${peer}`)),
    ),
    connect_at_once: connectAtOnce,
    load,
  };
  const child = spawn(loadBinary, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(job));
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  const code = await new Promise((resolve) => child.once('close', resolve));
  return code === 0 ? (JSON.parse(text) as Found) : fail(`the load generator ended with ${code}`);
}

function fail(words: string): never {
  throw new Error(words);
}

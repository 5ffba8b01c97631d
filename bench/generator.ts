// The load generator, as the cases use it, and what it finds.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';

import type { Peer, Target } from './targets.ts';

/** As `bench/src/job.rs` reads it. */
export type Load =
  | ({ kind: 'steady' } & Steady)
  | { kind: 'burst'; updates: number }
  | ({ kind: 'push' } & Large)
  | { kind: 'join'; holds?: Large; within_s: number }
  | { kind: 'wake'; cycles: number };

/** Who of each room does what how often. */
export type Steady = {
  readonly writers: number;
  readonly edits_per_second: number;
  readonly edit: 'notes' | 'highlight' | 'nothing';
  readonly present: number;
  readonly states_per_second: number;
  readonly seconds: number;
};

/** How large the large document is. */
export type Large = { readonly edits: number; readonly highlights: number };

/** What the load generator found; `bench/src/measure.rs` says what each is. */
export type Found = {
  readonly peers: number;
  readonly joined_ms: number;
  readonly join_ms: Quantiles;
  readonly wall_ms: number;
  readonly cpu_s: number;
  readonly generator_cpu_s: number;
  readonly generator_cores: number;
  readonly large: Weight | null;
  readonly deliveries_wanted: number;
  readonly deliveries: number;
  readonly cpu_us_per_delivery: number | null;
  readonly delivery_ms: Quantiles;
  readonly saved_ms: Quantiles;
  readonly states: number;
  readonly state_ms: Quantiles;
  readonly frames_per_peer_second: number;
  readonly resident_mib: readonly [before: number, joined: number, after: number];
  readonly resident_peak_mib: number;
  readonly resident_every_10_s_mib: readonly number[];
  readonly resident_asleep_mib: readonly number[];
  readonly losses: readonly string[];
  /** What a case has counted besides, by the name of its figure. */
  readonly counted?: Readonly<Record<string, number>>;
};
/** How large a document is, and how large one may be. */
export type Weight = { readonly items: number; readonly items_max: number; readonly bytes: number; readonly bytes_max: number };
export type Quantiles = { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number };

/** The same, in which nothing that is steady lasts longer than a second. */
export function briefly(generate: Generator): Generator {
  return (target, rooms, load, connectAtOnce) => {
    const brief: Load = load.kind === 'steady' ? { ...load, seconds: Math.min(load.seconds, 1) } : load;
    return generate(target, rooms, brief, connectAtOnce);
  };
}

/** Of what no load generator has measured: what was counted, and nothing of all that one finds. */
export function foundElsewhere(counted: Readonly<Record<string, number>>, losses: readonly string[]): Found {
  const unknown = Number.NaN;
  const none: Quantiles = { p50: unknown, p95: unknown, p99: unknown, max: unknown };
  return {
    peers: unknown,
    joined_ms: unknown,
    join_ms: none,
    wall_ms: unknown,
    cpu_s: unknown,
    generator_cpu_s: unknown,
    generator_cores: unknown,
    large: null,
    deliveries_wanted: unknown,
    deliveries: unknown,
    cpu_us_per_delivery: null,
    delivery_ms: none,
    saved_ms: none,
    states: unknown,
    state_ms: none,
    frames_per_peer_second: unknown,
    resident_mib: [unknown, unknown, unknown],
    resident_peak_mib: unknown,
    resident_every_10_s_mib: [],
    resident_asleep_mib: [],
    losses,
    counted,
  };
}

/** For each room, its peers. */
export type Rooms = readonly (readonly Peer[])[];

/** Lets peers do something to a server. */
export type Generator = (target: Target, rooms: Rooms, load: Load, connectAtOnce?: number) => Promise<Found>;

/** New peers of so many new rooms. */
export function newRooms(target: Target, rooms: number, peersEach: number): Rooms {
  return Array.from({ length: rooms }, () => newPeers(target, newRoom(), peersEach));
}

/** The name of a room that is new. */
export function newRoom(): string {
  return `bench-${randomUUID()}`;
}

/** New peers of a room. */
export function newPeers(target: Target, room: string, count: number): readonly Peer[] {
  const visit = randomUUID().slice(0, 8);
  return Array.from({ length: count }, (_, peer) => target.peer(room, `u${visit}-${peer}`));
}

/** The load generator has not come to an end, and has said why. */
export class GaveUp extends Error {}

/** The load generator that is this program. */
export function generatorOf(program: string): Generator {
  return async (target, rooms, load, connectAtOnce = 40) => {
    const job = {
      dialect: target.dialect,
      host: target.host ?? null,
      pids: target.pids(),
      rooms,
      connect_at_once: connectAtOnce,
      load,
    };
    const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(JSON.stringify(job));
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    const code = await new Promise((resolve) => child.once('close', resolve));
    if (code !== 0) {
      throw new GaveUp(`the load generator ended with ${String(code)}`);
    }
    return JSON.parse(text) as Found;
  };
}

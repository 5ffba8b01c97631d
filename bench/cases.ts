// What is measured. Each case is a load on so many rooms of so many peers, and the figure that its bar is about.

import type { Found } from './run.ts';
import type { TargetName } from './targets.ts';

/** As `bench/src/job.rs` reads it. */
export type Load =
  | { kind: 'steady'; writers: number; edits_per_second: number; present: number; seconds: number }
  | { kind: 'burst'; updates: number }
  | { kind: 'push'; edits: number; highlights: number }
  | { kind: 'join'; bytes_min: number };

/** One case. */
export type Case = {
  readonly name: string;
  readonly rooms: number;
  readonly peersEach: number;
  readonly connectAtOnce?: number;
  readonly load: Load;
  /** On which servers it means anything; all, if absent. */
  readonly targets?: readonly TargetName[];
  /** What is compared: by name, how to get it. The least is the best. */
  readonly figures: Readonly<Record<string, (found: Found) => number>>;
  /** The same in words, for whoever watches. */
  readonly figure: (found: Found) => string;
};

/** That a relay has no presence of its own to bundle, and none of its peers is told who was there before. */
const WITH_PROTOCOL: readonly TargetName[] = ['y-partyserver', 'y-websocket', 'hocuspocus', 'glossator'];

const perDelivery = {
  'µs per delivery': (found: Found): number => found.cpu_us_per_delivery ?? Number.NaN,
  'p99 ms': (found: Found): number => found.delivery_ms.p99,
};
const presence = {
  'frames per peer per s': (found: Found): number => found.frames_per_peer_second,
  'CPU ms per s': (found: Found): number => (found.cpu_s * 1e6) / found.wall_ms,
  'p95 ms': (found: Found): number => found.state_ms.p95,
};

function steady(name: string, rooms: number, peersEach: number, writers: number, rate: number, present = 0): Case {
  const load: Load = { kind: 'steady', writers, edits_per_second: rate, present, seconds: 10 };
  return inWords({ name, rooms, peersEach, load, figures: perDelivery });
}

function inWords(each: Omit<Case, 'figure'>): Case {
  const figure = (found: Found): string =>
    Object.entries(each.figures).map(([name, of]) => `${of(found).toFixed(1)} ${name}`).join(', ');
  return { ...each, figure };
}

export const CASES: readonly Case[] = [
  steady('fan-out to 10', 1, 11, 1, 20),
  steady('fan-out to 100', 1, 101, 1, 20),
  steady('fan-out to 400', 1, 401, 1, 20),
  inWords({
    name: 'burst of 2,000 to 50',
    rooms: 1,
    peersEach: 51,
    load: { kind: 'burst', updates: 2_000 },
    figures: { 'ms until all have all': (found) => found.wall_ms },
  }),
  steady('50 writers', 1, 50, 50, 2),
  steady('200 writers', 1, 200, 200, 2),
  inWords({
    name: 'presence of 100',
    rooms: 1,
    peersEach: 100,
    load: { kind: 'steady', writers: 0, edits_per_second: 1, present: 100, seconds: 10 },
    targets: WITH_PROTOCOL,
    figures: presence,
  }),
  inWords({
    name: 'presence of 100 and 5 who write',
    rooms: 1,
    peersEach: 100,
    load: { kind: 'steady', writers: 5, edits_per_second: 2, present: 100, seconds: 10 },
    targets: WITH_PROTOCOL,
    figures: { 'p95 ms of an edit': (found) => found.delivery_ms.p95 },
  }),
  inWords({
    name: 'large document, pushed',
    rooms: 1,
    peersEach: 2,
    load: { kind: 'push', edits: 60_000, highlights: 2_000 },
    figures: { 'ms until another has it': (found) => found.wall_ms },
  }),
  steady('200 rooms of 3', 200, 3, 1, 1),
  inWords({
    name: '400 join an empty room',
    rooms: 1,
    peersEach: 400,
    connectAtOnce: 400,
    load: { kind: 'join', bytes_min: 0 },
    figures: { 'ms until all are in': (found) => found.joined_ms },
  }),
];

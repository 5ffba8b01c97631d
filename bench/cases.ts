// What is measured. Each case puts a load on some rooms, and has the figures that its bar is about.

import { setTimeout as sleep } from 'node:timers/promises';

import { newPeers, newRoom, newRooms, type Found, type Generator, type Large, type Load, type Steady } from './generator.ts';
import type { Fate, Target, TargetName } from './targets.ts';

/** One case. */
export type Case = {
  readonly name: string;
  /** On which servers it means anything. */
  readonly targets: readonly TargetName[];
  /** Carries it out, in rooms that are new. */
  readonly run: (target: Target, generate: Generator) => Promise<Found>;
  /** What is compared: by name, how to get it. The least is the best. */
  readonly figures: Figures;
  /** The same in words, for whoever watches. */
  readonly figure: (found: Found) => string;
};
type Figures = Readonly<Record<string, (found: Found) => number>>;

/** A relay has no presence of its own to bundle, and none of its peers is told who was there before. */
const WITH_PROTOCOL: readonly TargetName[] = ['y-partyserver', 'y-websocket', 'hocuspocus', 'glossator'];
const ALL: readonly TargetName[] = ['relay', 'durable', ...WITH_PROTOCOL];
/** Who has the document still when it was not in memory. */
const WITH_STORAGE: readonly TargetName[] = ['y-partyserver-stored', 'glossator'];

const LARGE: Large = { edits: 60_000, highlights: 2_000 };
/** How long those who store after a pause may take: y-partyserver 10 s, our archive 15 s. */
const STORED_MS = 16_000;

const perDelivery: Figures = {
  'µs per delivery': (found) => found.cpu_us_per_delivery ?? Number.NaN,
  'p99 ms': (found) => found.delivery_ms.p99,
};
const presence: Figures = {
  'frames per peer per s': (found) => found.frames_per_peer_second,
  'CPU ms per s': (found) => (found.cpu_s * 1e6) / found.wall_ms,
  'p95 ms': (found) => found.state_ms.p95,
};
const perJoiner: Figures = {
  'ms (median)': (found) => found.join_ms.p50,
  'CPU ms each': (found) => (found.cpu_s * 1_000) / found.peers,
};

/** One load on new rooms. */
function simply(name: string, rooms: number, peersEach: number, load: Load, figures: Figures, targets = ALL, connectAtOnce?: number): Case {
  return inWords({
    name,
    targets,
    figures,
    run: (target, generate) => generate(target, newRooms(target, rooms, peersEach), load, connectAtOnce),
  });
}

function steady(name: string, rooms: number, peersEach: number, writers: number, rate: number): Case {
  return simply(name, rooms, peersEach, steadily({ writers, edits_per_second: rate }), perDelivery);
}

function steadily(steady: Partial<Steady>): Load {
  return { kind: 'steady', writers: 0, edits_per_second: 1, edit: 'notes', present: 0, states_per_second: 1, seconds: 10, ...steady };
}

/** Somebody pushes the large document and leaves; something happens to the server, and others come, one after another. */
function returning(name: string, targets: readonly TargetName[], joiners: number, fate?: Fate): Case {
  const run = async (target: Target, generate: Generator): Promise<Found> => {
    const room = newRoom();
    const pushed = await generate(target, [newPeers(target, room, 2)], { kind: 'push', ...LARGE });
    if (fate !== undefined) {
      await sleep(STORED_MS);
      await (target.fates[fate] ?? impossible(`${target.name} ${fate}`))();
    }
    const found = await generate(target, [newPeers(target, room, joiners)], { kind: 'join', holds: LARGE, within_s: 0 }, 1);
    return { ...found, losses: [...pushed.losses, ...found.losses] };
  };
  return inWords({ name, targets, run, figures: perJoiner });
}

function inWords(each: Omit<Case, 'figure'>): Case {
  const figure = (found: Found): string =>
    Object.entries(each.figures).map(([name, of]) => `${of(found).toFixed(1)} ${name}`).join(', ');
  return { ...each, figure };
}

function impossible(words: string): never {
  throw new Error(`a case wants what cannot happen: ${words}`);
}

export const CASES: readonly Case[] = [
  steady('fan-out to 10', 1, 11, 1, 20),
  steady('fan-out to 100', 1, 101, 1, 20),
  steady('fan-out to 400', 1, 401, 1, 20),
  simply('burst of 2,000 to 50', 1, 51, { kind: 'burst', updates: 2_000 }, { 'ms until all have all': (found) => found.wall_ms }),
  steady('50 writers', 1, 50, 50, 2),
  steady('200 writers', 1, 200, 200, 2),
  simply(
    'presence of 100',
    1,
    100,
    steadily({ present: 100 }),
    presence,
    WITH_PROTOCOL,
  ),
  simply(
    'presence of 100 and 5 who write',
    1,
    100,
    steadily({ writers: 5, edits_per_second: 2, present: 100 }),
    { 'p95 ms of an edit': (found) => found.delivery_ms.p95 },
    WITH_PROTOCOL,
  ),
  simply('large document, pushed', 1, 2, { kind: 'push', ...LARGE }, { 'ms until another has it': (found) => found.wall_ms }),
  returning('large document, joined', WITH_PROTOCOL, 50),
  returning('large document, joined after a sleep', WITH_STORAGE, 1, 'sleeps'),
  returning('large document, joined after a kill', WITH_STORAGE, 1, 'is killed'),
  returning('large document, joined from Postgres', ['glossator'], 1, 'loses its storage'),
  steady('200 rooms of 3', 200, 3, 1, 1),
  simply(
    '400 join an empty room',
    1,
    400,
    { kind: 'join', within_s: 0 },
    { 'ms until all are in': (found) => found.joined_ms },
    ALL,
    400,
  ),
];

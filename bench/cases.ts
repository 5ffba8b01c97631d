// What is measured.

import { ARCHIVES } from './archives.ts';
import { ALL, simply, steadily, WITH_PROTOCOL, WITH_STORAGE, type Case, type Figures, type Told } from './case.ts';
import { newRooms } from './generator.ts';
import { HOST_CASES } from './host.ts';
import { bell, changing, LARGE, returning, weight } from './large.ts';
import type { Target, TargetName } from './targets.ts';

const OURS: readonly TargetName[] = ['glossator'];
/** So long that our archive, at most 15 s after the first edit, is at our expense. */
const ARCHIVED = { seconds: 20 };
/** How long what is about growth takes with `--long`, in seconds and in cycles. */
const LONG_S = 1_200;
const LONG_CYCLES = 50;
const presence: Figures = {
  'frames per peer per s': (found) => found.frames_per_peer_second,
  'CPU ms per s': (found) => (found.cpu_s * 1e6) / found.wall_ms,
  'p95 ms': (found) => found.state_ms.p95,
};
const inTime: Figures = { 'p99 ms': (found) => found.delivery_ms.p99 };

/** All cases, in their order; those that last are longer if it is wanted. */
export function casesOf({ isLong }: { isLong: boolean }): readonly Case[] {
  return [
    ...[10, 100, 400].map((readers) =>
      simply(`fan-out to ${readers}`, { peersEach: readers + 1, load: steadily({ ...ARCHIVED, writers: 1, edits_per_second: 20 }) }),
    ),
    simply('burst of 2,000 to 50', {
      peersEach: 51,
      load: { kind: 'burst', updates: 2_000 },
      figures: { 'ms until all have all': (found) => found.wall_ms },
    }),
    ...[50, 200].map((writers) =>
      simply(`${writers} writers`, { peersEach: writers, load: steadily({ ...ARCHIVED, writers, edits_per_second: 2 }) }),
    ),
    simply('saved at rest', {
      peersEach: 2,
      isOurs: true,
      load: steadily({ ...ARCHIVED, writers: 1, edits_per_second: 4 }),
      figures: { 'p99 ms until saved': (found) => found.saved_ms.p99 },
      targets: OURS,
    }),
    simply('presence of 100', { peersEach: 100, load: steadily({ present: 100 }), figures: presence, targets: WITH_PROTOCOL }),
    simply('presence of 100 and 5 who write', {
      // Who writes is none of those who look on.
      peersEach: 105,
      load: steadily({ writers: 5, edits_per_second: 2, present: 105 }),
      figures: { 'p95 ms of an edit': (found) => found.delivery_ms.p95 },
      targets: WITH_PROTOCOL,
    }),
    simply('large document, pushed', {
      peersEach: 2,
      load: { kind: 'push', ...LARGE },
      figures: { 'ms until another has it': (found) => found.wall_ms },
    }),
    returning('large document, joined', WITH_PROTOCOL, 50),
    changing('large document, joined while 5 write', WITH_PROTOCOL, 50),
    returning('large document, joined after a sleep', WITH_STORAGE, 1, 'sleeps'),
    returning('large document, joined after a kill', WITH_STORAGE, 1, 'is killed'),
    returning('large document, joined from Postgres', OURS, 1, 'loses its storage'),
    simply('200 rooms of 3', { rooms: 200, peersEach: 3, load: steadily({ ...ARCHIVED, writers: 1, edits_per_second: 1 }) }),
    simply('400 join an empty room', {
      peersEach: 400,
      connectAtOnce: 400,
      load: { kind: 'join', within_s: 0 },
      figures: { 'ms until all are in': (found) => found.joined_ms },
      targets: ['relay-signed', ...ALL],
    }),
    bell('300 join 1 MB within 2 s', WITH_PROTOCOL, 300),
    simply('1,000 of our own client', {
      peersEach: 1_000,
      isOurs: true,
      load: steadily({ writers: 10, edits_per_second: 1 }),
      figures: { ...inTime, 'p99 ms until saved': (found) => found.saved_ms.p99 },
      targets: OURS,
    }),
    simply('300 stock clients', {
      peersEach: 300,
      load: steadily({ writers: 10, edits_per_second: 1, present: 300, states_per_second: 1 / 15 }),
      figures: inTime,
      targets: WITH_PROTOCOL,
    }),
    ofClasses(isLong ? LONG_S : 120),
    ofClassesThatLeaveNothing(isLong ? LONG_S : 120),
    simply('memory of 200 rooms of 3', {
      rooms: 200,
      peersEach: 3,
      isFresh: true,
      load: steadily({ writers: 1, edits_per_second: 1 }),
      figures: { MiB: (found) => found.resident_mib[2] },
    }),
    weight('memory of a large document', WITH_PROTOCOL),
    wakes(100, isLong ? LONG_CYCLES : 5),
    ARCHIVES,
  ];
}

/** Whatever may be told of, in the order of the page: these cases, and what is measured by itself. */
export function allTold(): readonly Told[] {
  return [...casesOf({ isLong: false }), ...HOST_CASES];
}

const CLASSES = { rooms: 25, peersEach: 44, isOurs: true, isFresh: true, isWarm: true, isOnce: true, targets: OURS };
/** What it takes until everybody's memory is made is no growth: of a short run it cannot be told whether that is over. */
const growth: Figures = {
  'MiB grown in the last 10 of 20 min': (found) => (found.wall_ms < LONG_S * 990 ? Number.NaN : grown(found.resident_every_10_s_mib, 60)),
  'MiB grown in the last of 2 min': (found) => (found.wall_ms < LONG_S * 990 ? grown(found.resident_every_10_s_mib, 6) : Number.NaN),
};

/** 25 classes of 44 read, mark something once a minute each, and see where the others are. */
function ofClasses(seconds: number): Case {
  return simply('1,100 students in 25 rooms', {
    ...CLASSES,
    load: steadily({ writers: 44, edits_per_second: 1 / 60, edit: 'highlight', present: 44, states_per_second: 1 / 10, seconds }),
    figures: { ...inTime, cores: (found) => (found.cpu_s * 1_000) / found.wall_ms, ...growth },
  });
}

/** The same, in which each takes back what they write: their documents do not grow, so whatever does is nobody's. */
function ofClassesThatLeaveNothing(seconds: number): Case {
  return simply('1,100 students who leave nothing', {
    ...CLASSES,
    load: steadily({ writers: 44, edits_per_second: 1 / 60, edit: 'nothing', present: 44, states_per_second: 1 / 10, seconds }),
    figures: growth,
  });
}

/** By how much the last is more than so many before it. */
function grown(all: readonly number[], before: number): number {
  return (all.at(-1) ?? Number.NaN) - (all.at(-1 - before) ?? Number.NaN);
}

/**
 * Rooms are written once and fall asleep, again and again: what memory is left each time. A runtime collects what it has dropped
 * itself only after some thousand wakes, so whether it grows can be told of many cycles alone.
 */
function wakes(rooms: number, cycles: number): Case {
  return {
    name: 'sleep and wake',
    targets: ['durable', 'y-partyserver', 'glossator'],
    isFresh: true,
    isOnce: true,
    figures: {
      'MiB grown in the last 900 of 5,000 wakes': ({ resident_asleep_mib: all }) => (all.length < LONG_CYCLES ? Number.NaN : grown(all, 9)),
      'MiB grown in the last 400 of 500 wakes': ({ resident_asleep_mib: all }) => (all.length < LONG_CYCLES ? grown(all, 4) : Number.NaN),
    },
    run: (target, generate) => {
      const met: Target = target.name === 'glossator' ? { ...target, dialect: 'glossator' } : target;
      return generate(met, newRooms(met, rooms, 2), { kind: 'wake', cycles });
    },
  };
}

// What is measured.

import { ARCHIVES } from './archives.ts';
import { ALL, counted, simply, steadily, WITH_PROTOCOL, WITH_STORAGE, type Case, type Figures } from './case.ts';
import { newRooms } from './generator.ts';
import { bell, LARGE, returning, weight } from './large.ts';
import type { Target, TargetName } from './targets.ts';

const OURS: readonly TargetName[] = ['glossator'];
const presence: Figures = {
  'frames per peer per s': (found) => found.frames_per_peer_second,
  'CPU ms per s': (found) => (found.cpu_s * 1e6) / found.wall_ms,
  'p95 ms': (found) => found.state_ms.p95,
};
const inTime: Figures = { 'p99 ms': (found) => found.delivery_ms.p99 };

/** All cases, in their order; those that last are longer if it is wanted. */
export function casesOf({ isLong }: { isLong: boolean }): readonly Case[] {
  return [
    simply('fan-out to 10', { peersEach: 11, load: steadily({ writers: 1, edits_per_second: 20 }) }),
    simply('fan-out to 100', { peersEach: 101, load: steadily({ writers: 1, edits_per_second: 20 }) }),
    simply('fan-out to 400', { peersEach: 401, load: steadily({ writers: 1, edits_per_second: 20 }) }),
    simply('burst of 2,000 to 50', {
      peersEach: 51,
      load: { kind: 'burst', updates: 2_000 },
      figures: { 'ms until all have all': (found) => found.wall_ms },
    }),
    simply('50 writers', { peersEach: 50, load: steadily({ writers: 50, edits_per_second: 2 }) }),
    simply('200 writers', { peersEach: 200, load: steadily({ writers: 200, edits_per_second: 2 }) }),
    simply('presence of 100', { peersEach: 100, load: steadily({ present: 100 }), figures: presence, targets: WITH_PROTOCOL }),
    simply('presence of 100 and 5 who write', {
      peersEach: 100,
      load: steadily({ writers: 5, edits_per_second: 2, present: 100 }),
      figures: { 'p95 ms of an edit': (found) => found.delivery_ms.p95 },
      targets: WITH_PROTOCOL,
    }),
    simply('large document, pushed', {
      peersEach: 2,
      load: { kind: 'push', ...LARGE },
      figures: { 'ms until another has it': (found) => found.wall_ms },
    }),
    returning('large document, joined', WITH_PROTOCOL, 50),
    returning('large document, joined after a sleep', WITH_STORAGE, 1, 'sleeps'),
    returning('large document, joined after a kill', WITH_STORAGE, 1, 'is killed'),
    returning('large document, joined from Postgres', OURS, 1, 'loses its storage'),
    simply('200 rooms of 3', { rooms: 200, peersEach: 3, load: steadily({ writers: 1, edits_per_second: 1 }) }),
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
    ofClasses(isLong ? 1_200 : 120),
    simply('memory of 200 rooms of 3', {
      rooms: 200,
      peersEach: 3,
      isFresh: true,
      load: steadily({ writers: 1, edits_per_second: 1 }),
      figures: { MiB: (found) => found.resident_mib[2] },
    }),
    weight('memory of a large document', WITH_PROTOCOL),
    wakes(100, isLong ? 50 : 10),
    ARCHIVES,
  ];
}

/** 25 classes of 44 read, mark something once a minute each, and see where the others are. */
function ofClasses(seconds: number): Case {
  return simply('1,100 students in 25 rooms', {
    rooms: 25,
    peersEach: 44,
    isOurs: true,
    isFresh: true,
    isOnce: true,
    load: steadily({ writers: 44, edits_per_second: 1 / 60, edit: 'highlight', present: 44, states_per_second: 1 / 10, seconds }),
    figures: {
      ...inTime,
      cores: (found) => (found.cpu_s * 1_000) / found.wall_ms,
      // What it takes until everybody's memory is made is no growth.
      'MiB grown in the second half': ({ resident_every_10_s_mib: all }) => (all.at(-1) ?? Number.NaN) - (all[all.length >> 1] ?? Number.NaN),
    },
    targets: OURS,
  });
}

/**
 * Rooms are written once and fall asleep, again and again: what memory is left each time. A runtime collects what it has dropped
 * itself only after some thousand wakes, so whether it grows can be told of many cycles alone.
 */
function wakes(rooms: number, cycles: number): Case {
  const lately = 10;
  const grown = `MiB grown in the last ${(rooms * (lately - 1)).toLocaleString('en')} wakes`;
  return {
    name: 'sleep and wake',
    targets: ['durable', 'y-partyserver', 'glossator'],
    isFresh: true,
    isOnce: true,
    figures: counted(grown),
    run: async (target, generate) => {
      const met: Target = target.name === 'glossator' ? { ...target, dialect: 'glossator' } : target;
      const found = await generate(met, newRooms(met, rooms, 2), { kind: 'wake', cycles });
      const [first = Number.NaN, ...later] = found.resident_asleep_mib.slice(-lately);
      return { ...found, counted: { [grown]: (later.at(-1) ?? Number.NaN) - first } };
    },
  };
}

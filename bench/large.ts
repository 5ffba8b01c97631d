// Cases about a large document: who joins it, when, and what it weighs.

import { setTimeout as sleep } from 'node:timers/promises';

import { counted, steadily, warmUp, type Case, type Figures } from './case.ts';
import { newPeers, newRoom, type Found, type Generator, type Large } from './generator.ts';
import type { Fate, Target, TargetName } from './targets.ts';

/** As large as a class makes a case in a term. */
export const LARGE: Large = { edits: 120_000, highlights: 2_000 };
/** One of 1 MB. */
export const MEGABYTE: Large = { edits: 40_000, highlights: 4_000 };
/** How long those who store after a pause may take: y-partyserver 10 s, our archive 15 s. */
const STORED_MS = 16_000;

const perJoiner: Figures = {
  'ms (median)': (found) => found.join_ms.p50,
  'CPU ms each': (found) => (found.cpu_s * 1_000) / found.peers,
};

/** Somebody pushes the large document and leaves; something happens to the server, and others come, one after another. */
export function returning(name: string, targets: readonly TargetName[], joiners: number, fate?: Fate): Case {
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
  return { name, targets, run, figures: perJoiner };
}

/** How long those write who write while others join: some seconds longer than it takes. */
const WRITING_S = 20;
/** When the first one joins: those who write have the document by then, and have begun. */
const BEGUN_MS = 5_000;
const JOINING_S = 10;

/**
 * Somebody pushes the large document and leaves, and others come within ten seconds while five write ten times a second together:
 * what one was told is of no use to the next. What is written is gone again at once, so that the document says what it said.
 */
export function changing(name: string, targets: readonly TargetName[], joiners: number): Case {
  const run = async (target: Target, generate: Generator): Promise<Found> => {
    const room = newRoom();
    const pushed = await generate(target, [newPeers(target, room, 2)], { kind: 'push', ...LARGE });
    // To the load generator each is alone in a room: it need not wait until the others have what none of them can see.
    const writers = Array.from({ length: 5 }, () => newPeers(target, room, 1));
    let isWritten = true;
    const writing = generate(target, writers, steadily({ writers: 1, edits_per_second: 2, edit: 'nothing', seconds: WRITING_S })).finally(() => {
      isWritten = false;
    });
    const join = { kind: 'join', holds: LARGE, within_s: JOINING_S } as const;
    const joining = sleep(BEGUN_MS).then(() => generate(target, [newPeers(target, room, joiners)], join, joiners));
    const late = joining.then(() => (isWritten ? [] : ['nobody wrote any more when the last one joined']));
    const [written, found, tooLate] = await Promise.all([writing, joining, late]);
    // They begin a second after the last of them has joined.
    const tooEarly = written.joined_ms > BEGUN_MS - 2_000 ? ['nobody wrote yet when the first one joined'] : [];
    return { ...found, losses: [...pushed.losses, ...written.losses, ...found.losses, ...tooEarly, ...tooLate] };
  };
  return { name, targets, run, figures: { 'ms (median)': (found) => found.join_ms.p50 } };
}

/**
 * A class opens a case of 1 MB when the bell rings: within two seconds. Whoever keeps documents is killed before, so that it
 * can be seen what one document takes once it is there, without what it took to push it.
 */
export function bell(name: string, targets: readonly TargetName[], joiners: number): Case {
  const onTop = 'memory on top, of one document';
  const run = async (target: Target, generate: Generator): Promise<Found> => {
    const room = newRoom();
    const pushed = await generate(target, [newPeers(target, room, 2)], { kind: 'push', ...MEGABYTE });
    const loaded = target.name === 'glossator' ? await loadedAnew(target, room, generate) : undefined;
    const join = { kind: 'join', holds: MEGABYTE, within_s: 2 } as const;
    const found = await generate(target, [newPeers(target, room, joiners)], join, joiners);
    const losses = [...pushed.losses, ...(loaded?.losses ?? []), ...found.losses];
    return { ...found, losses, counted: loaded === undefined ? {} : { [onTop]: ofOneDocument(loaded, found) } };
  };
  const figures: Figures = { 'p99 ms': (found) => found.join_ms.p99, ...counted(onTop) };
  return { name, targets, run, figures, isFresh: true, isWarm: true };
}

/** Our server comes back from its storage, and somebody joins and writes nothing that remains, for which it builds the document. */
async function loadedAnew(target: Target, room: string, generate: Generator): Promise<Found> {
  await sleep(STORED_MS);
  await (target.fates['is killed'] ?? impossible(`${target.name} is killed`))();
  await warmUp(target, generate);
  await sleep(target.putsOffMs);
  const ours: Target = { ...target, dialect: 'glossator' };
  return generate(ours, [newPeers(ours, room, 1)], steadily({ writers: 1, edit: 'nothing', seconds: 2 }));
}

/** By how much memory grew at most for many, as a multiple of what it grew for the document alone. */
export function ofOneDocument(loaded: Memory, many: Memory): number {
  const document = loaded.resident_mib[2] - loaded.resident_mib[0];
  // Where a document takes nothing, nothing can be told.
  return document > 0 ? (many.resident_peak_mib - many.resident_mib[0]) / document : Number.NaN;
}
type Memory = Pick<Found, 'resident_mib' | 'resident_peak_mib'>;

/** What a server holds once the large document was pushed, and somebody has joined it. */
export function weight(name: string, targets: readonly TargetName[]): Case {
  const run = async (target: Target, generate: Generator): Promise<Found> => {
    const room = newRoom();
    const pushed = await generate(target, [newPeers(target, room, 2)], { kind: 'push', ...LARGE });
    const found = await generate(target, [newPeers(target, room, 1)], { kind: 'join', holds: LARGE, within_s: 0 });
    const idle = pushed.resident_mib[0];
    return { ...found, losses: [...pushed.losses, ...found.losses], counted: { 'MiB idle': idle } };
  };
  const figures: Figures = { ...counted('MiB idle'), MiB: (found) => found.resident_mib[2] };
  return { name, targets, run, figures, isFresh: true };
}

function impossible(words: string): never {
  throw new Error(`a case wants what cannot happen: ${words}`);
}

// What a case is, and how the usual ones are made.

import { newRooms, type Found, type Generator, type Load, type Steady } from './generator.ts';
import type { Target, TargetName } from './targets.ts';

/** What is told of a case, whoever measures it. */
export type Told = {
  readonly name: string;
  /** On which servers it means anything. */
  readonly targets: readonly TargetName[];
  /** What is compared: by name, how to get it. The least is the best, unless a bar says what it is to be at least. */
  readonly figures: Figures;
};

/** One case. */
export type Case = Told & {
  /** Whether it wants a server of its own, of which nobody has asked anything. */
  readonly isFresh?: boolean;
  /** Whether such a server is warmed up all the same, as those are that serve every case. */
  readonly isWarm?: boolean;
  /** Whether one round is enough: it takes minutes, and counts what is the same every time. */
  readonly isOnce?: boolean;
  /** Carries it out, in rooms that are new. */
  readonly run: (target: Target, generate: Generator) => Promise<Found>;
};

/** Figures of a case, by name. */
export type Figures = Readonly<Record<string, (found: Found) => number>>;

/** A relay has no presence of its own to bundle, and none of its peers is told who was there before. */
export const WITH_PROTOCOL: readonly TargetName[] = ['y-partyserver', 'y-websocket', 'hocuspocus', 'glossator'];
/** Everybody that is measured in most cases. */
export const ALL: readonly TargetName[] = ['relay', 'durable', ...WITH_PROTOCOL];
/** Who has the document still when it was not in memory. */
export const WITH_STORAGE: readonly TargetName[] = ['y-partyserver-stored', 'glossator'];

/** What a delivery costs and how long it takes. */
export const perDelivery: Figures = {
  'µs per delivery': (found) => found.cpu_us_per_delivery ?? Number.NaN,
  'p99 ms': (found) => found.delivery_ms.p99,
};

/** A figure that the case has counted itself. */
export function counted(name: string): Figures {
  return { [name]: (found) => found.counted?.[name] ?? Number.NaN };
}

/** A load that is steady for ten seconds, unless it is said otherwise. */
export function steadily(steady: Partial<Steady>): Load {
  return { kind: 'steady', writers: 0, edits_per_second: 1, edit: 'notes', present: 0, states_per_second: 1, seconds: 10, ...steady };
}

/** A runtime compiles what it runs often while it runs it: a third of the time of a first run, and no edit's. */
export async function warmUp(target: Target, generate: Generator): Promise<void> {
  await generate(target, newRooms(target, 1, 41), steadily({ writers: 10, edits_per_second: 20, seconds: 6 }));
}

/** What a case of one load is made with. */
export type Simple = {
  readonly rooms?: number;
  readonly peersEach: number;
  readonly load: Load;
  readonly figures?: Figures;
  readonly targets?: readonly TargetName[];
  readonly connectAtOnce?: number;
  readonly isFresh?: boolean;
  readonly isWarm?: boolean;
  readonly isOnce?: boolean;
  /** Whether our own client is what comes to our server. */
  readonly isOurs?: boolean;
};

/** One load on new rooms. */
export function simply(name: string, { rooms = 1, peersEach, load, figures = perDelivery, targets = ALL, connectAtOnce, ...rest }: Simple): Case {
  const { isOurs = false, isFresh = false, isWarm = false, isOnce = false } = rest;
  const run = (target: Target, generate: Generator): Promise<Found> => {
    const met: Target = isOurs ? { ...target, dialect: 'glossator' } : target;
    return generate(met, newRooms(met, rooms, peersEach), load, connectAtOnce);
  };
  return { name, targets, figures, isFresh, isWarm, isOnce, run };
}

/** A figure of what was found; not a number where there is none, for which JSON has but `null`. */
export function valueOf(figure: (found: Found) => number, found: Found): number {
  return (figure(found) as number | null) ?? Number.NaN;
}

/** The figures of a case in words, for whoever watches. */
export function inWords({ figures }: Told, found: Found): string {
  const all = Object.entries(figures).map(([name, of]): [string, number] => [name, valueOf(of, found)]);
  return all.filter(([, value]) => Number.isFinite(value)).map(([name, value]) => `${value.toFixed(1)} ${name}`).join(', ');
}

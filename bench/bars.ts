// What has to be reached. A bar is about one figure of one case: a ratio to what another server has in the same round, or a
// number.

import { valueOf, type Told } from './case.ts';
import { HOST_FIGURES, LARGE_SNAPSHOT, SNAPSHOTS } from './host.ts';
import type { Result } from './results.ts';
import { median, strains } from './table.ts';
import type { TargetName } from './targets.ts';

/** One bar. */
export type Bar = About & Limit;
/** It is met up to this, or from this on. */
type Limit = { readonly most: number; readonly least?: never } | { readonly least: number; readonly most?: never };
type About = {
  readonly case: string;
  readonly figure: string;
  /** What is divided by; the figure itself counts, if absent. */
  readonly of?: Reference;
  /** Whose bar it is; ours, if absent. */
  readonly target?: TargetName;
};
/** The same figure of another server, or of the same one in another case. */
type Reference = { readonly target: TargetName; readonly case?: string };

/** What came of a bar. */
export type Outcome = {
  readonly bar: Bar;
  /** The median of the rounds, the least and the most; not a number where nothing was measured. */
  readonly reached: number;
  readonly least: number;
  readonly highest: number;
  readonly verdict: Verdict;
  /** Whether the load generator may have been what was measured, on one side or the other. */
  readonly isStrained: boolean;
};
/** Whoever loses something meets no bar, and is none to be compared with. */
export type Verdict = 'met' | 'not met' | 'not measured' | 'loses' | 'reference loses';

/** How a bar came out. */
export function outcomeOf(bar: Bar, cases: readonly Told[], results: readonly Result[]): Outcome {
  const target = bar.target ?? 'glossator';
  const figure = cases.find(({ name }) => name === bar.case)?.figures[bar.figure];
  if (figure === undefined) {
    throw new Error(`a bar is about ${bar.case}: ${bar.figure}, which nobody measures`);
  }
  const own = results.filter((result) => result.case === bar.case && result.target === target);
  const { of } = bar;
  const references = of === undefined ? [] : results.filter((each) => each.case === (of.case ?? bar.case) && each.target === of.target);
  const reached = own.flatMap((result) => {
    if (of === undefined) {
      return [valueOf(figure, result.found)];
    }
    const reference = references.find(({ round }) => round === result.round);
    return reference === undefined ? [] : [valueOf(figure, result.found) / valueOf(figure, reference.found)];
  });
  // A round without a figure is not passed over: the others are those that went well.
  const middle = reached.every(Number.isFinite) ? median(reached) : Number.NaN;
  const [least, highest] = [Math.min(...reached), Math.max(...reached)];
  const isStrained = [...own, ...references].some(({ found }) => strains(found));
  return { bar, reached: middle, least, highest, isStrained, verdict: verdictOf(bar, middle, { own, references }) };
}

function verdictOf(bar: Bar, reached: number, { own, references }: { own: readonly Result[]; references: readonly Result[] }): Verdict {
  if (own.some(loses)) {
    return 'loses';
  }
  if (references.some(loses)) {
    return 'reference loses';
  }
  if (!Number.isFinite(reached)) {
    return 'not measured';
  }
  return isMet(bar, reached) ? 'met' : 'not met';
}

function isMet({ most, least }: Bar, reached: number): boolean {
  return most === undefined ? reached >= least : reached <= most;
}

function loses({ found }: Result): boolean {
  return found.losses.length > 0;
}

const partyserver: Reference = { target: 'y-partyserver' };
const stored: Reference = { target: 'y-partyserver-stored' };
const durable: Reference = { target: 'durable' };
const perDelivery = 'µs per delivery';

/** All bars, in the order of the cases. */
export const BARS: readonly Bar[] = [
  { case: 'fan-out to 100', figure: perDelivery, most: 1.05, of: partyserver, target: 'relay' },
  ...['fan-out to 10', 'fan-out to 100', 'fan-out to 400'].flatMap((name): Bar[] => [
    { case: name, figure: perDelivery, most: 1.15, of: durable },
    { case: name, figure: 'p99 ms', most: 1.3, of: durable },
  ]),
  { case: 'fan-out to 100', figure: perDelivery, most: 1.15, of: partyserver },
  { case: 'fan-out to 400', figure: perDelivery, most: 1.15, of: partyserver },
  { case: 'burst of 2,000 to 50', figure: 'ms until all have all', most: 1 / 7, of: partyserver },
  { case: 'burst of 2,000 to 50', figure: 'ms until all have all', most: 1.2, of: { target: 'hocuspocus' } },
  { case: '50 writers', figure: perDelivery, most: 0.75, of: partyserver },
  { case: '50 writers', figure: 'p99 ms', most: 50 },
  { case: '200 writers', figure: perDelivery, most: 0.35, of: partyserver },
  { case: '200 writers', figure: 'p99 ms', most: 50 },
  { case: 'saved at rest', figure: 'p99 ms until saved', most: 50 },
  { case: 'presence of 100', figure: 'frames per peer per s', most: 20 },
  { case: 'presence of 100', figure: 'CPU ms per s', most: 0.3, of: partyserver },
  { case: 'presence of 100', figure: 'p95 ms', most: 150 },
  { case: 'presence of 100 and 5 who write', figure: 'p95 ms of an edit', most: 50 },
  { case: 'large document, pushed', figure: 'ms until another has it', most: 1.3, of: durable },
  { case: 'large document, pushed', figure: 'ms until another has it', most: 1, of: partyserver },
  { case: 'large document, joined', figure: 'ms (median)', most: 0.2, of: partyserver },
  { case: 'large document, joined', figure: 'CPU ms each', most: 0.15, of: partyserver },
  { case: 'large document, joined after a sleep', figure: 'ms (median)', most: 0.5, of: stored },
  { case: 'large document, joined after a kill', figure: 'ms (median)', most: 0.5, of: stored },
  {
    case: 'large document, joined from Postgres',
    figure: 'ms (median)',
    most: 2,
    of: { target: 'glossator', case: 'large document, joined after a kill' },
  },
  { case: '200 rooms of 3', figure: perDelivery, most: 1.2, of: durable },
  { case: '200 rooms of 3', figure: perDelivery, most: 1.8, of: partyserver },
  { case: '200 rooms of 3', figure: 'p99 ms', most: 3, of: partyserver },
  { case: '400 join an empty room', figure: 'ms until all are in', most: 1.5, of: { target: 'relay-signed' } },
  { case: '300 join 1 MB within 2 s', figure: 'p99 ms', most: 1_500 },
  { case: '300 join 1 MB within 2 s', figure: 'memory on top, of one document', most: 1.3 },
  { case: '1,000 of our own client', figure: 'p99 ms', most: 250 },
  { case: '300 stock clients', figure: 'p99 ms', most: 250 },
  { case: '1,100 students in 25 rooms', figure: 'p99 ms', most: 100 },
  { case: '1,100 students in 25 rooms', figure: 'cores', most: 1 },
  { case: '1,100 students in 25 rooms', figure: 'MiB grown in the last 10 of 20 min', most: 8 },
  { case: '1,100 students who leave nothing', figure: 'MiB grown in the last 10 of 20 min', most: 8 },
  { case: 'memory of 200 rooms of 3', figure: 'MiB', most: 1, of: partyserver },
  { case: 'memory of a large document', figure: 'MiB', most: 1, of: partyserver },
  { case: 'sleep and wake', figure: 'MiB grown in the last 900 of 5,000 wakes', most: 4 },
  { case: 'writes to Postgres', figure: 'per room and 15 s, written all the time', most: 1 },
  { case: 'writes to Postgres', figure: 'in all, of rooms that are read, and idle', most: 0 },
  { case: 'writes to Postgres', figure: 'per 5 s, while somebody comes, writes and goes', most: 1 },
  { case: SNAPSHOTS, figure: HOST_FIGURES.share, least: 0.8 },
  { case: SNAPSHOTS, figure: HOST_FIGURES.p99, most: 25 },
  { case: LARGE_SNAPSHOT, figure: HOST_FIGURES.stored, least: 2 },
];

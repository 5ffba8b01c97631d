// What the host adds to its SQL, which a program of its own measures (`host/benches/snapshots`): what it has written down becomes
// a run as any other. `cargo xtask bench host --out FILE` runs both.

import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { counted, type Told } from './case.ts';
import { foundElsewhere } from './generator.ts';
import { measuredOn, type Measured } from './machine.ts';
import type { Result, Run } from './results.ts';

/** As `host/benches/snapshots/written.rs` writes it. */
export type Raw = {
  /** Which Postgres it was. */
  readonly postgres: string;
  readonly rounds: readonly RawRound[];
  readonly large: {
    /** How long those took that were stored: the first one, and the one on top of it. */
    readonly ms: readonly number[];
    /** Why others were not. */
    readonly refused: readonly string[];
  };
};
/** One round: as many snapshots a second as there were, in a bare loop and through the host, and how long one took there. */
type RawRound = { readonly bare_per_second: number; readonly per_second: number; readonly p50_ms: number; readonly p99_ms: number };

export const SNAPSHOTS = 'host: snapshots of 10 KB, 16 at once';
export const LARGE_SNAPSHOT = 'host: two snapshots of 8 MB';

/** What is told of the host, by the names of the figures. */
export const HOST_FIGURES = {
  share: "share of a bare loop's rate",
  perSecond: 'a second',
  barePerSecond: 'a second in the bare loop',
  p50: 'p50 ms',
  p99: 'p99 ms',
  stored: 'are stored',
  first: 'ms for the first',
  onTop: 'ms for the one on top',
} as const;

/** The cases, as they are told. */
export const HOST_CASES: readonly Told[] = [
  {
    name: SNAPSHOTS,
    targets: ['glossator'],
    figures: figuresOf('share', 'perSecond', 'barePerSecond', 'p50', 'p99'),
  },
  { name: LARGE_SNAPSHOT, targets: ['glossator'], figures: figuresOf('stored', 'first', 'onTop') },
];

/** What the program has found, as a run. */
export function runOf({ rounds, large }: Raw, measured: Measured): Run {
  const small = rounds.map((round, index): Result => {
    const figures = {
      [HOST_FIGURES.share]: round.per_second / round.bare_per_second,
      [HOST_FIGURES.perSecond]: round.per_second,
      [HOST_FIGURES.barePerSecond]: round.bare_per_second,
      [HOST_FIGURES.p50]: round.p50_ms,
      [HOST_FIGURES.p99]: round.p99_ms,
    };
    return { case: SNAPSHOTS, target: 'glossator', round: index + 1, found: foundElsewhere(figures, []) };
  });
  const [first = Number.NaN, onTop = Number.NaN] = large.ms;
  const figures = { [HOST_FIGURES.stored]: large.ms.length, [HOST_FIGURES.first]: first, [HOST_FIGURES.onTop]: onTop };
  const both: Result = { case: LARGE_SNAPSHOT, target: 'glossator', round: 1, found: foundElsewhere(figures, large.refused) };
  return { measured, results: [...small, both] };
}

function figuresOf(...names: readonly (keyof typeof HOST_FIGURES)[]): Told['figures'] {
  return Object.assign({}, ...names.map((name) => counted(HOST_FIGURES[name]))) as Told['figures'];
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { raw: { type: 'string' }, out: { type: 'string' } } });
  const { raw, out } = values;
  if (raw === undefined || out === undefined) {
    throw new Error('--raw is what the host was found to do, and --out where it goes as a run');
  }
  const found = JSON.parse(await readFile(raw, 'utf8')) as Raw;
  const run = runOf(found, await measuredOn({ postgres: found.postgres }));
  await writeFile(out, `${JSON.stringify(run, null, 1)}\n`);
}

// The figures as a table: the median of the rounds, the least and the most.

import { valueOf, type Told } from './case.ts';
import type { Found } from './generator.ts';
import type { Result } from './results.ts';
import type { TargetName } from './targets.ts';

/** Markdown, with a row for each figure of each case that was measured. */
export function table(cases: readonly Told[], targets: readonly TargetName[], results: readonly Result[]): string {
  const rows = cases.flatMap((each) =>
    Object.entries(each.figures).flatMap(([name, figure]) => {
      const own = results.filter((result) => result.case === each.name);
      const cells = targets.map((target) => cell(own.filter((result) => result.target === target).map(({ found }) => found), figure, each));
      const rounds = new Set(own.map(({ round }) => round)).size;
      return cells.every((text) => text === '-') ? [] : [`| ${each.name}: ${name} | ${rounds} | ${cells.join(' | ')} |`];
    }),
  );
  return [`| | rounds | ${targets.join(' | ')} |`, `|---|---|${'---|'.repeat(targets.length)}`, ...rows].join('\n');
}

function cell(found: readonly Found[], figure: (found: Found) => number, { figures }: Told): string {
  const values = found.map((each) => valueOf(figure, each));
  const isLossy = found.some(({ losses }) => losses.length > 0);
  if (values.every(Number.isNaN)) {
    const isNothingTold = found.every((each) => Object.values(figures).every((of) => Number.isNaN(valueOf(of, each))));
    return isLossy && isNothingTold ? 'loses' : '-';
  }
  return `${spread(values)}${isLossy ? ', loses' : ''}${found.some(strains) ? ' †' : ''}`;
}

/** Whether the load generator, which is one thread, may have been what took its time. */
export function strains({ generator_cores }: Found): boolean {
  return generator_cores > 0.8;
}

/** The middle one; of two, the higher. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The median, and in brackets between what the values lie, if there are several. */
export function spread(values: readonly number[]): string {
  const [least, most] = [rounded(Math.min(...values)), rounded(Math.max(...values))];
  return least === most ? least : `${rounded(median(values))} (${least}-${most})`;
}

/** Three digits, as people write them. */
export function rounded(value: number): string {
  if (!Number.isFinite(value)) {
    return 'none';
  }
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}

// The figures as a table: the median of the rounds, and its ratio to ours.

import type { Case } from './cases.ts';
import type { Result } from './run.ts';
import type { TargetName } from './targets.ts';

/** Markdown, with a row for each figure of each case. */
export function table(cases: readonly Case[], targets: readonly TargetName[], results: readonly Result[]): string {
  const rows = cases.flatMap((each) =>
    Object.entries(each.figures).map(([name, figure]) => {
      const cells = targets.map((target) => {
        const found = results.filter((result) => result.case === each.name && result.target === target).map((result) => result.found);
        const isLossy = found.some(({ losses }) => losses.length > 0);
        return found.length === 0 ? '-' : `${round(median(found.map(figure)))}${isLossy ? ', loses' : ''}`;
      });
      return `| ${each.name}: ${name} | ${cells.join(' | ')} |`;
    }),
  );
  return [`| | ${targets.join(' | ')} |`, `|---|${'---|'.repeat(targets.length)}`, ...rows].join('\n');
}

/** The middle one; of two, the higher. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function round(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

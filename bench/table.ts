// The figures as a table: the median of the rounds, the least and the most.

import type { Case } from './case.ts';
import type { Result } from './results.ts';
import type { TargetName } from './targets.ts';

/** Markdown, with a row for each figure of each case that was measured. */
export function table(cases: readonly Case[], targets: readonly TargetName[], results: readonly Result[]): string {
  const rows = cases.flatMap((each) =>
    Object.entries(each.figures).flatMap(([name, figure]) => {
      const cells = targets.map((target) => {
        const found = results.filter((result) => result.case === each.name && result.target === target).map((result) => result.found);
        const isLossy = found.some(({ losses }) => losses.length > 0);
        return found.length === 0 ? '-' : `${spread(found.map(figure))}${isLossy ? ', loses' : ''}`;
      });
      return cells.every((cell) => cell === '-') ? [] : [`| ${each.name}: ${name} | ${cells.join(' | ')} |`];
    }),
  );
  return [`| | ${targets.join(' | ')} |`, `|---|${'---|'.repeat(targets.length)}`, ...rows].join('\n');
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

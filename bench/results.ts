// What a run has found, as it stands in its JSON.

import type { Found } from './generator.ts';
import type { Measured } from './machine.ts';
import type { TargetName } from './targets.ts';

/** One case on one server in one round. */
export type Result = { readonly case: string; readonly target: TargetName; readonly round: number; readonly found: Found };

/** A run: where and with what, and what it found. */
export type Run = { readonly measured: Measured; readonly results: readonly Result[] };

/** Several runs as one: of a case that is in more than one, what the last of them found. */
export function merged(runs: readonly Run[]): readonly Result[] {
  return runs.flatMap(({ results }, index) => {
    const later = new Set(runs.slice(index + 1).flatMap((run) => run.results.map((result) => result.case)));
    return results.filter((result) => !later.has(result.case));
  });
}

/** Runs as they are kept beside the page: what counts of them, with six digits of what is no whole number, a line for each measurement. */
export function kept(runs: readonly Run[]): string {
  const counting = new Set(merged(runs));
  const lines = runs.flatMap(({ measured, results }) => {
    const own = results.filter((result) => counting.has(result));
    return own.length === 0 ? [] : [`{"measured":${JSON.stringify(measured)},"results":[\n${own.map(line).join(',\n')}\n]}`];
  });
  return `[${lines.join(',\n')}]\n`;
}

function line(result: Result): string {
  return JSON.stringify(result, (_, value: unknown) => (typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value));
}

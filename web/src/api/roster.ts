// Enrolling a whole list of people, and what came of each of its lines.

import { Members } from '../text/members.ts';
import { ask } from './ask.ts';
import type { Fetch, Reply } from './ask.ts';
import { count } from './fields.ts';
import { classPath } from './classes.ts';

/** A line of the list that nobody could be enrolled by. */
export type RefusedLine = { readonly line: number; readonly text: string; readonly why: string };

export type RosterReport = {
  readonly enrolled: number;
  readonly invited: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: readonly RefusedLine[];
  /** Lines, not entries of the list above: of several that go together there is one. */
  readonly refusedCount: number;
  /** Lines that were taken, without a section: their groups do not tell one. */
  readonly unplaced: readonly RefusedLine[];
};

/** A file of comma-separated values may be so large; what the host reads of one request is 1 MiB. */
export const ROSTER_BYTES_MAX = 900 * 1024;

export function sendRoster(id: string, csv: string, fetchIt?: Fetch): Promise<Reply<RosterReport>> {
  return ask({ method: 'POST', path: `${classPath(id)}/roster`, body: { csv }, read: readReport }, fetchIt);
}

function readReport(answer: Members): RosterReport {
  return {
    enrolled: count(answer, 'enrolled'),
    invited: count(answer, 'invited'),
    changed: count(answer, 'changed'),
    unchanged: count(answer, 'unchanged'),
    refused: answer.list('refused', 100_000).map(readLine),
    refusedCount: count(answer, 'refused_count'),
    unplaced: answer.has('unplaced') ? answer.list('unplaced', 100_000).map(readLine) : [],
  };
}

function readLine(value: unknown): RefusedLine {
  const line = new Members(value, 'a line of the list');
  return { line: count(line, 'line'), text: line.string('text', 100_000), why: line.string('why', 10_000) };
}

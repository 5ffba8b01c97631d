// Writes what was measured into docs/performance.md, between its markers, and the charts beside it: `cargo xtask bench
// --report FILE...`. No figure there is typed by hand.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { BARS, outcomeOf, type Outcome } from './bars.ts';
import type { Case } from './case.ts';
import { casesOf } from './cases.ts';
import { svg } from './chart.ts';
import { chartsOf } from './charts.ts';
import type { Measured } from './machine.ts';
import { merged, type Result, type Run } from './results.ts';
import { rounded, table } from './table.ts';
import { TARGET_NAMES } from './targets.ts';

const BEGIN = '<!-- figures: written by `cargo xtask bench --report`, never by hand -->';
const END = '<!-- end of figures -->';

/** The part of the page between its markers. */
export function figures(runs: readonly Run[], cases: readonly Case[] = casesOf({ isLong: false })): string {
  const results = merged(runs);
  const charts = Object.entries(chartsOf(cases, results)).map(([name, { title }]) => `![${title}](performance/${name}.svg)`);
  const measured = TARGET_NAMES.filter((target) => results.some((result) => result.target === target));
  return [
    ...runs.map(({ measured: on }) => origin(on)),
    '### The bars',
    bars(cases, results),
    '### All figures',
    'The median of the rounds, and between what they lie. "-" was not measured: it means nothing there.',
    table(cases, measured, results),
    ...charts,
  ].join('\n\n');
}

/** A page with the part between its markers replaced. */
export function replaced(page: string, part: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) {
    throw new Error(`the page has no place for figures: it needs the lines ${BEGIN} and ${END}`);
  }
  return `${page.slice(0, begin)}${BEGIN}\n\n${part}\n\n${page.slice(end)}`;
}

function origin({ date, commit, machine, versions }: Measured): string {
  const pinned = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `Measured on ${date} at commit ${commit}, on ${machine}; ${pinned.join(', ')}.`;
}

function bars(cases: readonly Case[], results: readonly Result[]): string {
  const rows = BARS.flatMap((bar) => {
    const outcome = outcomeOf(bar, cases, results);
    return outcome === undefined ? [] : [row(outcome)];
  });
  return ['| case | bar | reached | |', '|---|---|---|---|', ...rows].join('\n');
}

function row({ bar, reached, least, highest, isMet, isLossy }: Outcome): string {
  const whose = bar.target === undefined ? '' : ` (${bar.target})`;
  const other = bar.of === undefined ? '' : ` × ${bar.of.case === undefined ? bar.of.target : `the time in "${bar.of.case}"`}`;
  const between = least === highest ? '' : ` (${rounded(least)}-${rounded(highest)})`;
  const said = isLossy ? 'loses something' : isMet ? 'met' : '**not met**';
  return `| ${bar.case}: ${bar.figure}${whose} | ≤ ${rounded(bar.most)}${other} | ${rounded(reached)}${between} | ${said} |`;
}

if (import.meta.main) {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { docs: { type: 'string', default: join(import.meta.dirname, '../docs') } },
  });
  const runs = await Promise.all(positionals.map(async (path) => JSON.parse(await readFile(path, 'utf8')) as Run));
  const page = join(values.docs, 'performance.md');
  await writeFile(page, replaced(await readFile(page, 'utf8'), figures(runs)));
  await mkdir(join(values.docs, 'performance'), { recursive: true });
  for (const [name, chart] of Object.entries(chartsOf(casesOf({ isLong: false }), merged(runs)))) {
    await writeFile(join(values.docs, 'performance', `${name}.svg`), svg(chart));
  }
}

// Writes what was measured into docs/performance.md, between its markers, and the charts beside it: `cargo xtask bench
// --report FILE...`. No figure there is typed by hand.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { tablesInWords } from './archives.ts';
import { BARS, outcomeOf, type Outcome, type Verdict } from './bars.ts';
import type { Told } from './case.ts';
import { allTold } from './cases.ts';
import { svg } from './chart.ts';
import { chartsOf } from './charts.ts';
import type { Measured } from './machine.ts';
import { kept, merged, type Result, type Run } from './results.ts';
import { rounded, strains, table } from './table.ts';
import { TARGET_NAMES } from './targets.ts';

const BEGIN = '<!-- figures: written by `cargo xtask bench --report`, never by hand -->';
const END = '<!-- end of figures -->';

/** The part of the page between its markers. */
export function figures(runs: readonly Run[], cases: readonly Told[] = allTold()): string {
  for (const { measured: on } of runs) {
    if (on.commit.endsWith('-dirty')) {
      throw new Error(`a run of ${on.commit} is none of any commit: nobody can measure it again`);
    }
    if (on.isSmoke === true) {
      throw new Error(`a run of ${on.commit} was made with --smoke, and measures nothing`);
    }
  }
  const results = merged(runs);
  const charts = Object.entries(chartsOf(cases, results)).map(([name, { title }]) => `![${title}](performance/${name}.svg)`);
  const measured = TARGET_NAMES.filter((target) => results.some((result) => result.target === target));
  return [
    ...runs.map((run, index) => (index === 0 ? origin(run.measured) : `${origin(run.measured)} Of these cases: ${namesOf(run)}.`)),
    ...documents(results),
    '### The bars',
    bars(cases, results),
    '### All figures',
    'The median of the rounds, and between what they lie. "-" means nothing there, or was not measured.',
    table(cases, measured, results),
    ...notes(results),
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

/** The cases of a run that is not the first: what is not of them is of another commit. */
function namesOf({ results }: Run): string {
  return [...new Set(results.map((result) => result.case))].join('; ');
}

function bars(cases: readonly Told[], results: readonly Result[]): string {
  const outcomes = BARS.map((bar) => outcomeOf(bar, cases, results));
  const many = (verdict: Verdict): number => outcomes.filter((outcome) => outcome.verdict === verdict).length;
  const others = many('loses') + many('reference loses');
  const summary = `Of ${BARS.length} bars ${many('met')} are met, ${many('not met')} are not, ${many('not measured')} were not measured`;
  const more = others === 0 ? '.' : `, and ${others} cannot be, since somebody loses something.`;
  return [`${summary}${more}`, '', '| case | bar | reached | |', '|---|---|---|---|', ...outcomes.map(row)].join('\n');
}

function row({ bar, reached, least, highest, verdict, isStrained }: Outcome): string {
  const whose = bar.target === undefined ? '' : ` (${bar.target})`;
  const limit = bar.most === undefined ? `≥ ${rounded(bar.least)}` : `≤ ${rounded(bar.most)}`;
  const other = bar.of === undefined ? '' : ` × ${bar.of.case === undefined ? bar.of.target : `the time in "${bar.of.case}"`}`;
  const between = least === highest ? '' : ` (${rounded(least)}-${rounded(highest)})`;
  const said: Record<Verdict, string> = {
    met: 'met',
    'not met': '**not met**',
    'not measured': 'not measured',
    loses: '**loses something**',
    'reference loses': `no comparison: *${bar.of?.target ?? ''}* loses something`,
  };
  // What is compared with somebody who loses something is no figure.
  const figure = Number.isFinite(reached) && verdict !== 'reference loses' ? `${rounded(reached)}${between}${isStrained ? ' †' : ''}` : '-';
  return `| ${bar.case}: ${bar.figure}${whose} | ${limit}${other} | ${figure} | ${said[verdict]} |`;
}

/** How large the large documents were. */
function documents(results: readonly Result[]): string[] {
  const names = { 'large document, pushed': 'A *large document*', '300 join 1 MB within 2 s': 'That of the bell' };
  const sentences = Object.entries(names).flatMap(([name, words]) => {
    const large = results.find((result) => result.case === name && result.found.large !== null)?.found.large ?? undefined;
    if (large === undefined) {
      return [];
    }
    const [items, itemsMax, bytes, bytesMax] = [large.items, large.items_max, large.bytes, large.bytes_max].map((value) => value.toLocaleString('en'));
    return [`${words} has ${items} items of the ${itemsMax} that a room takes, and ${bytes} bytes of the ${bytesMax}.`];
  });
  return sentences.length === 0 ? [] : [sentences.join(' ')];
}

/** What has to be known of some figures. */
function notes(results: readonly Result[]): string[] {
  const rows = results.map(({ found }) => tablesInWords(found.counted ?? {})).filter((words) => words !== '');
  return [
    ...(results.some(({ found }) => strains(found)) ? ['† The load generator used more than 0.8 of a core, which is all that it has of two: it may have been what was slow.'] : []),
    ...rows.map((words) => `Rows that were written while rooms were only read, and idle: ${words}.`),
  ];
}

/** What is kept of runs is read again before anything is written: the page says what stands beside it, and nothing else. */
export function filesOf(runs: readonly Run[], page: string): Readonly<Record<string, string>> {
  const text = kept(runs);
  if (text.length > KEPT_MAX) {
    throw new Error(`${text.length} characters of figures are too many to be kept beside the page: ${KEPT_MAX} are the most`);
  }
  const again = JSON.parse(text) as readonly Run[];
  const charts = Object.entries(chartsOf(allTold(), merged(again)));
  return {
    'performance.md': replaced(page, figures(again)),
    'performance/run.json': text,
    ...Object.fromEntries(charts.map(([name, chart]) => [`performance/${name}.svg`, svg(chart)])),
  };
}
const KEPT_MAX = 400_000;

if (import.meta.main) {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { docs: { type: 'string', default: join(import.meta.dirname, '../docs') } },
  });
  // What is kept beside the page is a list of runs: the page can be made again of it.
  const read = async (path: string): Promise<Run | readonly Run[]> => JSON.parse(await readFile(path, 'utf8')) as Run | readonly Run[];
  const runs = (await Promise.all(positionals.map(read))).flat();
  const files = filesOf(runs, await readFile(join(values.docs, 'performance.md'), 'utf8'));
  // A chart of what nobody measured any more would stay.
  await rm(join(values.docs, 'performance'), { recursive: true, force: true });
  await mkdir(join(values.docs, 'performance'), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(values.docs, name), text);
  }
}

// Which figures are drawn, by the name of the file.

import { valueOf, type Told } from './case.ts';
import type { Chart, Group } from './chart.ts';
import type { Result } from './results.ts';
import { median, rounded } from './table.ts';
import { TARGET_NAMES } from './targets.ts';

/** A figure of a case, under a title. */
type Drawn = readonly [title: string, name: string, figure: string];

const CHARTS: Readonly<Record<string, { title: string; groups: readonly Drawn[] }>> = {
  'fan-out': {
    title: 'One writer, 20 edits a second',
    groups: [10, 100, 400].flatMap((readers) => delivered(`${readers} readers`, `fan-out to ${readers}`)),
  },
  burst: {
    title: '2,000 updates at once to 50 readers',
    groups: [['ms until all have all', 'burst of 2,000 to 50', 'ms until all have all']],
  },
  writers: {
    title: 'All write twice a second',
    groups: [50, 200].flatMap((writers) => delivered(`${writers} writers`, `${writers} writers`)),
  },
  presence: {
    title: '100 peers say once a second where they are',
    groups: [
      ['frames that each is sent a second', 'presence of 100', 'frames per peer per s'],
      ['processor time, ms a second', 'presence of 100', 'CPU ms per s'],
    ],
  },
  joins: {
    title: 'Joining a large document: ms until all of it is there',
    groups: [
      ['in memory', 'large document, joined', 'ms (median)'],
      ['in memory, while 5 write', 'large document, joined while 5 write', 'ms (median)'],
      ['after a sleep', 'large document, joined after a sleep', 'ms (median)'],
      ['after a kill', 'large document, joined after a kill', 'ms (median)'],
      ['from Postgres', 'large document, joined from Postgres', 'ms (median)'],
    ],
  },
  memory: {
    title: 'Memory of the server, MiB',
    groups: [
      ['200 rooms of 3', 'memory of 200 rooms of 3', 'MiB'],
      ['a large document', 'memory of a large document', 'MiB'],
    ],
  },
};

/** What a delivery costs, and how long it takes: we pay for the one with the other. */
function delivered(title: string, name: string): Drawn[] {
  return [
    [`${title}: processor time for each delivery, µs`, name, 'µs per delivery'],
    [`${title}: 99 of 100 deliveries took at most, ms`, name, 'p99 ms'],
  ];
}

/** The charts of what was measured; those of which nothing was are left out. */
export function chartsOf(cases: readonly Told[], results: readonly Result[]): Readonly<Record<string, Chart>> {
  const drawn = Object.entries(CHARTS).map(([name, { title, groups }]): [string, Chart] => [
    name,
    { title, groups: groups.map((group) => groupOf(group, cases, results)).filter(({ bars }) => bars.length > 0) },
  ]);
  return Object.fromEntries(drawn.filter(([, { groups }]) => groups.length > 0));
}

function groupOf([title, name, figureName]: Drawn, cases: readonly Told[], results: readonly Result[]): Group {
  const figure = cases.find((each) => each.name === name)?.figures[figureName];
  if (figure === undefined) {
    throw new Error(`a chart is about ${name}: ${figureName}, which nobody measures`);
  }
  const bars = TARGET_NAMES.flatMap((target) => {
    const found = results.filter((result) => result.case === name && result.target === target).map((result) => result.found);
    const value = median(found.map((each) => valueOf(figure, each)));
    const loses = found.some(({ losses }) => losses.length > 0) ? ', loses' : '';
    return Number.isFinite(value) ? [{ label: target, value, words: `${rounded(value)}${loses}`, isOurs: target === 'glossator' }] : [];
  });
  return { title, bars };
}

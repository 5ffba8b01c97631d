// What the report says of what was measured: the page, its bars, and the charts.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BARS, outcomeOf } from '../bars.ts';
import { perDelivery, type Told } from '../case.ts';
import { allTold } from '../cases.ts';
import { svg } from '../chart.ts';
import { chartsOf } from '../charts.ts';
import { foundElsewhere, type Found } from '../generator.ts';
import { HOST_FIGURES, LARGE_SNAPSHOT, runOf as runOfHost, SNAPSHOTS, type Raw } from '../host.ts';
import { figures, filesOf, replaced } from '../report.ts';
import { merged, type Result, type Run } from '../results.ts';
import { median, rounded, spread, table } from '../table.ts';
import type { TargetName } from '../targets.ts';

const FAN_OUT = 'fan-out to 100';
const CASES = allTold();
const none = { p50: 0, p95: 0, p99: 0, max: 0 };

function found(costs: number, losses: readonly string[] = []): Found {
  return {
    peers: 101,
    joined_ms: 1,
    join_ms: none,
    wall_ms: 10_000,
    cpu_s: 1,
    generator_cpu_s: 1,
    generator_cores: 0.1,
    large: null,
    deliveries_wanted: 1,
    deliveries: 1,
    cpu_us_per_delivery: costs,
    delivery_ms: { ...none, p99: 7 },
    saved_ms: none,
    states: 0,
    state_ms: none,
    frames_per_peer_second: 0,
    resident_mib: [1, 2, 3],
    resident_peak_mib: 3,
    resident_every_10_s_mib: [],
    resident_asleep_mib: [],
    losses,
  };
}

function rounds(target: TargetName, costs: readonly number[], losses: readonly string[] = []): Result[] {
  return costs.map((each, index) => ({ case: FAN_OUT, target, round: index + 1, found: found(each, losses) }));
}

function runOf(results: readonly Result[], date = '2026-01-02'): Run {
  return { measured: { date, commit: 'abc', machine: '2 cores', versions: { yjs: '13' } }, results };
}

const bar = { case: FAN_OUT, figure: 'µs per delivery', most: 1.15, of: { target: 'durable' } } as const;

test('a bar divides what both had in the same round, and counts the middle one', () => {
  const results = [...rounds('durable', [10, 20, 40]), ...rounds('glossator', [11, 24, 60])];
  const outcome = outcomeOf(bar, CASES, results);
  assert.deepEqual([outcome.reached, outcome.least, outcome.highest, outcome.verdict], [1.2, 1.1, 1.5, 'not met']);
  assert.equal(outcomeOf({ ...bar, most: 1.2 }, CASES, results).verdict, 'met');
});

test('a bar is not met by who loses an edit, however fast', () => {
  const results = [...rounds('durable', [10]), ...rounds('glossator', [1], ['1 of 2 deliveries were made'])];
  assert.equal(outcomeOf(bar, CASES, results).verdict, 'loses');
  assert.match(figures([runOf(results)]), /fan-out to 100: µs per delivery \| ≤ 1.15 × durable \| 0.1 \| \*\*loses something\*\*/);
});

test('who is compared with somebody who loses an edit has met nothing, however fast, and has no ratio', () => {
  const results = [...rounds('durable', [10, 10]), ...rounds('glossator', [1, 1])];
  const [first, ...others] = results;
  assert.ok(first !== undefined);
  const lossy = [{ ...first, found: found(10, ['1 of 2 deliveries were made']) }, ...others];
  assert.equal(outcomeOf(bar, CASES, results).verdict, 'met');
  assert.equal(outcomeOf(bar, CASES, lossy).verdict, 'reference loses');
  const page = figures([runOf(lossy)]);
  assert.match(page, /fan-out to 100: µs per delivery \| ≤ 1.15 × durable \| - \| no comparison: \*durable\* loses something/);
  assert.match(page, new RegExp(`Of ${BARS.length} bars 0 are met, 0 are not, ${BARS.length - 2} were not measured, and 2 cannot be`));
});

test('every bar is on the page, and one that was not measured says so', () => {
  const page = figures([runOf(rounds('glossator', [1]))]);
  const rows = page.split('\n').filter((line) => / \| [≤≥] /.test(line));
  assert.equal(rows.length, BARS.length);
  assert.ok(rows.every((line) => line.endsWith('| - | not measured |')), page);
});

test('a round without a figure is not passed over', () => {
  const results = [...rounds('durable', [10, 10, 10]), ...rounds('glossator', [1, Number.NaN, 1])];
  assert.equal(outcomeOf(bar, CASES, results).verdict, 'not measured');
});

test('there is no page of what was changed and not committed', () => {
  const run = runOf(rounds('glossator', [1]));
  assert.throws(() => figures([{ ...run, measured: { ...run.measured, commit: 'abc-dirty' } }]), /abc-dirty is none of any commit/);
});

test('growth in a short run is another figure than that which has a bar', () => {
  const grows = [...Array.from({ length: 200 }, (_, index) => index)];
  const students = (wall_ms: number): Result => ({
    case: '1,100 students in 25 rooms',
    target: 'glossator',
    round: 1,
    found: { ...found(1), wall_ms, resident_every_10_s_mib: grows },
  });
  const short = figures([runOf([students(120_000)])]);
  assert.match(short, /students in 25 rooms: MiB grown in the last of 2 min \| 1 \| 6 \|/);
  assert.match(short, /MiB grown in the last 10 of 20 min \| ≤ 8 \| - \| not measured/);
  const long = figures([runOf([students(1_200_100)])]);
  assert.match(long, /MiB grown in the last 10 of 20 min \| ≤ 8 \| 60 \| \*\*not met\*\*/);
  assert.doesNotMatch(long, /of 2 min/);
});

test('the same of what is left after sleeps', () => {
  const wakes = (cycles: number): Result => ({
    case: 'sleep and wake',
    target: 'glossator',
    round: 1,
    found: { ...found(1), resident_asleep_mib: Array.from({ length: cycles }, (_, index) => index * 2) },
  });
  assert.match(figures([runOf([wakes(5)])]), /sleep and wake: MiB grown in the last 400 of 500 wakes \| 1 \| 8 \|/);
  assert.match(figures([runOf([wakes(50)])]), /MiB grown in the last 900 of 5,000 wakes \| ≤ 4 \| 18 \| \*\*not met\*\*/);
});

test('the page says how large the large documents were, where the generator had no core left, and which rows were written', () => {
  const large = { items: 26_001, items_max: 60_000, bytes: 987_654, bytes_max: 8_912_896 };
  const page = figures([
    runOf([
      { case: 'large document, pushed', target: 'glossator', round: 1, found: { ...found(1), large, generator_cores: 0.81 } },
      { case: 'writes to Postgres', target: 'glossator', round: 1, found: { ...found(1), counted: { 'rows of spent_nonce': 40 } } },
    ]),
  ]);
  assert.match(page, /A \*large document\* has 26,001 items of the 60,000 that a room takes, and 987,654 bytes of the 8,912,896\./);
  assert.match(page, /large document, pushed: ms until another has it \| 1 \| 10,000 † \|/);
  assert.match(page, /† The load generator used/);
  assert.match(page, /Rows that were written while rooms were only read, and idle: 40 of `spent_nonce`\./);
  assert.doesNotMatch(figures([runOf(rounds('glossator', [1]))]), /†/);
});

const raw: Raw = {
  postgres: '18.4',
  rounds: [
    { bare_per_second: 1_000, per_second: 850, p50_ms: 4, p99_ms: 11 },
    { bare_per_second: 1_000, per_second: 790, p50_ms: 4, p99_ms: 27 },
    { bare_per_second: 500, per_second: 410, p50_ms: 4, p99_ms: 24 },
  ],
  large: { ms: [310, 290], refused: [] },
};
const { measured: today } = runOf([]);

test('what is at least to be reached is met from there on, and is told as such', () => {
  const page = figures([runOfHost(raw, { ...today, versions: { postgres: raw.postgres } })]);
  assert.match(page, /on 2 cores; postgres 18\.4\./);
  const row = (figure: string): string => page.split('\n').find((line) => line.startsWith(`| ${figure} `)) ?? 'no such row';
  assert.equal(row(`${SNAPSHOTS}: ${HOST_FIGURES.share} | ≥`), `| ${SNAPSHOTS}: share of a bare loop's rate | ≥ 0.8 | 0.82 (0.79-0.85) | met |`);
  assert.equal(row(`${SNAPSHOTS}: p99 ms | ≤`), `| ${SNAPSHOTS}: p99 ms | ≤ 25 | 24 (11-27) | met |`);
  assert.equal(row(`${LARGE_SNAPSHOT}: are stored | ≥`), `| ${LARGE_SNAPSHOT}: are stored | ≥ 2 | 2 | met |`);
  const slow = raw.rounds.map((round) => ({ ...round, per_second: 0.799 * round.bare_per_second }));
  assert.match(figures([runOfHost({ ...raw, rounds: slow }, today)]), /rate \| ≥ 0\.8 \| 0\.799 \| \*\*not met\*\*/);
});

test('a large snapshot that is not stored is lost', () => {
  const page = figures([runOfHost({ ...raw, large: { ms: [310], refused: ['status 413: too large'] } }, today)]);
  assert.match(page, /are stored \| ≥ 2 \| 1 \| \*\*loses something\*\*/);
  assert.match(page, /ms for the first \| 1 \| 310, loses \|/);
  assert.doesNotMatch(page, /ms for the one on top/);
});

test('what is measured by itself makes one page with the others, kept beside it, and is said to be of its own commit', () => {
  const page = '<!-- figures: written by `cargo xtask bench --report`, never by hand -->\n<!-- end of figures -->\n';
  const host = runOfHost(raw, { ...today, commit: 'def', versions: { postgres: raw.postgres } });
  // As it is read from its file, where what is no number is null.
  const read = JSON.parse(JSON.stringify(host)) as Run;
  const files = filesOf([runOf(rounds('glossator', [3])), read], page);
  const said = files['performance.md'] ?? '';
  assert.match(said, /at commit abc, on 2 cores; yjs 13\.\n/);
  assert.ok(said.includes(`at commit def, on 2 cores; postgres 18.4. Of these cases: ${SNAPSHOTS}; ${LARGE_SNAPSHOT}.\n`), said);
  assert.match(said, /: ms for the one on top \| 1 \| 290 \|/);
  assert.deepEqual(filesOf(JSON.parse(files['performance/run.json'] ?? '') as Run[], page), files);
  assert.throws(() => figures([runOf([]), { ...host, measured: { ...today, commit: 'def-dirty' } }]), /def-dirty is none of any commit/);
});

test('a bar of what was not measured has no figure, and one about what nobody measures is a mistake', () => {
  const outcome = outcomeOf(bar, CASES, rounds('glossator', [1]));
  assert.deepEqual([outcome.verdict, outcome.reached], ['not measured', Number.NaN]);
  assert.throws(() => outcomeOf({ ...bar, figure: 'elegance' }, CASES, []), /nobody measures/);
});

test('every bar and every chart is about a figure that its case has', () => {
  const everything = CASES.flatMap(({ name, targets }) => targets.map((target) => ({ case: name, target, round: 1, found: found(1) })));
  for (const each of BARS) {
    assert.doesNotThrow(() => outcomeOf(each, CASES, everything), `${each.case}: ${each.figure}`);
    const measured = (name: string, target: TargetName): boolean => CASES.some((of) => of.name === name && of.targets.includes(target));
    assert.ok(measured(each.case, each.target ?? 'glossator'), each.case);
    assert.ok(each.of === undefined || measured(each.of.case ?? each.case, each.of.target), `${each.case} of ${each.of?.target}`);
  }
  assert.deepEqual(Object.keys(chartsOf(CASES, everything)), ['fan-out', 'burst', 'writers', 'presence', 'joins', 'memory']);
});

test('a table has the median and between what it lies, and says who loses', () => {
  const each: Told = { name: FAN_OUT, targets: [], figures: perDelivery };
  const results = [...rounds('relay', [3, 1, 2]), ...rounds('glossator', [1_234.5], ['something'])];
  assert.equal(table([each], ['relay', 'y-websocket', 'glossator'], results), [
    '| | rounds | relay | y-websocket | glossator |',
    '|---|---|---|---|---|',
    `| ${FAN_OUT}: µs per delivery | 3 | 2 (1-3) | - | 1,235, loses |`,
    `| ${FAN_OUT}: p99 ms | 3 | 7 | - | 7, loses |`,
  ].join('\n'));
  assert.equal(median([4, 1, 3, 2]), 3);
  assert.equal(spread([0.123_45]), '0.123');
  assert.equal(rounded(Number.NaN), 'none');
});

test('whoever has lost so much that nothing was measured loses, and has no figure, in this run and in its JSON', () => {
  const joined = 'large document, joined';
  const run = runOf([{ case: joined, target: 'hocuspocus', round: 1, found: foundElsewhere({}, ['the load generator ended with 1']) }]);
  for (const told of [run, JSON.parse(JSON.stringify(run)) as Run]) {
    const page = figures([told]);
    assert.match(page, /\| large document, joined: ms \(median\) \| 1 \| loses \|/);
    assert.deepEqual(chartsOf(CASES, told.results), {});
  }
});

test('of a case in several runs the last one counts', () => {
  const runs = [runOf([...rounds('relay', [1, 2]), ...rounds('glossator', [3])]), runOf(rounds('relay', [9]))];
  assert.deepEqual(merged(runs), rounds('relay', [9]));
});

test('the part between the markers is replaced, and nothing around it', () => {
  const page = '# Title\n\n<!-- figures: written by `cargo xtask bench --report`, never by hand -->\n\nold\n\n<!-- end of figures -->\n\nrest\n';
  const once = replaced(page, 'new');
  assert.equal(once, page.replace('old', 'new'));
  assert.equal(replaced(once, 'new'), once);
  assert.throws(() => replaced('# Title\n', 'new'), /no place for figures/);
});

test('what a page is made of is kept beside it, and makes the same page again', () => {
  const page = '<!-- figures: written by `cargo xtask bench --report`, never by hand -->\n<!-- end of figures -->\n';
  const runs = [runOf([...rounds('durable', [3.123_456_78]), ...rounds('glossator', [3])]), runOf(rounds('relay', [9]), '2026-02-03'), runOf(rounds('relay', [8]))];
  const { 'performance/run.json': text = '', ...others } = filesOf(runs, page);
  assert.deepEqual(Object.keys(others), ['performance.md', 'performance/fan-out.svg']);
  const again = JSON.parse(text) as Run[];
  assert.deepEqual(again.map(({ results }) => results), [rounds('relay', [8])]);
  assert.deepEqual(filesOf(again, page), filesOf(runs, page));
  const large = { items: 1, items_max: 2, bytes: 3, bytes_max: 8_912_896 };
  const [first] = rounds('glossator', [3.123_456_78]);
  assert.ok(first !== undefined);
  const precise = filesOf([runOf([{ ...first, found: { ...first.found, large } }])], page)['performance/run.json'] ?? '';
  assert.match(precise, /"bytes_max":8912896\}.*"cpu_us_per_delivery":3\.12346,/);
  const many = Array.from({ length: 1_000 }, () => rounds('glossator', [1])).flat();
  assert.throws(() => filesOf([runOf(many)], page), /too many to be kept/);
});

test('a chart has a bar as long as its value, its figure beside it, and says the same in words', () => {
  const results = [...rounds('relay', [10]), ...rounds('glossator', [5])];
  const { 'fan-out': chart, ...others } = chartsOf(CASES, results);
  assert.deepEqual(Object.keys(others), []);
  assert.ok(chart !== undefined);
  const drawn = svg(chart);
  assert.deepEqual([...drawn.matchAll(/<rect [^>]*width="(\d+)"/g)].map(([, width]) => width), ['400', '200', '400', '400']);
  assert.match(drawn, /<rect [^>]*width="200"[^>]*class="ours"/);
  assert.match(drawn, /<desc id="said">100 readers: processor time for each delivery, µs: relay 10, glossator 5\. 100 readers: 99 of 100 deliveries took at most, ms: relay 7, glossator 7\.<\/desc>/);
  assert.doesNotMatch(svg({ title: '<a> & "b"', groups: [] }), /<a>/);
});

// What the report says of what was measured: the page, its bars, and the charts.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BARS, outcomeOf } from '../bars.ts';
import { perDelivery, type Case } from '../case.ts';
import { casesOf } from '../cases.ts';
import { svg } from '../chart.ts';
import { chartsOf } from '../charts.ts';
import type { Found } from '../generator.ts';
import { figures, replaced } from '../report.ts';
import { merged, type Result, type Run } from '../results.ts';
import { median, rounded, spread, table } from '../table.ts';
import type { TargetName } from '../targets.ts';

const FAN_OUT = 'fan-out to 100';
const CASES: readonly Case[] = casesOf({ isLong: false });
const none = { p50: 0, p95: 0, p99: 0, max: 0 };

function found(costs: number, losses: readonly string[] = []): Found {
  return {
    peers: 101,
    joined_ms: 1,
    join_ms: none,
    wall_ms: 10_000,
    cpu_s: 1,
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
  assert.deepEqual([outcome?.reached, outcome?.least, outcome?.highest, outcome?.isMet], [1.2, 1.1, 1.5, false]);
  assert.equal(outcomeOf({ ...bar, most: 1.2 }, CASES, results)?.isMet, true);
});

test('a bar is not met by who loses an edit, however fast', () => {
  const results = [...rounds('durable', [10]), ...rounds('glossator', [1], ['1 of 2 deliveries were made'])];
  const outcome = outcomeOf(bar, CASES, results);
  assert.deepEqual([outcome?.isMet, outcome?.isLossy], [false, true]);
  assert.match(figures([runOf(results)]), /loses something/);
});

test('a bar of what was not measured has no outcome, and one about what nobody measures is a mistake', () => {
  assert.equal(outcomeOf(bar, CASES, rounds('glossator', [1])), undefined);
  assert.throws(() => outcomeOf({ ...bar, figure: 'elegance' }, CASES, []), /nobody measures/);
});

test('every bar and every chart is about a figure that its case has', () => {
  const everything = CASES.flatMap(({ name, targets }) => targets.map((target) => ({ case: name, target, round: 1, found: found(1) })));
  for (const each of BARS) {
    assert.notEqual(outcomeOf(each, CASES, everything), undefined, `${each.case}: ${each.figure}`);
  }
  assert.deepEqual(Object.keys(chartsOf(CASES, everything)), ['fan-out', 'burst', 'writers', 'presence', 'joins', 'memory']);
});

test('a table has the median and between what it lies, and says who loses', () => {
  const each: Case = { name: FAN_OUT, targets: [], figures: perDelivery, run: () => Promise.reject(new Error('not here')) };
  const results = [...rounds('relay', [3, 1, 2]), ...rounds('glossator', [1_234.5], ['something'])];
  assert.equal(table([each], ['relay', 'y-websocket', 'glossator'], results), [
    '| | relay | y-websocket | glossator |',
    '|---|---|---|---|',
    `| ${FAN_OUT}: µs per delivery | 2 (1-3) | - | 1,235, loses |`,
    `| ${FAN_OUT}: p99 ms | 7 | - | 7, loses |`,
  ].join('\n'));
  assert.equal(median([4, 1, 3, 2]), 3);
  assert.equal(spread([0.123_45]), '0.123');
  assert.equal(rounded(Number.NaN), 'none');
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

test('a chart has a bar as long as its value, its figure beside it, and says the same in words', () => {
  const results = [...rounds('relay', [10]), ...rounds('glossator', [5])];
  const { 'fan-out': chart, ...others } = chartsOf(CASES, results);
  assert.deepEqual(Object.keys(others), []);
  assert.ok(chart !== undefined);
  const drawn = svg(chart);
  assert.deepEqual([...drawn.matchAll(/<rect [^>]*width="(\d+)"/g)].map(([, width]) => width), ['400', '200']);
  assert.match(drawn, /<rect [^>]*width="200"[^>]*class="ours"/);
  assert.match(drawn, /<desc id="said">100 readers: relay 10, glossator 5\.<\/desc>/);
  assert.doesNotMatch(svg({ title: '<a> & "b"', groups: [] }), /<a>/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Intervals } from '../../src/text/intervals.ts';
import { numbers } from './seeded.ts';

test('what covers an offset comes smallest first, and of equal ones the newest', () => {
  const intervals = new Intervals();
  intervals.set({ id: 'long', start: 0, end: 5_000 });
  intervals.set({ id: 'old', start: 10, end: 20 });
  intervals.set({ id: 'new', start: 10, end: 20 });
  assert.deepEqual(intervals.at(10).map(({ id }) => id), ['new', 'old', 'long']);
  assert.deepEqual(intervals.at(20).map(({ id }) => id), ['long']);
  assert.deepEqual(intervals.at(5_000), []);
});

test('it always says what looking at each one would say', () => {
  const random = numbers(5);
  const intervals = new Intervals();
  const all = new Map<string, { id: string; start: number; end: number }>();
  for (let step = 0; step < 3_000; step += 1) {
    const id = String(random(60));
    if (random(3) === 0) {
      intervals.remove(id);
      all.delete(id);
    } else {
      const start = random(9_000);
      const interval = { id, start, end: start + 1 + random(random(4) === 0 ? 4_000 : 100) };
      intervals.set(interval);
      all.set(id, interval);
    }
    const from = random(9_000);
    const to = from + 1 + random(3_000);
    const covering = [...all.values()].filter(({ start, end }) => start <= from && from < end);
    assert.deepEqual(idsOf(intervals.at(from)), idsOf(covering));
    assert.deepEqual(idsOf(intervals.overlapping({ start: from, end: to })), idsOf([...all.values()].filter(({ start, end }) => start < to && from < end)));
    const sizes = intervals.at(from).map(({ start, end }) => end - start);
    assert.deepEqual(sizes, sizes.toSorted((a, b) => a - b));
  }
});

function idsOf(found: Iterable<{ id: string }>): string[] {
  return [...found].map(({ id }) => id).toSorted();
}

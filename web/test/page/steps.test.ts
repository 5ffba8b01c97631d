import assert from 'node:assert/strict';
import { test } from 'node:test';

import { neighbour } from '../../src/page/find/finding.ts';
import { countWords, stopFrom, stopsOf } from '../../src/page/find/stops.ts';
import type { FoundCard, Stop } from '../../src/page/find/stops.ts';

const ORDER = ['a', 'b', 'c', 'd'];

test('steps lead along the text and around its end', () => {
  assert.equal(neighbour(ORDER, 'b', 1), 'c');
  assert.equal(neighbour(ORDER, 'd', 1), 'a');
  assert.equal(neighbour(ORDER, 'b', -1), 'a');
  assert.equal(neighbour(ORDER, 'a', -1), 'd');
});

test('from nowhere, the first or the last comes next', () => {
  assert.equal(neighbour(ORDER, null, 1), 'a');
  assert.equal(neighbour(ORDER, null, -1), 'd');
  assert.equal(neighbour(ORDER, 'gone', 1), 'a');
});

test('the only one is its own next, and of none there is none', () => {
  assert.equal(neighbour(['c'], 'c', 1), 'c');
  assert.equal(neighbour(['c'], 'c', -1), 'c');
  assert.equal(neighbour([], 'c', 1), null);
  assert.equal(neighbour([], null, -1), null);
});

test('matches and cards are stepped through in the order of the text', () => {
  const stops = stopsOf([at(10), at(50)], [card('before', 2, 6), card('between', 20, 30), card('behind', 60, 70)]);
  assert.deepEqual(told(stops), ['before', '10', 'between', '50', 'behind']);
});

test('a card whose highlight holds a match opens at the match, and is no stop of its own', () => {
  assert.deepEqual(told(stopsOf([at(10), at(50)], [card('around', 5, 40)])), ['10 around', '50']);
  assert.deepEqual(told(stopsOf([at(10)], [card('over its end', 12, 40)])), ['10 over its end']);
  assert.deepEqual(told(stopsOf([at(10)], [card('over its start', 5, 11)])), ['10 over its start']);
  assert.deepEqual(told(stopsOf([at(10), at(20)], [card('around both', 5, 40)])), ['10 around both', '20 around both']);
  assert.deepEqual(told(stopsOf([at(10)], [card('up to it', 5, 10), card('from it', 14, 20)])), ['up to it', '10', 'from it']);
});

test('each of several cards at one match has a stop', () => {
  assert.deepEqual(told(stopsOf([at(10)], [card('long', 5, 40), card('short', 10, 14)])), ['10 long', 'short']);
  assert.deepEqual(told(stopsOf([at(10), at(20)], [card('long', 5, 40), card('short', 20, 24)])), ['10 long', '20 short']);
});

test('the next stop is found from a stop or from where one reads, around the end', () => {
  const stops = stopsOf([at(10), at(50), at(90)], []);
  const from = (where: { index: number } | { offset: number }, by: 1 | -1): number | undefined => stopFrom(stops, where, by)?.start;
  assert.deepEqual([from({ index: 0 }, 1), from({ index: 2 }, 1), from({ index: 0 }, -1), from({ index: 2 }, -1)], [50, 10, 90, 50]);
  assert.deepEqual([from({ offset: 0 }, 1), from({ offset: 50 }, 1), from({ offset: 91 }, 1)], [10, 50, 10]);
  assert.deepEqual([from({ offset: 0 }, -1), from({ offset: 50 }, -1), from({ offset: 91 }, -1)], [90, 10, 90]);
  assert.deepEqual([stopFrom([], { offset: 5 }, 1), stopFrom([], { offset: 5 }, -1), stopFrom([], { index: 0 }, 1)], [null, null, null]);
});

test('the count tells text and cards apart, and where one stands', () => {
  const some = stopsOf([at(10), at(50), at(90)], [card('a', 0, 5), card('b', 30, 35)]);
  assert.equal(countWords(some, -1), '3 in the text,\n2 more cards');
  assert.equal(countWords(some, 1), '2 of 5');
  assert.equal(countWords(stopsOf([at(10)], []), -1), '1 in the text');
  assert.equal(countWords(stopsOf([], [card('a', 0, 5)]), -1), '1 card');
  assert.equal(countWords([], -1), 'Nothing found');
  const most = stopsOf(Array.from({ length: 2_000 }, (_, index) => at(index * 10)), []);
  assert.equal(countWords(most, -1), 'first 2,000 in the text');
  assert.equal(countWords(most, 1_999), '2,000 of 2,000');
});

/** A match of four units. */
function at(start: number): { start: number; end: number } {
  return { start, end: start + 4 };
}

function card(id: string, start: number, end: number): FoundCard {
  return { id, place: { start, end } };
}

/** Where matches stand, and the cards that open there. */
function told(stops: readonly Stop[]): string[] {
  return stops.map(({ start, match, card: id }) => [match === null ? '' : start, id ?? ''].join(' ').trim());
}

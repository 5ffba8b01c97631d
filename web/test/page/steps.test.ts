import assert from 'node:assert/strict';
import { test } from 'node:test';

import { stepFrom } from '../../src/page/find/finding.ts';

const ORDER = ['a', 'b', 'c', 'd'];
const ALL = new Set(ORDER);

test('steps lead along the text and around its end', () => {
  assert.equal(stepFrom(ORDER, ALL, 'b', 1), 'c');
  assert.equal(stepFrom(ORDER, ALL, 'd', 1), 'a');
  assert.equal(stepFrom(ORDER, ALL, 'b', -1), 'a');
  assert.equal(stepFrom(ORDER, ALL, 'a', -1), 'd');
});

test('from nowhere, the first or the last comes next', () => {
  assert.equal(stepFrom(ORDER, ALL, null, 1), 'a');
  assert.equal(stepFrom(ORDER, ALL, null, -1), 'd');
  assert.equal(stepFrom(ORDER, ALL, 'gone', 1), 'a');
});

test('from one that is not among them, the next of them in the text comes', () => {
  assert.equal(stepFrom(ORDER, new Set(['a', 'd']), 'b', 1), 'd');
  assert.equal(stepFrom(ORDER, new Set(['a', 'd']), 'c', -1), 'a');
});

test('the only one is its own next, and of none there is none', () => {
  assert.equal(stepFrom(ORDER, new Set(['c']), 'c', 1), 'c');
  assert.equal(stepFrom(ORDER, new Set(['c']), 'c', -1), 'c');
  assert.equal(stepFrom(ORDER, new Set(), 'c', 1), null);
});

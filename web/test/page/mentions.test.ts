// Which names are offered while a mention is written.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { OFFERED_MAX, begun, fitting } from '../../src/page/mentions/names.ts';

const NAMES = ['Anna', 'Anna Schmidt', 'Zoë Anders', 'Émile'];

test('a mention is begun by an @ that is not within a word, and goes on over spaces', () => {
  for (const [text, expected] of [
    ['@', { at: 0, words: '' }],
    ['see @An', { at: 4, words: 'An' }],
    ['@Anna Sch', { at: 0, words: 'Anna Sch' }],
    ['(@é', { at: 1, words: 'é' }],
    ['a@b.example', null],
    ['@ and', null],
    ['@Anna\nnext', null],
    ['nothing', null],
    [`@${'x'.repeat(80)}`, null],
  ] as const) {
    assert.deepEqual(begun(text, text.length), expected, text);
  }
  assert.deepEqual(begun('@Anna and more', 3), { at: 0, words: 'An' }, 'only what stands before the caret');
});

test('names are offered that begin so, then those of which a part does', () => {
  assert.deepEqual(fitting(NAMES, 'an'), ['Anna', 'Anna Schmidt', 'Zoë Anders']);
  assert.deepEqual(fitting(NAMES, 'ÉM'), ['Émile']);
  assert.deepEqual(fitting(NAMES, 'nna'), []);
});

test('nothing is offered for a whole name that no other begins with, nor for what goes on behind one', () => {
  assert.deepEqual(fitting(NAMES, 'anna schmidt'), []);
  assert.deepEqual(fitting(NAMES, 'anna'), ['Anna', 'Anna Schmidt']);
  assert.deepEqual(fitting(NAMES, 'Anna Schmidt is right'), []);
});

test('no more are offered than are looked through', () => {
  const many = Array.from({ length: 300 }, (_none, n) => `Person ${n}`);
  assert.equal(fitting(many, 'p').length, OFFERED_MAX);
});

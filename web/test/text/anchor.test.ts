import assert from 'node:assert/strict';
import { test } from 'node:test';

import { anchor, CONTEXT_UNITS_MAX, selectorOf } from '../../src/text/anchor.ts';
import { decodeCaseText } from '../../src/text/case_text.ts';
import { longJudgment, spreadHighlights } from './long_judgment.ts';
import { hardCase, numbers } from './seeded.ts';

const TEXT = 'The quick brown fox. The quick red fox. The end of it all, which comes late.';

test('a highlight whose quote stands at its place is there', () => {
  const selector = selectorOf({ start: 4, end: 9 }, TEXT);
  assert.deepEqual(selector, { start: 4, end: 9, quote: 'quick', prefix: 'The ', suffix: ' brown fox. The quick red fox. T' });
  assert.deepEqual(anchor(selector, TEXT), { start: 4, end: 9 });
});

test('a highlight that was moved is found by quote and context, if they stand in one place only', () => {
  const moved = { ...selectorOf({ start: 25, end: 30 }, TEXT), start: 3, end: 8 };
  assert.deepEqual(anchor(moved, TEXT), { start: 25, end: 30 });
  assert.equal(anchor(moved, `${TEXT} ${TEXT}`), 'orphan');
});

test('a short quote without context is not looked for elsewhere, a long one is', () => {
  const bare = { start: 0, end: 3, prefix: '', suffix: '' };
  assert.equal(anchor({ ...bare, quote: 'red' }, TEXT), 'orphan');
  const long = 'The end of it all, which comes late.';
  assert.deepEqual(anchor({ ...bare, quote: long }, TEXT), { start: 40, end: 40 + long.length });
});

test('a quote that is not in the text, blank, or half a character is an orphan', () => {
  const place = { start: 0, end: 3, prefix: 'x', suffix: 'y' };
  assert.equal(anchor({ ...place, quote: 'fix' }, TEXT), 'orphan');
  for (const quote of ['', '  \n', '\ud83d', '\ude00a']) {
    assert.equal(anchor({ ...place, quote, end: quote.length }, `${quote}${TEXT}`), 'orphan', JSON.stringify(quote));
  }
});

test('offsets that are none are no place', () => {
  for (const [start, end] of [[-1, 2], [0.5, 3.5], [Number.NaN, 3], [0, Number.POSITIVE_INFINITY], [3, 0], [9_999, 10_002]] as const) {
    assert.equal(anchor({ start, end, quote: 'The', prefix: '', suffix: '' }, TEXT), 'orphan');
  }
});

test('context never begins or ends with half a pair, and is as long as it may be', () => {
  const text = '😀'.repeat(100);
  for (const odd of ['', 'x']) {
    const { prefix, suffix } = selectorOf({ start: 80, end: 84 }, text);
    assert.ok(prefix.isWellFormed() && suffix.isWellFormed());
    assert.equal(prefix.length, CONTEXT_UNITS_MAX);
    const shifted = selectorOf({ start: 80 + odd.length, end: 84 + odd.length }, `${text.slice(0, 60)}${odd}${text.slice(60)}`);
    assert.ok(shifted.prefix.isWellFormed() && shifted.prefix.length >= CONTEXT_UNITS_MAX - 1);
  }
});

test('an anchor is never a place where the quote does not stand, however text and offsets are disturbed', () => {
  const random = numbers(8);
  let found = 0;
  for (let round = 0; round < 4_000; round += 1) {
    const { text } = decodeCaseText(hardCase(round % 80));
    const other = random(3) === 0 ? decodeCaseText(hardCase(random(80))).text : text;
    const [start, end] = [random(text.length), random(text.length)].toSorted((a, b) => a - b);
    const selector = selectorOf({ start: start ?? 0, end: end ?? 0 }, text);
    const shift = random(5) - 2;
    const place = anchor({ ...selector, start: selector.start + shift, end: selector.end + shift }, other);
    if (place !== 'orphan') {
      found += 1;
      assert.equal(other.slice(place.start, place.end), selector.quote);
      assert.ok(selector.quote.isWellFormed());
    }
  }
  assert.ok(found > 500, `${found} were found`);
});

test('highlights of a long judgment are all where they were made', () => {
  const { text } = decodeCaseText(longJudgment());
  for (const highlight of spreadHighlights(text, 190)) {
    assert.deepEqual(anchor(highlight, text), { start: highlight.start, end: highlight.end });
  }
});

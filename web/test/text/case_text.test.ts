import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decodeCaseText } from '../../src/text/case_text.ts';
import { NotACaseError } from '../../src/text/members.ts';
import { longJudgment } from './long_judgment.ts';
import { CaseWriter, hardCase, numbers, type RawCase } from './seeded.ts';

const small = (): RawCase =>
  new CaseWriter()
    .add('part', 'Judgment 😀')
    .add('paragraph', 'One *two* [n1] [p9].', { number: '1' })
    .add('paragraph', 'Dissent.', { number: '1' })
    .add('note', 'See there.', { number: '1' })
    .done();

test('blocks are named by number, notes by theirs, all else by place, and no name twice', () => {
  assert.deepEqual(decodeCaseText(small()).blocks.map(({ id }) => id), ['b0', 'p1', 'b2', 'n1']);
});

test('a reference that leads nowhere leads to null', () => {
  const references = decodeCaseText(small()).marks.filter(({ kind }) => kind !== 'emphasis');
  assert.deepEqual(references.map(({ kind, to }) => [kind, to]), [['noteref', 'n1'], ['reference', null]]);
});

test('what may be left out is null, and unknown members are ignored', () => {
  const text = decodeCaseText({ ...small(), colour: 'red' });
  assert.deepEqual([text.summary, text.licence, text.lang, text.facts], [null, null, null, []]);
  assert.equal(decodeCaseText({ ...small(), lang: 'de-CH' }).lang, 'de-CH');
  assert.equal(decodeCaseText({ ...small(), lang: 'no language' }).lang, null);
});

test('what contradicts itself is refused with the place and the reason', () => {
  const cases: [(raw: RawCase) => unknown, RegExp][] = [
    [() => null, /the text of a case is null/],
    [() => [], /is \[\], not an object/],
    [(raw) => ({ ...raw, format: 2 }), /format is 2, not 1: reload/],
    [(raw) => ({ ...raw, title: 3 }), /title is 3/],
    [(raw) => ({ ...raw, kind: 'poem' }), /kind is "poem"/],
    [(raw) => ({ ...raw, text: 7 }), /text is 7/],
    [(raw) => ({ ...raw, text: `${raw.text}\ud800` }), /surrogate/],
    [(raw) => ({ ...raw, text: `${raw.text} more` }), /lies outside of the blocks/],
    [(raw) => ({ ...raw, blocks: {} }), /blocks is \{\}, not a list/],
    [(raw) => withBlock(raw, 0, { end: 10 }), /blocks\[0\]\.end is 10, not an offset between characters/],
    [(raw) => withBlock(raw, 1, { start: 9 }), /blocks\[1\]/],
    [(raw) => withBlock(raw, 1, { start: 14 }), /blocks\[1\] starts at 14/],
    [(raw) => withBlock(raw, 3, { end: 10_000 }), /blocks\[3\]\.end is 10000, not an offset/],
    [(raw) => withBlock(raw, 1, { end: raw.blocks[1]?.start ?? 0 }), /blocks\[1\]\.end is 13, not an offset between characters, from 14/],
    [(raw) => withBlock(raw, 1, { start: 13.5 }), /13\.5/],
    [(raw) => withBlock(raw, 1, { kind: 'stanza' as never }), /stanza/],
    [(raw) => withBlock(raw, 1, { number: 'x'.repeat(21) }), /blocks\[1\]\.number is "x+", not a string of at most 20/],
    [(raw) => ({ ...raw, blocks: raw.blocks.toReversed() }), /not behind empty lines/],
    [(raw) => ({ ...raw, marks: [{ kind: 'emphasis', start: 0, end: 16 }] }), /within one block/],
    [(raw) => ({ ...raw, marks: [{ kind: 'blink', start: 0, end: 3 }] }), /blink/],
    [(raw) => ({ ...raw, marks: [{ kind: 'strong', start: 0, end: 3 }, { kind: 'strong', start: 2, end: 5 }] }), /crosses/],
    [(raw) => ({ ...raw, marks: Array.from({ length: 17 }, () => ({ kind: 'strong', start: 0, end: 3 })) }), /within 16 other/],
    [(raw) => ({ ...raw, facts: [{ label: 'Court' }] }), /facts\[0\]\.value is undefined, not a string/],
  ];
  for (const [spoil, reason] of cases) {
    assert.throws(() => decodeCaseText(spoil(small())), (error) => error instanceof NotACaseError && reason.test(error.message), String(reason));
  }
});

test('an error cuts what it shows', () => {
  assert.throws(() => decodeCaseText({ ...small(), kind: 'x'.repeat(100_000) }), (error) => error instanceof Error && error.message.length < 200);
});

test('marks of equal stretches and of one start are nested, the longer outside', () => {
  const raw = { ...small(), marks: [{ kind: 'strong', start: 13, end: 16 }, { kind: 'emphasis', start: 13, end: 20 }, { kind: 'code', start: 17, end: 20 }] };
  assert.deepEqual(decodeCaseText(raw).marks.map(({ kind }) => kind), ['emphasis', 'strong', 'code']);
});

test('whatever is done to the offsets of a text, it is read whole or refused', () => {
  const random = numbers(4);
  let refused = 0;
  for (let seed = 0; seed < 2_000; seed += 1) {
    const raw = hardCase(seed % 50);
    const list = random(2) === 0 ? raw.blocks : raw.marks;
    const entry = list[random(list.length)];
    if (entry !== undefined) {
      entry[random(2) === 0 ? 'start' : 'end'] += random(7) - 3;
    }
    try {
      const { text, blocks, marks } = decodeCaseText(raw);
      for (const { start, end } of [...blocks, ...marks]) {
        assert.ok(text.slice(start, end).isWellFormed());
      }
      assert.equal(blocks.map(({ start, end }) => text.slice(start, end)).join('').replaceAll('\n', ''), text.replaceAll('\n', ''));
    } catch (error) {
      assert.ok(error instanceof NotACaseError, String(error));
      refused += 1;
    }
  }
  assert.ok(refused > 200, `${refused} were refused`);
});

test('the long judgment is a case of the stated length, and the same in every run', () => {
  const text = decodeCaseText(longJudgment());
  assert.ok(text.text.length > 425_000 && text.text.length < 427_000, String(text.text.length));
  assert.deepEqual(longJudgment(), longJudgment());
});

function withBlock(raw: RawCase, index: number, change: Partial<RawCase['blocks'][number]>): RawCase {
  return { ...raw, blocks: raw.blocks.map((block, at) => (at === index ? { ...block, ...change } : block)) };
}

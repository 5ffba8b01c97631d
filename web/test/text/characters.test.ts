import assert from 'node:assert/strict';
import { test } from 'node:test';

import { trimSpan, wholeCharacters } from '../../src/text/characters.ts';
import { sentenceAt } from '../../src/text/sentences.ts';
import { numbers, pick } from './seeded.ts';

test('a part of a character is widened to the whole of it, as readers see it', () => {
  for (const character of ['😀', 'e\u0301', 'o\u0302\u0323', '👩‍⚖️', '👨‍👩‍👧‍👦', '🇨🇭', 'ש\u05C1', 'ก็']) {
    const text = `ab${character}cd`;
    const all = { start: 0, end: text.length };
    const around = { start: all, end: all };
    const whole = { start: 2, end: 2 + character.length };
    for (let start = 2; start < whole.end; start += 1) {
      assert.deepEqual(wholeCharacters(text, { start, end: start + 1 }, around), whole, `${character} from ${start}`);
    }
    assert.deepEqual(wholeCharacters(text, { start: 1, end: whole.end + 1 }, around), { start: 1, end: whole.end + 1 });
  }
});

test('widening is widening only, and widening twice is widening once', () => {
  const random = numbers(3);
  for (let round = 0; round < 2_000; round += 1) {
    const text = Array.from({ length: 1 + random(12) }, () => pick(['a', ' ', '😀', '\u0301', '\u200d', '🇨🇭', 'ש'], random)).join('');
    const all = { start: 0, end: text.length };
    const start = random(text.length);
    const asked = { start, end: start + 1 + random(text.length - start) };
    const whole = wholeCharacters(text, asked, { start: all, end: all });
    assert.ok(whole.start <= asked.start && whole.end >= asked.end);
    assert.deepEqual(wholeCharacters(text, whole, { start: all, end: all }), whole, JSON.stringify(text));
  }
});

test('white space at both ends is left out, also the kinds that do not break', () => {
  assert.deepEqual(trimSpan('  \u00A0a b\n\n', { start: 0, end: 8 }), { start: 3, end: 6 });
  assert.deepEqual(trimSpan('ab', { start: 0, end: 2 }), { start: 0, end: 2 });
  assert.equal(trimSpan('a \n b', { start: 1, end: 4 }), null);
});

test('a sentence ends where one does, not after an abbreviation of lawyers', () => {
  const text = 'He relied on s. 12 and Art. 3. Mr. Justice J. Holm agreed (cf. No. 7, p. 9). “Was it so?” It was.';
  const block = { start: 0, end: text.length };
  const sentences = [0, 20, 33, 60, 80, 95].map((offset) => {
    const { start, end } = sentenceAt(text, offset, block);
    return text.slice(start, end);
  });
  assert.deepEqual(sentences, [
    'He relied on s. 12 and Art. 3.',
    'He relied on s. 12 and Art. 3.',
    'Mr. Justice J. Holm agreed (cf. No. 7, p. 9).',
    'Mr. Justice J. Holm agreed (cf. No. 7, p. 9).',
    '“Was it so?”',
    'It was.',
  ]);
});

test('a sentence stays in its block, and the end of the block belongs to the last one', () => {
  const text = 'One. Two.\n\nThree. Four.';
  const at = (offset: number): string => {
    const { start, end } = sentenceAt(text, offset, { start: 11, end: text.length });
    return text.slice(start, end);
  };
  assert.deepEqual([at(11), at(18), at(text.length)], ['Three.', 'Four.', 'Four.']);
});

// A file of its own, and so a process of its own: what follows is a browser without Intl.Segmenter.

import assert from 'node:assert/strict';
import { test } from 'node:test';

test('without Intl.Segmenter pairs, combining marks and joined emoji are still kept whole', async () => {
  Object.defineProperty(Intl, 'Segmenter', { value: undefined });
  const { wholeCharacters } = await import('../../src/text/characters.ts');
  const { sentenceAt } = await import('../../src/text/sentences.ts');
  for (const character of ['😀', 'e\u0301', 'o\u0302\u0323', '👩‍⚖️', 'ש\u05C1']) {
    const text = `ab${character}cd`;
    const all = { start: 0, end: text.length };
    for (let start = 2; start < 2 + character.length; start += 1) {
      assert.deepEqual(wholeCharacters(text, { start, end: start + 1 }, { start: all, end: all }), { start: 2, end: 2 + character.length });
    }
  }
  const text = 'So it was. And s. 3 says so! Now?';
  const { start, end } = sentenceAt(text, 15, { start: 0, end: text.length });
  assert.equal(text.slice(start, end), 'And s. 3 says so!');
});

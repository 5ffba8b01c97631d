import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import { publish } from '../../samples/published.ts';
import { readCase, readRuns } from '../../samples/source.ts';
import { decodeCaseText } from '../../src/text/case_text.ts';

const HEAD = 'title: T\nkind: judgment\nsummary: S\nlicence: L\n---\n';

test('a line is split into text, emphasis, references and notes, and a year in brackets stays text', () => {
  assert.deepEqual(readRuns('See _Bright_ at [12], [2024] CICA 14.[^1]'), [
    { kind: 'text', text: 'See ' },
    { kind: 'emphasis', text: 'Bright' },
    { kind: 'text', text: ' at ' },
    { kind: 'reference', paragraph: 12 },
    { kind: 'text', text: ', [2024] CICA 14.' },
    { kind: 'note', note: 1 },
  ]);
});

test('a paragraph takes the quotations and items that follow it', () => {
  const { blocks } = readCase('x', `${HEAD}# A\n\n[1] P\n> Q\n- (a) I\n`);
  assert.deepEqual(blocks[1], {
    kind: 'paragraph',
    number: 1,
    parts: [
      { kind: 'prose', runs: [{ kind: 'text', text: 'P' }] },
      { kind: 'quotation', runs: [{ kind: 'text', text: 'Q' }] },
      { kind: 'item', runs: [{ kind: 'text', text: '(a) I' }] },
    ],
  });
});

test('a text with a mistake is refused, and the message names it', () => {
  const mistakes: [string, RegExp][] = [
    [`${HEAD}[1] a\n[3] b`, /line 7: paragraph 3 stands where 2 must/],
    [`${HEAD}[1] a\n[01] b`, /paragraph 01 stands where 2 must/],
    [`${HEAD}[1] see [2]`, /refers to a paragraph that does not exist/],
    [`${HEAD}[1] a[^1]`, /\[\^1\] must refer to a note that exists/],
    [`${HEAD}[1] a\n[^1]: n`, /every note must be referred to/],
    [`${HEAD}[1] a[^1] b[^1]\n[^1]: n`, /only once/],
    [`${HEAD}[1] a\u0007`, /line 6 holds the character U\+0007/],
    [`${HEAD}[1] a\r`, /U\+000D/],
    [`${HEAD}[1] a\u202E`, /U\+202E/],
    [`${HEAD}[1] a\uD800`, /U\+D800/],
    [`${HEAD}> q`, /must follow a paragraph/],
    [`${HEAD}stray`, /begins with no mark that is known/],
    [`${HEAD}[1] ${'a'.repeat(9_000)}`, /at most 8000/],
    ['title: T\n---\n', /lacks "kind"/],
    ['title: T\nkind: poem\n---\n', /kind must be/],
    [`nonsense: x\n${HEAD}`, /unknown field "nonsense"/],
    ['title: T', /must end with a line ---/],
  ];
  for (const [source, message] of mistakes) {
    assert.throws(() => readCase('x', source), message);
  }
  assert.throws(() => readCase('a/b', HEAD), /cannot be a case id/);
});

test('every sample text is whole, and the page reads what is published of it', () => {
  const folder = new URL('../../cases/', import.meta.url);
  const texts = readdirSync(folder).map((file) => readCase(file.replace(/\.txt$/, ''), readFileSync(new URL(file, folder), 'utf8')));
  for (const text of texts) {
    assert.equal(decodeCaseText(JSON.parse(JSON.stringify(publish(text)))).title, text.title);
    assert.match(text.licence, /original text/);
  }
  assert.ok(texts.some((text) => text.kind === 'judgment' && text.paragraphs >= 300));
  assert.ok(texts.some((text) => text.kind === 'conversation' && text.paragraphs >= 30));
});

test('no two paragraphs of a sample say the same thing', () => {
  const source = readFileSync(new URL('../../cases/skerrow-bay-v-nimbrel.txt', import.meta.url), 'utf8');
  const lines = source.split('\n').filter((line) => line.startsWith('[')).map((line) => line.replace(/^\[\d+\] /, ''));
  assert.equal(new Set(lines).size, lines.length);
});

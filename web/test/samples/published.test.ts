import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import { headOf, publish } from '../../samples/published.ts';
import type { PublishedText } from '../../samples/published.ts';
import { readCase } from '../../samples/source.ts';

const HEAD = 'title: T\nkind: judgment\nsummary: S\nlicence: L\ncourt: C\n---\n';

test('every kind of line becomes its block, with labels beside the text', () => {
  const published = publishBody('# A\n## B\n[1] One\n> q\n- (a) first\n- bare\n[2] Two[^1]\n[^1]: see [1]');
  assert.deepEqual(blocksOf(published), [
    { kind: 'part', text: 'A' },
    { kind: 'heading', text: 'B' },
    { kind: 'paragraph', text: 'One', number: '1' },
    { kind: 'quotation', text: 'q' },
    { kind: 'item', text: 'first', marker: '(a)' },
    { kind: 'item', text: 'bare' },
    { kind: 'paragraph', text: 'Two1', number: '2' },
    { kind: 'note', text: 'see [1]', number: '1' },
  ]);
  assert.equal(published.text, 'A\n\nB\n\nOne\n\nq\n\nfirst\n\nbare\n\nTwo1\n\nsee [1]');
});

test('a turn of a conversation begins with the name of its speaker', () => {
  assert.deepEqual(blocksOf(publishBody('@ User\n[1] Hello')), [
    { kind: 'speaker', text: 'User' },
    { kind: 'paragraph', text: 'Hello', number: '1' },
  ]);
});

test('marks say what they cover and where they lead', () => {
  assert.deepEqual(marksOf(publishBody('[1] An _idea_, see [1].[^1]\n[^1]: _n_')), [
    { kind: 'emphasis', text: 'idea' },
    { kind: 'reference', text: '[1]', to: 'p1' },
    { kind: 'noteref', text: '1', to: 'n1' },
    { kind: 'emphasis', text: 'n' },
  ]);
});

test('offsets are UTF-16 units: what stands behind an astral character is found', () => {
  const published = publishBody('[1] 🌊 and _é_ and 𝒳\n> 🧭 _so_');
  assert.deepEqual(marksOf(published).map(({ text }) => text), ['é', 'so']);
  assert.deepEqual(blocksOf(published).map(({ text }) => text), ['🌊 and é and 𝒳', '🧭 so']);
});

test('what the head says is carried over', () => {
  const { text: _text, blocks: _blocks, marks: _marks, ...head } = publishBody('[1] a');
  const facts = [{ label: 'Court', value: 'C' }];
  assert.deepEqual(head, { format: 1, title: 'T', kind: 'judgment', summary: 'S', licence: 'L', facts });
  assert.deepEqual(headOf(readCase('x', `${HEAD}[1] a`), 'hash'), {
    id: 'x', title: 'T', kind: 'judgment', summary: 'S', paragraphs: 1, text: 'hash', sample: true,
  });
});

test('every sample is published in order, whole, and with marks that lead somewhere', () => {
  const folder = new URL('../../cases/', import.meta.url);
  for (const file of readdirSync(folder)) {
    const source = readCase(file.replace(/\.txt$/, ''), readFileSync(new URL(file, folder), 'utf8'));
    const published = publish(source);
    let end = -2;
    for (const block of published.blocks) {
      assert.equal(published.text.slice(Math.max(end, 0), block.start), end < 0 ? '' : '\n\n');
      assert.ok(block.end > block.start);
      end = block.end;
    }
    assert.equal(end, published.text.length);
    const ids = new Set(published.blocks.map((block) => `${block.kind === 'note' ? 'n' : 'p'}${block.number}`));
    let last = 0;
    for (const mark of published.marks) {
      const home = published.blocks.find((block) => block.start <= mark.start && mark.end <= block.end);
      assert.ok(home !== undefined && mark.start >= last && mark.end > mark.start);
      assert.ok(mark.to === undefined || ids.has(mark.to), mark.to);
      last = mark.end;
    }
    const numbered = published.blocks.filter((block) => block.kind === 'paragraph');
    assert.deepEqual(numbered.map((block) => block.number), numbered.map((_block, index) => String(index + 1)));
    assert.equal(numbered.length, source.paragraphs);
  }
});

function publishBody(body: string): PublishedText {
  return publish(readCase('x', HEAD + body));
}

function blocksOf({ text, blocks }: PublishedText): { kind: string; text: string; number?: string; marker?: string }[] {
  return blocks.map(({ kind, start, end, ...labels }) => ({ kind, text: text.slice(start, end), ...labels }));
}

function marksOf({ text, marks }: PublishedText): { kind: string; text: string; to?: string }[] {
  return marks.map(({ kind, start, end, ...to }) => ({ kind, text: text.slice(start, end), ...to }));
}

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decodeCaseText, type CaseText } from '../../src/text/case_text.ts';
import { TextIndex } from '../../src/text/text_index.ts';
import { wholeWords } from '../../src/text/text_view.ts';
import { fakeElement, FakeNode } from './fake_tree.ts';
import { hardCase, numbers } from './seeded.ts';

test('an offset leads to a point, and the point back to the offset, in texts that read badly', () => {
  for (let seed = 0; seed < 300; seed += 1) {
    const { text, index } = page(seed);
    const random = numbers(seed);
    for (let round = 0; round < 30; round += 1) {
      const offset = random(text.text.length);
      const isBetween = text.blocks.every(({ start, end }) => offset < start || offset >= end);
      const point = index.pointAt(offset, 'start');
      if (!isBetween) {
        assert.ok(point !== null, `seed ${seed}: ${offset} leads nowhere`);
        assert.equal(index.offsetOf(point.node, point.offset, 'start'), offset);
        assert.equal(point.node.data[point.offset], text.text[offset], `seed ${seed}: ${offset} leads to another character`);
      }
    }
  }
});

test('a span goes to points and back unchanged, and its quote never changes', () => {
  for (let seed = 0; seed < 300; seed += 1) {
    const { text, index } = page(seed);
    const random = numbers(seed + 1_000);
    for (let round = 0; round < 30; round += 1) {
      const asked = span(random(text.text.length + 1), random(text.text.length + 1));
      const whole = wholeWords(text.text, asked, text.blocks, index);
      if (whole === null) {
        continue;
      }
      const from = index.pointAt(whole.start, 'start');
      const to = index.pointAt(whole.end, 'end');
      assert.ok(from !== null && to !== null);
      const back = index.spanOf({ startContainer: from.node, startOffset: from.offset, endContainer: to.node, endOffset: to.offset });
      assert.deepEqual(back, whole, `seed ${seed}, asked for ${asked.start} to ${asked.end}`);
      assert.deepEqual(wholeWords(text.text, whole, text.blocks, index), whole, `seed ${seed}: widened twice`);
      assert.ok(text.text.slice(whole.start, whole.end).isWellFormed());
    }
  }
});

test('splitting text nodes changes no offset once the index is told', () => {
  for (let seed = 0; seed < 100; seed += 1) {
    const { text, index, bodies } = page(seed);
    const random = numbers(seed);
    for (let round = 0; round < 20; round += 1) {
      const block = random(bodies.length);
      const node = bodies[block]?.childNodes.find(({ nodeType, data }) => nodeType === 3 && data.length > 1);
      node?.splitText(1 + random(node.data.length - 1));
      const { start, end } = text.blocks[block] ?? { start: 0, end: 0 };
      index.nodesChanged(start, end);
      for (let offset = start; offset < end; offset += 1) {
        const point = index.pointAt(offset, 'start');
        assert.equal(point === null ? null : index.offsetOf(point.node, point.offset, 'start'), offset);
      }
    }
  }
});

test('a point in a number, a button or beside the text means the nearest text inside of its range', () => {
  const number = fakeElement('12');
  const [first, second] = [fakeElement('One.'), fakeElement(fakeElement('T'), 'wo.')];
  const aside = fakeElement('3 annotations');
  const heading = fakeElement('Title');
  const root = fakeElement(fakeElement(first, aside), fakeElement(number, second));
  const document = fakeElement(heading, root, fakeElement('a card'));
  const index = new TextIndex('One.\n\nTwo.', [
    { start: 0, end: 4, body: first.real },
    { start: 6, end: 10, body: second.real },
  ]);
  const at = (node: FakeNode | null, offset: number): [number | null, number | null] => {
    assert.ok(node !== null);
    return [index.offsetOf(node.real, offset, 'start'), index.offsetOf(node.real, offset, 'end')];
  };
  assert.deepEqual(at(heading.firstChild, 3), [0, null]);
  assert.deepEqual(at(aside.firstChild, 5), [6, 4]);
  assert.deepEqual(at(number.firstChild, 1), [6, 4]);
  assert.deepEqual(at(second, 0), [6, 4]);
  assert.deepEqual(at(second, 1), [7, 7]);
  assert.deepEqual(at(second, 2), [null, 10]);
  assert.deepEqual(at(root, 1), [6, 4]);
  assert.deepEqual(at(document, 3), [null, 10]);
  assert.deepEqual(at(document, 0), [0, null]);
});

test('a range around a button only, or beside the text only, has no span', () => {
  const [first, second] = [fakeElement('One.'), fakeElement('Two.')];
  const aside = fakeElement('3 annotations');
  fakeElement(first, aside, second, fakeElement('a card'));
  const index = new TextIndex('One.\n\nTwo.', [
    { start: 0, end: 4, body: first.real },
    { start: 6, end: 10, body: second.real },
  ]);
  const spanIn = (node: FakeNode): unknown =>
    index.spanOf({ startContainer: node.real, startOffset: 0, endContainer: node.real, endOffset: node.childNodes.length });
  assert.equal(spanIn(aside), null);
  assert.deepEqual(spanIn(first), { start: 0, end: 4 });
});

test('words that were replaced on the page have no offsets', () => {
  const body = fakeElement('One.');
  const index = new TextIndex('One.', [{ start: 0, end: 4, body: body.real }]);
  const node = body.childNodes[0] ?? body;
  assert.equal(index.offsetOf(node.real, 1, 'start'), 1);
  node.data = 'Eins.';
  assert.equal(index.offsetOf(node.real, 1, 'start'), null);
});

/** A text's blocks as a tree, with a decoration before and behind each. */
function page(seed: number): { text: CaseText; index: TextIndex; bodies: FakeNode[] } {
  const text = decodeCaseText(hardCase(seed));
  const bodies = text.blocks.map(({ start, end }) => {
    const marks = text.marks.filter((mark) => mark.start >= start && mark.end <= end);
    const parts: (FakeNode | string)[] = [];
    let at = start;
    for (const mark of marks) {
      parts.push(text.text.slice(at, mark.start), fakeElement(text.text.slice(mark.start, mark.end)));
      at = mark.end;
    }
    parts.push(text.text.slice(at, end));
    return fakeElement(...parts.filter((part) => part !== ''));
  });
  fakeElement('before', fakeElement(...bodies.map((body) => fakeElement(fakeElement('12'), body, fakeElement('button')))), 'behind');
  const index = new TextIndex(
    text.text,
    text.blocks.map(({ start, end }, block) => ({ start, end, body: (bodies[block] ?? fakeElement()).real })),
  );
  return { text, index, bodies };
}

function span(one: number, other: number): { start: number; end: number } {
  return { start: Math.min(one, other), end: Math.max(one, other) };
}

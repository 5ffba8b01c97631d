// The small decisions about how a text is shown.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { moveOf, type Key } from '../../src/text/caret_keys.ts';
import { decodeCaseText } from '../../src/text/case_text.ts';
import { nextOf } from '../../src/text/painter.ts';
import { directionOf, headingLevels } from '../../src/text/render.ts';
import { distanceTo } from '../../src/text/scrolling.ts';
import { describeBlocks } from '../../src/text/text_view.ts';
import { CaseWriter } from './seeded.ts';

test('what follows a numbered paragraph belongs to it, until a heading', () => {
  const { blocks, text } = decodeCaseText(
    new CaseWriter()
      .add('paragraph', 'Before.')
      .add('paragraph', 'Twelve.', { number: '12' })
      .add('quotation', 'Quoted.')
      .add('item', 'Listed.')
      .add('paragraph', 'And goes on.')
      .add('heading', 'Next')
      .add('code', 'x = 1')
      .add('note', 'A note.', { number: '1' })
      .done(),
  );
  assert.deepEqual(describeBlocks(blocks, text).map(({ para }) => para), [null, '12', '12', '12', '12', null, null, null]);
});

test('what follows a speaker is said by that speaker', () => {
  const { blocks, text } = decodeCaseText(
    new CaseWriter().add('speaker', 'User').add('paragraph', 'Hello?').add('speaker', 'Assistant').add('paragraph', 'Yes.').done(),
  );
  assert.deepEqual(describeBlocks(blocks, text).map(({ speaker }) => speaker), ['User', 'User', 'Assistant', 'Assistant']);
});

test('levels of headings have no gap, whatever kinds a text has', () => {
  assert.deepEqual([...headingLevels(['paragraph', 'subheading', 'part'])], [['part', 2], ['subheading', 3]]);
  assert.deepEqual([...headingLevels(['heading'])], [['heading', 2]]);
  assert.deepEqual([...headingLevels(['speaker', 'heading', 'subheading'])].map(([, level]) => level), [2, 3, 4]);
});

test('the direction of a text is that of most letters', () => {
  assert.equal(directionOf('The word שלום in English.'), 'ltr');
  assert.equal(directionOf('בית המשפט, section 12, קבע כך'), 'rtl');
  assert.equal(directionOf('12.3 😀'), 'ltr');
});

test('clicks at one place go round the highlights there', () => {
  assert.deepEqual([null, 'a', 'b', 'other'].map((active) => nextOf(['a', 'b'], active)), ['a', 'b', 'a', 'a']);
  assert.equal(nextOf([], 'a'), null);
});

test('what is well in sight is not scrolled to, and all else comes to one height', () => {
  const page = { top: 100, height: 1_000 };
  assert.equal(distanceTo(400, page), 0);
  assert.equal(distanceTo(150, page), -250);
  assert.equal(distanceTo(5_100, page), 4_700);
});

test('keys move the caret by character, word, line, paragraph and text', () => {
  const key = (name: string, more: Partial<Key> = {}): unknown =>
    moveOf({ key: name, ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, ...more });
  const by = (direction: string, granularity: string, forward: boolean, times = 1): unknown => ({ move: 'by browser', direction, by: granularity, times, forward });
  assert.deepEqual(key('ArrowLeft'), by('left', 'character', false));
  assert.deepEqual(key('ArrowRight', { ctrlKey: true, shiftKey: true }), by('right', 'word', true));
  assert.deepEqual(key('ArrowRight', { altKey: true }), by('right', 'word', true));
  assert.deepEqual(key('ArrowRight', { metaKey: true }), by('right', 'lineboundary', true));
  assert.deepEqual(key('ArrowDown'), by('forward', 'line', true));
  assert.deepEqual(key('ArrowUp', { ctrlKey: true }), { move: 'block', forward: false });
  assert.deepEqual(key('ArrowUp', { metaKey: true }), { move: 'text', forward: false });
  assert.deepEqual(key('Home'), by('backward', 'lineboundary', false));
  assert.deepEqual(key('End', { ctrlKey: true }), { move: 'text', forward: true });
  assert.deepEqual(key('PageDown'), by('forward', 'line', true, 15));
  assert.deepEqual([key('s'), key('p'), key('Enter'), key('Escape')], [{ move: 'sentence' }, { move: 'this block' }, { move: 'done' }, { move: 'escape' }]);
});

test('keys with a modifier that are the browser’s, and all others, are left alone', () => {
  const none = { ctrlKey: false, altKey: false, metaKey: false, shiftKey: false };
  for (const key of [{ ...none, key: 's', ctrlKey: true }, { ...none, key: 'p', metaKey: true }, { ...none, key: 'x' }, { ...none, key: 'Tab' }]) {
    assert.equal(moveOf(key), null);
  }
});

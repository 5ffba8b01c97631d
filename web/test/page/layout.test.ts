import assert from 'node:assert/strict';
import { test } from 'node:test';

import { gapsOf, placeCards } from '../../src/page/cards/layout.ts';
import type { CardBox } from '../../src/page/cards/layout.ts';

const box = (ideal: number, height = 100): CardBox => ({ ideal, height });

test('cards with room stand exactly at their texts', () => {
  assert.deepEqual(placeCards([box(0), box(200), box(500)], null), [0, 200, 500]);
});

test('a card without room stands below the one before it', () => {
  assert.deepEqual(placeCards([box(50), box(60), box(70), box(900)], null, 10), [50, 160, 270, 900]);
});

test('the anchor is exact, those above are pushed up and those below pushed down', () => {
  const boxes = [box(300), box(310), box(320), box(330)];
  assert.deepEqual(placeCards(boxes, { index: 2, at: 320 }, 10), [100, 210, 320, 430]);
});

test('pushing up reaches no further than it must', () => {
  const boxes = [box(0), box(300), box(310)];
  assert.deepEqual(placeCards(boxes, { index: 2, at: 310 }, 10), [0, 200, 310]);
});

test('no card leaves the top of the column, even if the anchor has to give way', () => {
  const boxes = [box(10), box(20), box(30)];
  const tops = placeCards(boxes, { index: 2, at: 30 }, 10);
  assert.deepEqual(tops, [0, 110, 220]);
});

test('an anchor that is no card is ignored', () => {
  assert.deepEqual(placeCards([box(5)], { index: 4, at: 900 }), [5]);
  assert.deepEqual(placeCards([], { index: 0, at: 900 }), []);
});

test('whatever the boxes, cards keep their order and never overlap', () => {
  let state = 3;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let round = 0; round < 500; round += 1) {
    const boxes = Array.from({ length: random(12) }, () => box(random(800), 20 + random(200))).toSorted(
      (a, b) => a.ideal - b.ideal,
    );
    const anchor = random(2) === 0 ? null : { index: random(12), at: random(800) };
    const tops = placeCards(boxes, anchor, 10);
    for (const [index, top] of tops.entries()) {
      const before = index === 0 ? 0 : (tops[index - 1] ?? 0) + (boxes[index - 1]?.height ?? 0) + 10;
      assert.ok(top >= before, `round ${round}: card ${index} stands at ${top}, above ${before}`);
    }
  }
});

test('a card that grows in a gap moves no other: only the margin below it changes', () => {
  const before = [box(0), box(400), box(800), box(1200)];
  const after = [box(0, 150), box(400), box(800), box(1200)];
  const changed = gapsOf(placeCards(before, null), before).map((gap, index) => gap !== gapsOf(placeCards(after, null), after)[index]);
  assert.deepEqual(changed, [false, true, false, false]);
});

test('in a crowd, a card that grows changes only the margin that takes up the slack', () => {
  const crowd = (height: number): CardBox[] => [box(0, height), ...Array.from({ length: 20 }, (_, index) => box(index)), box(9000)];
  const [before, after] = [crowd(100), crowd(180)].map((boxes) => gapsOf(placeCards(boxes, null), boxes));
  assert.equal(before?.filter((gap, index) => gap !== after?.[index]).length, 1);
});

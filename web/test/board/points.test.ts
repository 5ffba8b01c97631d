import assert from 'node:assert/strict';
import { test } from 'node:test';

import { STROKE_POINTS_MAX } from '../../src/board/limits.ts';
import { distanceTo, pathOf, simplified } from '../../src/board/points.ts';

test('a straight line is its two ends, and a press is one point', () => {
  assert.deepEqual(simplified([0, 0, 1, 1.2, 5, 5, 9.6, 10]), [0, 0, 10, 10]);
  assert.deepEqual(simplified([3.4, 4.6]), [3, 5]);
  assert.deepEqual(simplified([3, 4, 3, 4]), [3, 4, 3, 4]);
});

test('a corner stays, and no point that was drawn is farther away than a pen is wide', () => {
  const drawn = Array.from({ length: 600 }, (_, at) => {
    const angle = (at >> 1) / 20;
    return at % 2 === 0 ? angle * 12 * Math.cos(angle) : angle * 12 * Math.sin(angle);
  });
  const kept = simplified(drawn);
  assert.ok(kept.length < drawn.length / 2, `${kept.length} of ${drawn.length}`);
  for (let at = 0; at < drawn.length; at += 2) {
    assert.ok(distanceTo(kept, drawn[at] ?? 0, drawn[at + 1] ?? 0) < 2);
  }
  assert.deepEqual(simplified([0, 0, 50, 0, 50, 50]), [0, 0, 50, 0, 50, 50]);
});

test('however wild and long, a stroke has as many points as a board takes', () => {
  let seed = 7;
  const wild = Array.from({ length: 12_000 }, () => (seed = (seed * 48_271) % 2_147_483_647) / 20_000);
  const kept = simplified(wild);
  assert.ok(kept.length <= STROKE_POINTS_MAX * 2 && kept.length > STROKE_POINTS_MAX / 4, `${kept.length}`);
  assert.equal(kept.length % 2, 0);
});

test('the distance to a stroke is that to its nearest piece', () => {
  assert.equal(distanceTo([0, 0, 10, 0], 5, 3), 3);
  assert.equal(distanceTo([0, 0, 10, 0], 13, 4), 5);
  assert.equal(distanceTo([2, 2], 2, 5), 3);
});

test('a path begins where the pen did, and a single point is a dot', () => {
  assert.equal(pathOf([1, 2, 3, 4, 5, 6]), 'M1 2L3 4L5 6');
  assert.equal(pathOf([1, 2]), 'M1 2h0');
});

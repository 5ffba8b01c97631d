import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { Camera, ZOOM_MAX, ZOOM_MIN } from '../../src/page/board/camera.ts';

function camera(): Camera {
  const made = new Camera();
  made.resize(800, 600);
  return made;
}

test('a board opens with its middle in the middle of the window', () => {
  assert.deepEqual(camera().middle(), { x: 0, y: 0 });
});

test('what is pointed at stays where it is while it becomes larger', () => {
  const view = camera();
  const about = { x: 123, y: 45 };
  const before = view.toBoard(about);
  view.zoomTo(2.5, about);
  view.zoomTo(0.4, about);
  const after = view.toBoard(about);
  assert.ok(Math.hypot(after.x - before.x, after.y - before.y) < 1e-9);
});

test('there is a largest and a smallest', () => {
  const view = camera();
  view.zoomTo(1_000);
  assert.equal(view.zoom.peek(), ZOOM_MAX);
  view.zoomTo(0);
  assert.equal(view.zoom.peek(), ZOOM_MIN);
});

test('everything is shown at once, and never larger than it is', () => {
  const view = camera();
  view.fit({ left: -3_000, top: 0, right: 3_000, bottom: 1_000 });
  const [start, end] = [view.toBoard({ x: 0, y: 0 }), view.toBoard({ x: 800, y: 600 })];
  assert.ok(start.x < -3_000 && end.x > 3_000 && start.y < 0 && end.y > 1_000);
  view.fit({ left: 0, top: 0, right: 10, bottom: 10 });
  assert.equal(view.zoom.peek(), 1);
  assert.deepEqual(view.middle(), { x: 5, y: 5 });
});

test('what gets the focus is brought into the window, and what is in it moves nothing', () => {
  const view = camera();
  view.reveal({ left: 0, top: 0, right: 100, bottom: 100 });
  assert.deepEqual(view.middle(), { x: 0, y: 0 });
  view.reveal({ left: 1_000, top: 0, right: 1_100, bottom: 100 });
  assert.ok(view.toBoard({ x: 800, y: 0 }).x >= 1_100);
});

test('words on every paper can be read, and every pen is seen on both sheets', () => {
  const style = readFileSync(new URL('../../src/page/style/board.css', import.meta.url), 'utf8');
  const coloured = (kind: string): string[] => [...style.matchAll(new RegExp(`--${kind}-[a-z]+: (#[0-9a-f]{6})`, 'g'))].map(([, colour]) => colour ?? '');
  const [ink, ...others] = coloured('paper').filter((colour) => luminance(colour) < 0.1);
  assert.deepEqual([ink, others], ['#221d17', []]);
  const papers = coloured('paper').filter((colour) => colour !== ink);
  assert.equal(papers.length, 12);
  for (const paper of papers) {
    assert.ok(contrast(paper, ink ?? '') >= 7, paper);
  }
  const pens = coloured('pen');
  assert.equal(pens.length, 12);
  for (const [at, pen] of pens.entries()) {
    assert.ok(contrast(pen, at < 6 ? '#fbf9f4' : '#171410') >= 4.5, pen);
  }
});

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

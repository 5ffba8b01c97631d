import assert from 'node:assert/strict';
import { test } from 'node:test';

import { commandOf } from '../../src/page/keys/keys.ts';
import type { Press } from '../../src/page/keys/keys.ts';
import { KEY_LINES } from '../../src/page/keys/key_lines.ts';

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  ctrl: false,
  meta: false,
  alt: false,
  shift: false,
  isComposing: false,
  inField: false,
  ...more,
});

test('the digits mean the first ten tags, 0 the tenth', () => {
  assert.deepEqual(commandOf(press('1'), true), { command: 'tag', index: 0 });
  assert.deepEqual(commandOf(press('0'), true), { command: 'tag', index: 9 });
});

test('single keys do nothing while somebody types, and nothing when they are switched off', () => {
  for (const key of ['1', 'c', 'n', 'p', 's', 'S', 'v', 'r', 'm', '/', '?']) {
    assert.notEqual(commandOf(press(key), true), null, key);
    assert.equal(commandOf(press(key, { inField: true }), true), null, key);
    assert.equal(commandOf(press(key), false), null, key);
  }
});

test('escape and undo work with single keys switched off', () => {
  assert.deepEqual(commandOf(press('Escape'), false), { command: 'leave' });
  assert.deepEqual(commandOf(press('z', { ctrl: true }), false), { command: 'undo' });
  assert.deepEqual(commandOf(press('Z', { meta: true, shift: true }), false), { command: 'redo' });
});

test('a field keeps its own undo', () => {
  assert.equal(commandOf(press('z', { ctrl: true, inField: true }), true), null);
});

test('keys of the browser and of input methods are left alone', () => {
  assert.equal(commandOf(press('c', { ctrl: true }), true), null);
  assert.equal(commandOf(press('n', { alt: true }), true), null);
  assert.equal(commandOf(press('n', { isComposing: true }), true), null);
});

test('the help lists every single key that does something', () => {
  const listed = KEY_LINES.filter(({ isSingle }) => isSingle).flatMap(({ keys }) => (keys[0] === 'Shift' ? [keys[1] ?? ''] : keys.map((key) => key.toLowerCase())));
  for (const key of ['c', 'n', 'p', 's', 'S', 'v', 'r', 'm', '/', '?']) {
    assert.ok(listed.includes(key), key);
  }
});

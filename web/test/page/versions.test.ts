import assert from 'node:assert/strict';
import { test } from 'node:test';

import { amountWords, problemOf, readVersions, whatDiffers } from '../../src/page/dialogs/versions.ts';

const told = { version: 2, at: '2026-11-27T07:00:00.000Z', last_editor: 'id-ada', by_name: 'Ada', highlights: 3, comments: 2, is_current: true };

test('the host’s list is read, and what makes no sense is left out', () => {
  const [version, ...others] = readVersions({ versions: [told, { ...told, at: 'yesterday' }, { ...told, highlights: '3' }, null, 7] });
  assert.deepEqual(version, { version: 2, at: Date.UTC(2026, 10, 27, 7), lastEditor: 'id-ada', byName: 'Ada', highlights: 3, comments: 2, isCurrent: true });
  assert.deepEqual(others, []);
  const [nobodys] = readVersions({ versions: [{ ...told, last_editor: null, by_name: null }] });
  assert.deepEqual([nobodys?.lastEditor, nobodys?.byName], [null, null]);
  for (const nothing of [null, {}, [], { versions: {} }]) {
    assert.deepEqual(readVersions(nothing), []);
  }
});

test('a version is told from the one before it by its counts', () => {
  const [version] = readVersions({ versions: [told] });
  assert.ok(version !== undefined);
  assert.equal(whatDiffers(version, undefined), '3 annotations. 2 comments.');
  assert.equal(whatDiffers(version, { ...version, highlights: 1 }), '3 annotations, 2 more than before. 2 comments.');
  assert.equal(whatDiffers(version, { ...version, highlights: 4, comments: 0 }), '3 annotations, 1 fewer than before. 2 comments, 2 more than before.');
  assert.equal(whatDiffers({ ...version, highlights: 0, comments: 0 }, version), 'no annotations, 3 fewer than before. no comments, 2 fewer than before.');
  // What nobody has counted is not said to be none.
  assert.equal(whatDiffers(version, { ...version, comments: null }), '3 annotations. 2 comments.');
  assert.equal(whatDiffers({ ...version, comments: null }, version), '3 annotations.');
  assert.equal(amountWords(1, 'tag'), '1 tag');
});

test('why there is no list is said by whose turn it is', () => {
  assert.match(problemOf(401), /Sign in/);
  assert.match(problemOf(404), /owners/);
  assert.match(problemOf(503), /try again/);
  assert.match(problemOf(null), /try again/);
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { FIXTURE, hostFixture } from './host_fixture.ts';

test('the document that the host is tested with is what the page writes', () => {
  assert.deepEqual(
    hostFixture(),
    new Uint8Array(readFileSync(FIXTURE)),
    'run node web/test/marginalia/host_fixture.ts, and look whether annotation/tests/page_writes.rs still holds',
  );
});

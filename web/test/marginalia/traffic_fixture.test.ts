import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { FIXTURE, trafficFixture } from './traffic_fixture.ts';

test('the traffic that the policy of the room is tested with is what the page sends', () => {
  assert.deepEqual(
    trafficFixture(),
    new Uint8Array(readFileSync(FIXTURE)),
    'run node web/test/marginalia/traffic_fixture.ts, and look whether room/tests/policy/traffic.rs still holds',
  );
});

// The signatures that this suite makes are those of the `contract` crate, which pins the same examples.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { answerSignature, requestSignature, sha256, type Key } from './lib/signed.ts';

const key: Key = { id: 'a', secret: Buffer.from('00112233445566778899aabbccddeeff'.repeat(2), 'hex') };

test('a request is signed as the host verifies it', () => {
  const signature = requestSignature(key, {
    direction: 'edge-to-host',
    audience: 'host',
    method: 'PUT',
    path: '/snapshots/case-1',
    query: 'highlight_count=3',
    bodySha256: sha256('the body'),
    time: 1_800_000_000,
    nonce: '07'.repeat(16),
    metricsSha256: sha256('{}'),
  });
  assert.equal(signature, '5d82416fdd4d4f2427bf6fe6128c3c83a5a92973a7d3b6184abe662318f42e78');
});

test('an answer is signed as the Worker verifies it', () => {
  const signature = answerSignature(key, {
    direction: 'host-to-edge',
    caseId: 'case-1',
    nonce: '07'.repeat(16),
    status: 200,
    generation: '6f1d3c1e-9a41-4c3e-8d2f-0a5b6c7d8e9f',
    version: '7',
    storedSha256: sha256('stored'),
    bodySha256: sha256(''),
    time: 1_800_000_000,
  });
  assert.equal(signature, 'e18f77241f3e4d81d01bc26657b9283df8a4cfd85e032921c3f9129d744cb041');
});

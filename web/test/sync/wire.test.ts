import assert from 'node:assert/strict';
import { test } from 'node:test';

import { numbered, presence, readFrame, renew, syncStep1 } from '../../src/sync/wire.ts';
import { World, presenceFrame, randomOf } from './world.ts';

test('sc8_frames_are_byte_for_byte_those_of_the_protocol', () => {
  assert.deepEqual([...syncStep1(Uint8Array.of(0))], [0, 0, 1, 0]);
  assert.deepEqual([...numbered(300, 'update', Uint8Array.of(9, 8))], [110, 0xac, 2, 0, 2, 2, 9, 8]);
  assert.deepEqual([...numbered(1, 'document', Uint8Array.of(0, 0))], [110, 1, 0, 1, 2, 0, 0]);
  assert.deepEqual([...renew('ab')], [111, 2, 97, 98]);
  assert.deepEqual([...presence({ client: 5, clock: 2, state: {} })], [1, 6, 1, 5, 2, 2, 123, 125]);
});

test('sc8_every_message_of_a_room_is_read', () => {
  assert.deepEqual(readFrame(Uint8Array.of(0, 0, 1, 0, 0, 1, 2, 0, 0, 0, 2, 1, 7)), [
    { kind: 'vector', vector: Uint8Array.of(0) },
    { kind: 'document', update: Uint8Array.of(0, 0) },
    { kind: 'update', update: Uint8Array.of(7) },
  ]);
  assert.deepEqual(readFrame(presenceFrame([[3, { a: 1 }], [4, null]])), [
    { kind: 'presence', entries: [{ client: 3, clock: 1, state: { a: 1 } }, { client: 4, clock: 1, state: null }] },
  ]);
  assert.deepEqual(readFrame(Uint8Array.of(2, 0, 1, 97)), []);
  assert.deepEqual(readFrame(Uint8Array.of(3)), [{ kind: 'query' }]);
  assert.deepEqual(readFrame(Uint8Array.of(100, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 4, 0, 5)), [
    { kind: 'welcome', epoch: 2 ** 53 - 1, seq: 4, archived: -1, conditions: { nearlyFull: true, hostFailing: false, degraded: true } },
  ]);
  assert.deepEqual(readFrame(Uint8Array.of(101, 1, 2, 3)), [{ kind: 'saved', epoch: 1, frame: 2, seq: 3 }]);
  assert.deepEqual(readFrame(Uint8Array.of(102, 1, 3)), [{ kind: 'archived', epoch: 1, archived: 2 }]);
  assert.deepEqual(readFrame(Uint8Array.of(103, 2, 2, 2, 110, 111)), [{ kind: 'refused', frame: 2, reason: 'not_allowed', words: 'no' }]);
  assert.deepEqual(readFrame(Uint8Array.of(105, 9)), [{ kind: 'renewed', until: 9 }]);
  assert.deepEqual(readFrame(Uint8Array.of(106, 2, 104, 105)), [{ kind: 'resume', token: 'hi' }]);
});

test('sc8_what_is_cut_or_unknown_is_not_read', () => {
  const whole = [
    Uint8Array.of(0, 1, 2, 0, 0),
    presenceFrame([[3, { a: 1 }]]),
    Uint8Array.of(100, 1, 4, 0, 5),
    Uint8Array.of(101, 1, 2, 3),
    Uint8Array.of(103, 2, 2, 2, 110, 111),
  ];
  for (const frame of whole) {
    for (let length = 0; length < frame.length; length += 1) {
      // A view whose buffer goes on: the rest must not be read.
      assert.throws(() => readFrame(frame.subarray(0, length)), `${frame.toString()} cut to ${length}`);
    }
  }
  for (const frame of [[9], [110, 1, 0, 2, 0], [0, 3, 0], [103, 1, 0, 0], [103, 1, 4, 0], [103, 1, 1, 1, 0xff], [1, 1, 0xff], [1, 2, 0, 0]]) {
    assert.throws(() => readFrame(Uint8Array.from(frame)), frame.toString());
  }
  assert.throws(() => readFrame(Uint8Array.of(100, ...Array<number>(9).fill(0xff), 1, 0, 0, 0)), 'beyond 2^53');
});

test('sc8_a_malformed_frame_ends_the_socket_and_the_client_comes_back', async () => {
  const random = randomOf(5);
  const bad: (Uint8Array | string)[] = [
    'hello',
    Uint8Array.of(),
    Uint8Array.of(200),
    Uint8Array.of(0, 2, 3, 1, 1, 1),
    Uint8Array.of(0, 0, 2, 9, 9),
    Uint8Array.of(101, 7, 9, 1),
    Uint8Array.of(103, 0, 1, 0),
    ...Array.from({ length: 40 }, () => Uint8Array.from({ length: 1 + Math.floor(random() * 30) }, () => Math.floor(random() * 112))),
  ];
  for (const frame of bad) {
    const world = new World();
    const { client, ears } = await world.liveTab();
    const [socket] = world.room.sockets;
    socket?.down.push(frame);
    await world.settle();
    await world.pass(60_000);
    client.doc.getText('notes').insert(0, 'still alive');
    await world.settle();
    assert.equal(world.room.doc.getText('notes').toString(), 'still alive', frame.toString());
    assert.equal(ears.states.at(-1)?.state, 'live');
    client.stop();
  }
});

test('sc8_a_document_before_the_welcome_ends_the_socket', async () => {
  const world = new World();
  world.room.isOpen = false;
  const { ears } = await world.liveTab();
  world.room.sockets[0]?.down.push(Uint8Array.of(0, 1, 2, 0, 0));
  await world.settle();
  assert.equal(ears.states.at(-1)?.state, 'waiting');
});

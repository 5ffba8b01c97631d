import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as Y from 'yjs';

import { LOCAL } from '../../src/sync/sync_client.ts';
import { World, addEntry, contentOf, equalDocs, send, sendSync } from './world.ts';

test('sc1_the_client_offers_the_protocol_asks_first_and_is_live_with_the_document', async () => {
  const world = new World();
  world.room.doc.getText('notes').insert(0, 'here before');
  const { client, ears } = await world.liveTab();
  const [socket] = world.room.sockets;
  assert.deepEqual(socket?.protocols, ['glossator.v1', 't1']);
  assert.equal(socket?.address, 'ws://room/sync/a%20case');
  assert.deepEqual([...(socket?.heard[0] as Uint8Array)].slice(0, 2), [0, 0]);
  assert.equal(client.doc.getText('notes').toString(), 'here before');
  assert.deepEqual(ears.states.map(({ state }) => state), ['opening', 'live']);
});

test('sc2_nothing_is_sent_before_the_room_has_asked_and_all_of_it_with_the_answer', async () => {
  const world = new World();
  world.room.isOpen = false;
  const { client, ears } = await world.liveTab();
  client.doc.getText('notes').insert(0, 'early');
  await world.settle();
  const [socket] = world.room.sockets;
  assert.equal(socket?.frames, 0);
  assert.equal(ears.states.at(-1)?.state, 'opening');
  assert.ok(socket);
  world.room.isOpen = true;
  world.room.welcome(socket);
  await world.settle();
  assert.equal(socket.frames, 1);
  assert.equal(world.room.doc.getText('notes').toString(), 'early');
  assert.equal(client.saved().unsaved, 0);
});

test('sc3_changes_of_one_moment_share_a_frame_and_frames_are_numbered_without_a_gap', async () => {
  const world = new World();
  const { client } = await world.liveTab();
  const [socket] = world.room.sockets;
  for (const word of ['one ', 'two ', 'three ']) {
    client.doc.getText('notes').insert(0, word);
    client.doc.getText('notes').insert(0, word);
    await world.settle();
  }
  assert.equal(socket?.frames, 4, 'the answer and three bundles');
  assert.ok(equalDocs(client.doc, world.room.doc));
});

test('sc4_unsaved_counts_transactions_offline_and_until_the_room_has_journaled_them', async () => {
  const world = new World();
  const { client, ears } = await world.liveTab();
  world.room.isAway = true;
  world.room.crash();
  for (const id of ['c1', 'c2', 'c3']) {
    addEntry(client.doc, 'comments', id, { text: id });
  }
  assert.equal(client.saved().unsaved, 3);
  assert.equal(client.saved().unarchived, true);
  world.room.isAway = false;
  world.room.holdsJournal = true;
  client.retryNow();
  await world.settle();
  assert.equal(ears.states.at(-1)?.state, 'live');
  assert.equal(client.saved().unsaved, 3, 'sent is not saved');
  world.room.releaseJournal();
  await world.settle();
  assert.equal(client.saved().unsaved, 0);
  assert.ok(equalDocs(client.doc, world.room.doc));
});

test('sc4_an_empty_transaction_and_what_others_write_count_for_nothing', async () => {
  const world = new World();
  const [one, other] = [await world.liveTab(), await world.liveTab()];
  world.room.holdsJournal = true;
  one.client.doc.transact(() => {}, LOCAL);
  one.client.doc.getMap('comments').delete('nothing');
  assert.equal(one.client.saved().unsaved, 0);
  world.room.holdsJournal = false;
  addEntry(one.client.doc, 'comments', 'c', { text: 'hello' });
  await world.settle();
  assert.equal(contentOf(other.client.doc), contentOf(one.client.doc));
  assert.deepEqual(other.ears.saved, []);
});

test('sc5_nothing_is_lost_or_doubled_when_the_socket_dies_between_sending_and_saved', async () => {
  for (const isDurable of [true, false]) {
    const world = new World();
    const { client } = await world.liveTab();
    world.room.holdsJournal = true;
    client.doc.getText('notes').insert(0, 'once');
    client.doc.getText('notes').delete(0, 1);
    await world.settle();
    assert.equal(world.room.doc.getText('notes').toString(), 'nce', 'it has arrived');
    if (isDurable) {
      world.room.living.forEach((socket) => (socket.isSilent = true));
      world.room.releaseJournal();
    }
    world.room.crash();
    world.room.holdsJournal = false;
    assert.equal(world.room.doc.getText('notes').toString(), isDurable ? 'nce' : '');
    assert.equal(client.saved().unsaved, 2);
    client.retryNow();
    await world.settle();
    assert.equal(world.room.doc.getText('notes').toString(), 'nce');
    assert.equal(client.doc.getText('notes').toString(), 'nce');
    assert.equal(client.saved().unsaved, 0);
  }
});

test('sc5_what_was_left_out_for_a_gap_is_sent_again_when_the_room_asks', async () => {
  const world = new World();
  const { client } = await world.liveTab();
  const { doc } = world.room;
  addEntry(client.doc, 'comments', 'c', { text: 'a' });
  await world.settle();
  // The room has forgotten something that it had, and the next change builds on it.
  world.room.doc = new Y.Doc();
  client.doc.transact(() => (client.doc.getMap('comments').get('c') as Y.Map<string>).set('text', 'b'));
  await world.settle();
  assert.equal(client.saved().unsaved, 0);
  assert.ok(equalDocs(client.doc, world.room.doc));
  assert.ok(!equalDocs(doc, world.room.doc));
});

test('sc5_what_arrives_without_what_it_builds_on_is_asked_for', async () => {
  const world = new World();
  const { client } = await world.liveTab();
  const [socket] = world.room.sockets;
  assert.ok(socket);
  const { doc } = world.room;
  doc.getText('notes').insert(0, 'the room ');
  const before = Y.encodeStateVector(doc);
  doc.getText('notes').insert(9, 'goes on');
  sendSync(socket, 2, Y.encodeStateAsUpdate(doc, before));
  await world.settle();
  assert.equal(client.doc.getText('notes').toString(), 'the room goes on');
});

test('sc6_a_new_epoch_voids_saved_until_the_resync_is_acknowledged', async () => {
  for (const keepsSockets of [true, false]) {
    const world = new World();
    const { client } = await world.liveTab();
    addEntry(client.doc, 'comments', 'archived', { text: 'a' });
    await world.settle();
    world.room.archiveNow();
    addEntry(client.doc, 'comments', 'only saved', { text: 'b' });
    addEntry(client.doc, 'comments', 'only saved too', { text: 'c' });
    await world.settle();
    assert.deepEqual({ ...client.saved(), storedLocally: null }, { unsaved: 0, unarchived: true, storedLocally: null });
    world.room.holdsJournal = true;
    world.room.loseStorage(keepsSockets);
    client.retryNow();
    await world.settle();
    assert.equal(world.room.sockets.length, keepsSockets ? 1 : 2);
    assert.equal(client.saved().unsaved, 2, 'what only the old storage had');
    world.room.releaseJournal();
    await world.settle();
    assert.equal(client.saved().unsaved, 0);
    assert.equal(client.saved().unarchived, true);
    assert.ok(equalDocs(client.doc, world.room.doc));
    world.room.archiveNow();
    await world.settle();
    assert.equal(client.saved().unarchived, false);
  }
});

test('sc6_an_acknowledgement_of_an_earlier_epoch_counts_for_nothing', async () => {
  const world = new World();
  const { client } = await world.liveTab();
  world.room.holdsJournal = true;
  addEntry(client.doc, 'comments', 'c', { text: 'a' });
  await world.settle();
  const [socket] = world.room.sockets;
  socket?.down.push(Uint8Array.of(101, 6, 2, 9), Uint8Array.of(102, 6, 99));
  await world.settle();
  assert.deepEqual(client.saved(), { unsaved: 1, unarchived: true, storedLocally: false });
});

test('sc6_what_was_sent_before_a_second_welcome_is_saved_by_the_answer_to_its_question_only', async () => {
  const world = new World();
  const { client } = await world.liveTab();
  world.room.holdsJournal = true;
  addEntry(client.doc, 'comments', 'c', { text: 'a' });
  await world.settle();
  const [socket] = world.room.sockets;
  assert.ok(socket);
  send(socket, 100, 8, 0, 1, 0);
  send(socket, 101, 8, 2, 5);
  await world.settle();
  assert.equal(client.saved().unsaved, 1);
  client.doc.getText('notes').insert(0, 'held back');
  await world.settle();
  assert.equal(socket.frames, 2);
  sendSync(socket, 0, Uint8Array.of(0));
  send(socket, 101, 8, 3, 6);
  await world.settle();
  assert.equal(socket.frames, 3);
  assert.equal(client.saved().unsaved, 0);
});

test('sc7_archived_is_mapped_through_the_seq_of_saved_and_nothing_archived_voids_it', async () => {
  const world = new World();
  const { client } = await world.liveTab();
  const [socket] = world.room.sockets;
  assert.equal(client.saved().unarchived, false, 'who did nothing has nothing to be archived');
  addEntry(client.doc, 'comments', 'c1', { text: 'a' });
  await world.settle();
  addEntry(client.doc, 'comments', 'c2', { text: 'b' });
  await world.settle();
  assert.equal(world.room.seq, 2);
  socket?.down.push(Uint8Array.of(102, 7, 2));
  await world.settle();
  assert.equal(client.saved().unarchived, true, 'seq 1 is archived, seq 2 is not');
  socket?.down.push(Uint8Array.of(102, 7, 3));
  await world.settle();
  assert.equal(client.saved().unarchived, false);
  socket?.down.push(Uint8Array.of(102, 7, 0));
  await world.settle();
  assert.equal(client.saved().unarchived, true, 'another store has nothing');
});

test('sc7_conditions_are_told_when_they_change', async () => {
  const world = new World();
  world.room.conditions = 1;
  const { client, ears } = await world.liveTab();
  assert.deepEqual(ears.conditions, [{ nearlyFull: true, hostFailing: false, degraded: false }]);
  world.room.sockets[0]?.down.push(Uint8Array.of(104, 1), Uint8Array.of(104, 6));
  await world.settle();
  assert.deepEqual(ears.conditions.slice(1), [{ nearlyFull: false, hostFailing: true, degraded: true }]);
  assert.equal(client.conditions().degraded, true);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as Y from 'yjs';

import { keepsContract } from './store_contract.ts';
import { FakeDisk, World, addEntry, contentOf, equalDocs } from './world.ts';

test('sc21_the_disk_of_these_tests_keeps_to_the_contract_of_stores', async () => {
  const disk = new FakeDisk();
  await keepsContract(() => disk.store());
});

test('sc21_what_was_written_offline_survives_a_reload_and_is_counted', async () => {
  const world = new World();
  const disk = new FakeDisk();
  world.room.isAway = true;
  const one = await world.liveTab({ disk });
  addEntry(one.client.doc, 'comments', 'c', { text: 'offline' });
  one.client.doc.getText('notes').insert(0, 'notes');
  await world.settle();
  assert.deepEqual(one.client.saved(), { unsaved: 2, unarchived: true, storedLocally: true });
  one.client.stop();
  await world.settle();
  const two = await world.liveTab({ disk });
  assert.deepEqual(two.client.saved(), { unsaved: 2, unarchived: true, storedLocally: true });
  assert.equal(contentOf(two.client.doc), contentOf(one.client.doc));
  assert.notEqual(two.client.doc.clientID, one.client.doc.clientID);
  world.room.isAway = false;
  two.client.retryNow();
  await world.settle();
  assert.equal(two.client.saved().unsaved, 0);
  assert.ok(equalDocs(two.client.doc, world.room.doc));
  assert.deepEqual(disk.outbox, []);
});

test('sc21_the_copy_is_read_before_the_room_is_called', async () => {
  const world = new World();
  const disk = new FakeDisk();
  let isRead = (): void => {};
  disk.loads = new Promise((resolve) => (isRead = resolve));
  await world.liveTab({ disk });
  await world.pass(2_900);
  assert.equal(world.room.sockets.length, 0);
  isRead();
  await world.settle();
  assert.equal(world.room.sockets.length, 1);
});

test('sc21_a_slow_disk_keeps_nobody_away_and_is_taken_in_when_it_comes', async () => {
  const world = new World();
  const disk = new FakeDisk();
  const lastVisit = new Y.Doc();
  addEntry(lastVisit, 'comments', 'earlier', { text: 'from the last visit' });
  disk.updates.push(Y.encodeStateAsUpdate(lastVisit));
  disk.outbox.push({ id: 'x', client: lastVisit.clientID, clock: 2, operations: [], tries: 0, toReplay: false });
  let isRead = (): void => {};
  disk.loads = new Promise((resolve) => (isRead = resolve));
  const { client, ears } = await world.liveTab({ disk });
  await world.pass(3_000);
  assert.equal(ears.states.at(-1)?.state, 'live');
  assert.equal(client.saved().storedLocally, false);
  client.doc.getText('notes').insert(0, 'meanwhile');
  await world.settle();
  isRead();
  await world.settle();
  assert.deepEqual(client.saved(), { unsaved: 0, unarchived: true, storedLocally: true });
  assert.deepEqual(world.room.doc.getMap('comments').toJSON(), { earlier: { text: 'from the last visit' } });
  client.stop();
  world.room.isAway = true;
  const later = await world.liveTab({ disk });
  assert.equal(contentOf(later.client.doc), contentOf(client.doc), 'what was written meanwhile is in the copy');
});

test('sc21_a_store_that_fails_is_told_and_never_thrown_and_everything_works_without_it', async () => {
  const world = new World();
  const disk = new FakeDisk();
  disk.isBroken = true;
  const { client } = await world.liveTab({ disk });
  assert.equal(client.saved().storedLocally, false);
  addEntry(client.doc, 'comments', 'c', { text: 'a' });
  await world.settle();
  assert.equal(client.saved().unsaved, 0);
  assert.ok(equalDocs(client.doc, world.room.doc));
});

test('sc21_a_copy_that_missed_a_write_gets_everything_with_the_next_one', async () => {
  const world = new World();
  const disk = new FakeDisk();
  const { client } = await world.liveTab({ disk });
  assert.equal(client.saved().storedLocally, true);
  world.room.isAway = true;
  world.room.crash();
  disk.isBroken = true;
  addEntry(client.doc, 'comments', 'one', { text: 'a' });
  await world.settle();
  assert.equal(client.saved().storedLocally, false);
  disk.isBroken = false;
  addEntry(client.doc, 'comments', 'two', { text: 'b' });
  await world.settle();
  assert.equal(client.saved().storedLocally, true);
  client.stop();
  const later = await world.liveTab({ disk });
  assert.equal(later.client.saved().unsaved, 2);
  assert.equal(contentOf(later.client.doc), contentOf(client.doc));
});

test('sc21_a_copy_that_the_browser_erased_is_begun_again_with_everything', async () => {
  const world = new World();
  const disk = new FakeDisk();
  const { client, ears } = await world.liveTab({ disk });
  world.room.isAway = true;
  world.room.crash();
  addEntry(client.doc, 'comments', 'one', { text: 'a' });
  await world.settle();
  disk.erase();
  addEntry(client.doc, 'comments', 'two', { text: 'b' });
  await world.settle();
  assert.deepEqual(ears.documents, []);
  assert.deepEqual(client.saved(), { unsaved: 2, unarchived: true, storedLocally: true });
  client.stop();
  const later = await world.liveTab({ disk });
  assert.equal(later.client.saved().unsaved, 2);
  assert.equal(contentOf(later.client.doc), contentOf(client.doc));
});

test('sc21_forgetting_erases_the_copy_in_every_tab_and_keeps_none', async () => {
  const world = new World();
  const disk = new FakeDisk();
  const [one, two] = [await world.liveTab({ disk }), await world.liveTab({ disk })];
  addEntry(one.client.doc, 'comments', 'c', { text: 'secret' });
  await world.pass(2_000);
  assert.notEqual(disk.updates.length, 0);
  await one.client.signOut();
  await world.settle();
  for (const { client } of [one, two]) {
    addEntry(client.doc, 'comments', 'after', { text: 'secret too' });
  }
  await world.pass(2_000);
  assert.deepEqual([disk.updates, disk.outbox], [[], []]);
  assert.equal(one.client.saved().storedLocally, false);
  assert.equal(two.client.saved().storedLocally, false);
});

test('sc22_tabs_show_each_others_edits_only_after_the_room_has_stored_them', async () => {
  const world = new World();
  const disk = new FakeDisk();
  const [one, two] = [await world.liveTab({ disk }), await world.liveTab({ disk })];
  assert.notEqual(one.client.doc.clientID, two.client.doc.clientID);
  world.room.holdsJournal = true;
  addEntry(one.client.doc, 'comments', 'c', { text: 'a' });
  await world.pass(5_000);
  assert.equal(two.client.doc.getMap('comments').size, 0);
  world.room.releaseJournal();
  await world.settle();
  assert.equal(two.client.doc.getMap('comments').size, 1);
});

test('sc22_one_tab_may_carry_what_another_left_behind_and_both_count_it_as_saved', async () => {
  const world = new World();
  const disk = new FakeDisk();
  world.room.isAway = true;
  const one = await world.liveTab({ disk });
  addEntry(one.client.doc, 'comments', 'c', { text: 'a' });
  await world.settle();
  const two = await world.liveTab({ disk });
  world.room.isAway = false;
  two.client.retryNow();
  await world.settle();
  assert.equal(two.client.saved().unsaved, 0);
  one.client.retryNow();
  await world.settle();
  assert.equal(one.client.saved().unsaved, 0);
  assert.deepEqual(disk.outbox, []);
});

test('sc24_an_error_of_the_page_does_not_look_like_one_of_the_room', async () => {
  const world = new World();
  const surfaced: unknown[] = [];
  const catchIt = (error: unknown): unknown => surfaced.push(error);
  const before = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', catchIt);
  try {
    const [one, two] = [await world.liveTab(), await world.liveTab()];
    one.client.doc.getMap('comments').observeDeep(() => {
      throw new Error('the page has a mistake');
    });
    addEntry(two.client.doc, 'comments', 'c', { text: 'a' });
    await world.settle();
    assert.equal(one.ears.states.at(-1)?.state, 'live');
    assert.equal(contentOf(one.client.doc), contentOf(two.client.doc));
    assert.deepEqual(surfaced.map(String), ['Error: the page has a mistake']);
  } finally {
    process.off('uncaughtException', catchIt);
    before.forEach((listener) => process.on('uncaughtException', listener));
  }
});

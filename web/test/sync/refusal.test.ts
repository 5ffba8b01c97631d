import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as Y from 'yjs';

import { FakeDisk, World, addEntry, contentOf, equalDocs, refuseWord, refusedFrame, remaking } from './world.ts';
import type { Tab } from './world.ts';

/** Goes offline, lets `edits` happen one by one, comes back. */
async function offlineBatch(world: World, { client }: Tab, edits: (doc: Y.Doc) => void): Promise<void> {
  world.room.isAway = true;
  world.room.crash();
  edits(client.doc);
  await world.settle();
  world.room.isAway = false;
  client.retryNow();
  await world.pass(60_000);
}

function comment(client: Tab['client'], id: string, text: string): void {
  addEntry(client.doc, 'comments', id, { text });
}

test('sc16_a_refused_change_is_given_back_and_the_document_is_built_anew', async () => {
  const world = new World();
  world.room.judge = refuseWord('BAD');
  const [tab, other] = [await world.liveTab(), await world.liveTab()];
  const { client, ears } = tab;
  comment(client, 'good', 'fine');
  await world.settle();
  const before = client.doc;
  comment(client, 'bad', 'BAD');
  await world.settle();
  assert.equal(client.doc, before, 'the page keeps what it shows until there is something better');
  assert.equal(client.saved().unsaved, 0);
  await world.pass(1_000);
  assert.deepEqual(ears.refusals, [
    {
      reason: 'not_allowed',
      words: 'because not_allowed',
      lost: [{ root: 'comments', id: 'bad', fields: { text: 'BAD' }, text: '', deletes: false }],
      replayed: 0,
    },
  ]);
  assert.deepEqual(ears.documents, [client.doc]);
  assert.notEqual(client.doc.clientID, before.clientID);
  assert.deepEqual(client.doc.getMap('comments').toJSON(), { good: { text: 'fine' } });
  comment(client, 'after', 'fine again');
  await world.settle();
  assert.equal(client.saved().unsaved, 0);
  assert.equal(contentOf(other.client.doc), contentOf(client.doc));
  assert.ok(equalDocs(client.doc, world.room.doc));
  assert.equal(world.room.sockets.length, 3, 'one socket more');
});

test('sc16_a_client_id_that_is_somebody_elses_is_given_up_and_no_change_is_lost', async () => {
  const world = new World();
  const { client, ears } = await world.liveTab();
  const before = client.doc;
  client.doc.getText('notes').insert(0, 'unsent');
  world.room.sockets[0]?.down.push(refusedFrame(0, 'not_allowed'));
  await world.pass(1_000);
  assert.notEqual(client.doc.clientID, before.clientID);
  assert.equal(client.doc.getText('notes').toString(), 'unsent');
  assert.equal(world.room.doc.getText('notes').toString(), 'unsent');
  assert.equal(client.saved().unsaved, 0);
  assert.deepEqual(ears.refusals.flatMap(({ lost }) => lost), []);
});

test('sc16_what_was_done_after_the_refused_frame_is_made_again_once', async () => {
  const world = new World();
  world.room.judge = refuseWord('BAD');
  const { client, ears } = await world.liveTab();
  client.doc.getText('notes').insert(0, 'before ');
  await Promise.resolve();
  comment(client, 'bad', 'BAD');
  await Promise.resolve();
  client.doc.getText('notes').insert(7, 'after ');
  await world.settle();
  // Between refusal and the new document the page goes on.
  client.doc.getText('notes').insert(13, 'meanwhile');
  assert.ok(client.saved().unsaved > 0);
  await world.pass(1_000);
  assert.equal(client.doc.getText('notes').toString(), 'before after meanwhile');
  assert.equal(world.room.doc.getText('notes').toString(), 'before after meanwhile');
  assert.deepEqual(ears.refusals.map(({ lost, replayed }) => [lost.map(({ id }) => id), replayed]), [[['bad'], 2]]);
  assert.equal(client.saved().unsaved, 0);
});

test('sc16_what_arrived_before_the_refusal_without_being_acknowledged_is_not_made_twice', async () => {
  const world = new World();
  const { client, ears } = await world.liveTab();
  world.room.judge = refuseWord('BAD');
  world.room.holdsJournal = true;
  client.doc.getText('notes').insert(0, 'once');
  await Promise.resolve();
  client.doc.getText('notes').delete(0, 1);
  await Promise.resolve();
  comment(client, 'bad', 'BAD');
  await world.settle();
  world.room.releaseJournal();
  await world.pass(1_000);
  assert.equal(world.room.doc.getText('notes').toString(), 'nce');
  assert.equal(client.saved().unsaved, 0);
  assert.deepEqual(ears.refusals.flatMap(({ lost }) => lost.map(({ id }) => id)), ['bad']);
});

test('sc16_what_is_done_while_the_changes_are_claimed_is_made_again_once', async () => {
  const world = new World();
  const disk = new FakeDisk();
  const { client } = await world.liveTab({ disk });
  world.room.judge = refuseWord('BAD');
  disk.onClaim = () => {
    disk.onClaim = () => {};
    client.doc.getText('notes').insert(0, 'in between');
  };
  comment(client, 'bad', 'BAD');
  await world.pass(5_000);
  assert.equal(client.doc.getText('notes').toString(), 'in between');
  assert.deepEqual(disk.outbox, []);
  const later = await world.liveTab({ disk });
  await world.pass(5_000);
  assert.equal(later.client.doc.getText('notes').toString(), 'in between');
});

test('sc16_a_refusal_while_the_changes_are_claimed_loses_none_of_them', async () => {
  const world = new World();
  const disk = new FakeDisk();
  const tab = await world.liveTab({ disk });
  world.room.judge = refuseWord('BAD');
  disk.onClaim = () => {
    disk.onClaim = () => {};
    world.room.living[0]?.events.received(refusedFrame(1, 'not_allowed'));
  };
  await offlineBatch(world, tab, (doc) => {
    doc.getText('notes').insert(0, 'kept');
    addEntry(doc, 'comments', 'bad', { text: 'BAD' });
  });
  assert.equal(tab.client.doc.getText('notes').toString(), 'kept');
  assert.equal(tab.client.saved().unsaved, 0);
  assert.deepEqual(disk.outbox, []);
});

test('sc20_what_was_claimed_for_another_tab_when_a_refusal_came_is_given_back', async () => {
  const world = new World();
  const disk = new FakeDisk();
  world.room.judge = refuseWord('BAD');
  const { client } = await world.liveTab({ disk });
  comment(client, 'bad', 'BAD');
  await world.settle();
  const operations = [{ op: 'set' as const, path: ['comments', 'left'], value: { kind: 'value' as const, value: 'by another tab' } }];
  disk.outbox.push({ id: 'x', client: 1, clock: 1, operations, tries: 0, toReplay: true });
  disk.onClaim = () => {
    disk.onClaim = () => {};
    world.room.living[0]?.events.received(refusedFrame(1, 'not_allowed'));
  };
  await world.pass(10_000);
  assert.deepEqual(client.doc.getMap('comments').toJSON(), { left: 'by another tab' });
  assert.equal(client.saved().unsaved, 0);
  assert.deepEqual(disk.outbox, []);
});

test('sc17_of_an_offline_batch_with_one_bad_change_only_that_one_is_lost', async () => {
  const world = new World();
  const tab = await world.liveTab();
  world.room.judge = refuseWord('BAD');
  await offlineBatch(world, tab, (doc) => {
    for (let index = 0; index < 10; index += 1) {
      addEntry(doc, 'comments', `c${index}`, { text: index === 4 ? 'BAD' : `text ${index}` });
    }
    doc.getText('notes').insert(0, 'offline notes');
  });
  const { client, ears } = tab;
  assert.deepEqual(Object.keys(client.doc.getMap('comments').toJSON()).sort(), ['c0', 'c1', 'c2', 'c3', 'c5', 'c6', 'c7', 'c8', 'c9']);
  assert.equal(client.doc.getText('notes').toString(), 'offline notes');
  assert.deepEqual(ears.refusals.map(({ lost }) => lost.map(({ id }) => id)), [['c4']], 'told once');
  assert.equal(client.saved().unsaved, 0);
  assert.ok(equalDocs(client.doc, world.room.doc));
});

test('sc17_what_builds_on_a_lost_change_is_lost_with_it_and_nothing_else', async () => {
  const world = new World();
  const tab = await world.liveTab();
  world.room.judge = refuseWord('BAD');
  await offlineBatch(world, tab, (doc) => {
    addEntry(doc, 'comments', 'bad', { text: 'BAD' });
    (doc.getMap('comments').get('bad') as Y.Map<unknown>).set('tag', 'x');
    addEntry(doc, 'comments', 'good', { text: 'good' });
  });
  assert.deepEqual(tab.client.doc.getMap('comments').toJSON(), { good: { text: 'good' } });
  assert.deepEqual(tab.ears.refusals.flatMap(({ lost }) => lost.map(({ id, fields }) => [id, fields])), [
    ['bad', { text: 'BAD', tag: 'x' }],
  ]);
});

test('sc18_a_full_document_takes_deletions_and_gives_the_rest_back', async () => {
  const world = new World();
  const tab = await world.liveTab();
  comment(tab.client, 'old', 'old');
  comment(tab.client, 'kept', 'kept');
  await world.settle();
  world.room.judge = (before, after) => (contentOf(after).length > contentOf(before).length ? 'too_large' : null);
  await offlineBatch(world, tab, (doc) => {
    addEntry(doc, 'comments', 'new', { text: 'much more than before' });
    doc.getMap('comments').delete('old');
    addEntry(doc, 'comments', 'newer', { text: 'and more' });
  });
  const { client, ears } = tab;
  assert.deepEqual(client.doc.getMap('comments').toJSON(), { kept: { text: 'kept' } });
  assert.deepEqual(ears.refusals.map(({ reason, lost, replayed }) => [reason, lost.map(({ id }) => id), replayed]), [['too_large', ['new', 'newer'], 1]]);
  assert.equal(client.saved().unsaved, 0);
  assert.ok(equalDocs(client.doc, world.room.doc));
});

test('sc18_a_frame_larger_than_any_room_takes_is_refused_before_it_is_sent', async () => {
  const world = new World();
  const { client, ears } = await world.liveTab();
  client.doc.getText('notes').insert(0, 'x'.repeat(17 * 1024 * 1024));
  await world.pass(1_000);
  assert.deepEqual(ears.refusals.map(({ reason }) => reason), ['too_large']);
  assert.equal(ears.refusals[0]?.lost[0]?.text.length, 17 * 1024 * 1024);
  assert.equal(client.doc.getText('notes').length, 0);
  assert.ok(world.room.sockets.every(({ heard }) => heard.every((data) => data.length < 1_000)));
});

test('sc19_a_room_that_refuses_everything_ends_it_after_a_few_rebuilds_and_loses_nothing_in_silence', async () => {
  const world = new World();
  const tab = await world.liveTab();
  world.room.judge = (before, after) => (equalDocs(before, after) ? null : 'not_allowed');
  await offlineBatch(world, tab, (doc) => {
    for (let index = 0; index < 8; index += 1) {
      addEntry(doc, 'comments', `c${index}`, { text: `text ${index}` });
    }
  });
  const { client, ears } = tab;
  assert.deepEqual(ears.refusals.flatMap(({ lost }) => lost.map(({ id }) => id)).sort(), ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7']);
  assert.ok(ears.documents.length <= 4, `${ears.documents.length} rebuilds`);
  assert.equal(client.saved().unsaved, 0);
  assert.equal(ears.states.at(-1)?.state, 'live');
  const sockets = world.room.sockets.length;
  await world.pass(600_000);
  assert.equal(world.room.sockets.length, sockets);
});

test('sc19_a_room_that_refuses_even_nothing_is_left_for_good', async () => {
  const world = new World();
  world.room.judge = () => 'not_allowed';
  const { ears } = await world.liveTab();
  await world.pass(600_000);
  assert.deepEqual(ears.states.at(-1), { state: 'closed', code: 4403, reason: 'because not_allowed' });
  assert.ok(world.room.sockets.length <= 8, `${world.room.sockets.length} sockets`);
});

test('sc19_a_page_that_makes_a_refused_change_whenever_it_can_does_not_spin', async () => {
  const world = new World();
  world.room.judge = refuseWord('BAD');
  const { client, ears } = await world.liveTab();
  comment(client, 'bad', 'BAD');
  ears.documentReplaced = () => void world.clock.after(500, () => comment(client, 'bad', 'BAD'));
  await world.pass(60_000);
  const count = world.room.sockets.length;
  assert.ok(count >= 5 && count <= 10, `${count} sockets in a minute`);
  assert.equal(ears.states.some(({ state }) => state === 'closed'), false);
});

test('sc20_sibling_tabs_give_the_poisoned_replica_up_too_and_nothing_is_made_twice', async () => {
  const world = new World();
  const disk = new FakeDisk();
  world.room.isAway = true;
  const one = await world.liveTab({ disk });
  one.client.doc.getText('notes').insert(0, 'from one. ');
  comment(one.client, 'bad', 'BAD');
  await world.settle();
  // The second tab opens on the copy that the first has written.
  const two = await world.liveTab({ disk });
  assert.equal(two.client.doc.getMap('comments').size, 1);
  assert.equal(two.client.saved().unsaved, 2);
  two.client.doc.getText('notes').insert(10, 'from two. ');
  await world.settle();
  world.room.judge = refuseWord('BAD');
  world.room.isAway = false;
  one.client.retryNow();
  await world.pass(120_000);
  two.client.retryNow();
  await world.pass(60_000);
  for (const { client } of [one, two]) {
    assert.equal(client.saved().unsaved, 0);
    assert.deepEqual(client.doc.getMap('comments').toJSON(), {});
    assert.equal(client.doc.getText('notes').toString().length, 20, client.doc.getText('notes').toString());
    assert.ok(equalDocs(client.doc, world.room.doc));
  }
  assert.notEqual(one.client.doc.clientID, two.client.doc.clientID);
  assert.equal([...one.ears.refusals, ...two.ears.refusals].flatMap(({ lost }) => lost).length, 1);
  assert.deepEqual(disk.outbox, []);
  const later = await world.liveTab({ disk });
  assert.ok(equalDocs(later.client.doc, world.room.doc));
});

test('sc20_what_one_tab_has_claimed_no_other_makes_again', async () => {
  const world = new World();
  const disk = new FakeDisk();
  let isBarred = false;
  const one = await world.liveTab({
    disk,
    open: (address, protocols, events) => (isBarred ? { send() {}, close() {} } : world.open(address, protocols, events)),
  });
  const two = await world.liveTab({ disk });
  world.room.judge = refuseWord('BAD');
  comment(one.client, 'bad', 'BAD');
  await Promise.resolve();
  one.client.doc.getText('notes').insert(0, 'once');
  // From here on the first tab finds no way to the room, and the second makes everything again.
  isBarred = true;
  await world.pass(60_000);
  assert.equal(world.room.doc.getText('notes').toString(), 'once');
  isBarred = false;
  await world.pass(120_000);
  for (const { client } of [one, two]) {
    assert.equal(client.doc.getText('notes').toString(), 'once');
    assert.equal(client.saved().unsaved, 0);
  }
  assert.deepEqual(disk.outbox, []);
});

test('sc20_a_tab_that_heard_nothing_is_turned_away_by_the_copy_and_rebuilds', async () => {
  const world = new World();
  const disk = new FakeDisk();
  const mute = () => ({ tell() {}, close() {} });
  const [one, two] = [await world.liveTab({ disk, siblings: mute }), await world.liveTab({ disk, siblings: mute })];
  world.room.judge = refuseWord('BAD');
  comment(one.client, 'bad', 'BAD');
  await world.pass(1_000);
  assert.equal(two.ears.documents.length, 0);
  comment(two.client, 'fine', 'fine');
  await world.pass(2_000);
  assert.equal(two.ears.documents.length, 1);
  assert.deepEqual(two.ears.refusals, []);
  assert.deepEqual(world.room.doc.getMap('comments').toJSON(), { fine: { text: 'fine' } });
  assert.equal(two.client.saved().unsaved, 0);
  assert.deepEqual(disk.outbox, []);
});

test('sc20_a_page_that_dies_in_the_middle_of_a_rebuild_leaves_what_the_next_one_makes_again', async () => {
  const world = new World();
  const disk = new FakeDisk();
  const one = await world.liveTab({ disk });
  world.room.judge = refuseWord('BAD');
  await offlineBatchThenDie(world, one);
  const two = await world.liveTab({ disk });
  await world.pass(60_000);
  assert.equal(two.client.doc.getText('notes').toString(), 'good notes');
  assert.equal(two.client.saved().unsaved, 0);
  assert.ok(equalDocs(two.client.doc, world.room.doc));
  assert.deepEqual(disk.outbox, []);
});

test('sc20_a_tab_that_closes_while_it_is_turned_away_leaves_its_last_change_to_the_next_page', async () => {
  const world = new World();
  const disk = new FakeDisk();
  const mute = () => ({ tell() {}, close() {} });
  const [one, two] = [await world.liveTab({ disk, siblings: mute }), await world.liveTab({ disk, siblings: mute })];
  world.room.judge = refuseWord('BAD');
  comment(one.client, 'bad', 'BAD');
  await world.pass(1_000);
  world.room.isAway = true;
  world.room.crash();
  comment(two.client, 'last', 'last words');
  two.client.stop();
  await world.settle();
  world.room.isAway = false;
  const later = await world.liveTab({ disk });
  await world.pass(5_000);
  assert.deepEqual(later.client.doc.getMap('comments').toJSON(), { last: { text: 'last words' } });
  assert.equal(later.client.saved().unsaved, 0);
});

async function offlineBatchThenDie(world: World, { client }: Tab): Promise<void> {
  world.room.isAway = true;
  world.room.crash();
  client.doc.getText('notes').insert(0, 'good notes');
  comment(client, 'bad', 'BAD');
  await world.settle();
  world.room.isAway = false;
  client.retryNow();
  await world.settle();
  assert.equal(client.saved().unsaved, 2, 'refused, not yet made again');
  client.stop();
  await world.settle();
}

test('sc16_what_makes_changes_again_is_fetched_only_when_the_room_has_refused_one', async () => {
  const world = new World();
  world.room.judge = refuseWord('BAD');
  let fetched = 0;
  const { client } = await world.liveTab({ remaking: () => ((fetched += 1), Promise.resolve(remaking)) });
  comment(client, 'good', 'fine');
  await world.settle();
  assert.equal(fetched, 0);
  comment(client, 'bad', 'BAD');
  await world.pass(1_000);
  assert.equal(fetched, 1);
});

test('sc16_a_part_that_cannot_be_fetched_ends_in_a_reload_and_the_next_page_makes_the_rest_again_and_tells_what_is_lost', async () => {
  const world = new World();
  const disk = new FakeDisk();
  world.room.judge = refuseWord('BAD');
  let asked = 0;
  const { client, ears } = await world.liveTab({ disk, remaking: () => ((asked += 1), Promise.reject(new Error('not found'))) });
  comment(client, 'bad', 'BAD');
  await Promise.resolve();
  comment(client, 'good', 'fine');
  await world.pass(60_000);
  assert.deepEqual(ears.states.at(-1), { state: 'closed', code: 4426, reason: 'A part of the page could not be fetched.' });
  assert.equal(asked, 3);
  assert.deepEqual(ears.refusals, []);
  assert.deepEqual([client.saved().unsaved, client.saved().storedLocally], [2, true]);
  client.stop();
  await world.settle();
  const next = await world.liveTab({ disk });
  await world.pass(60_000);
  assert.deepEqual(next.client.doc.getMap('comments').toJSON(), { good: { text: 'fine' } });
  assert.deepEqual(next.ears.refusals.map(({ lost }) => lost.map(({ id, fields }) => [id, fields])), [[['bad', { text: 'BAD' }]]]);
  assert.equal(next.client.saved().unsaved, 0);
  assert.deepEqual(disk.outbox, []);
});

test('sc16_a_part_that_comes_at_the_second_try_is_used_as_if_nothing_had_been', async () => {
  const world = new World();
  world.room.judge = refuseWord('BAD');
  let asked = 0;
  const { client, ears } = await world.liveTab({
    remaking: () => ((asked += 1) === 1 ? Promise.reject(new Error('cut off')) : Promise.resolve(remaking)),
  });
  comment(client, 'bad', 'BAD');
  await world.pass(5_000);
  assert.deepEqual(ears.refusals.map(({ lost }) => lost.map(({ id }) => id)), [['bad']]);
  comment(client, 'after', 'fine again');
  await world.settle();
  assert.deepEqual(world.room.doc.getMap('comments').toJSON(), { after: { text: 'fine again' } });
});

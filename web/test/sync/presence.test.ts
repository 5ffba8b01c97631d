import assert from 'node:assert/strict';
import { test } from 'node:test';

import { World, presenceFrame, refuseWord } from './world.ts';
import type { Tab } from './world.ts';

function seen(tab: Tab): unknown[] {
  return [...tab.client.presence.states().values()].map((state) => JSON.stringify(state)).sort();
}

test('sc13_others_see_a_state_and_lose_it_when_its_client_leaves', async () => {
  const world = new World();
  const [one, two] = [await world.liveTab(), await world.liveTab()];
  one.client.presence.set({ at: 1 });
  two.client.presence.set({ at: 2 });
  await world.settle();
  assert.deepEqual(seen(one), ['{"at":1}', '{"at":2}']);
  assert.deepEqual(seen(two), ['{"at":1}', '{"at":2}']);
  assert.ok(one.client.presence.states().has(one.client.doc.clientID));
  one.client.stop();
  await world.settle();
  assert.deepEqual(seen(two), ['{"at":2}']);
  two.client.presence.set(null);
  assert.deepEqual(seen(two), []);
});

test('sc13_there_is_no_heartbeat_and_nobody_is_dropped_for_being_quiet', async () => {
  const world = new World();
  const [one, two] = [await world.liveTab(), await world.liveTab()];
  one.client.presence.set({ at: 1 });
  await world.settle();
  const heard = world.room.sockets[0]?.heard.length ?? 0;
  await world.pass(600_000);
  assert.ok(world.room.sockets[0]?.heard.slice(heard).every((data) => data === 'ping'));
  assert.deepEqual(seen(two), ['{"at":1}']);
});

test('sc13_a_query_is_answered_with_the_own_entry_only_and_a_higher_clock', async () => {
  const world = new World();
  const [one, two] = [await world.liveTab(), await world.liveTab()];
  two.client.presence.set({ at: 2 });
  one.client.presence.set({ a: 1 });
  await world.settle();
  const [socket] = world.room.sockets;
  socket?.down.push(Uint8Array.of(3));
  await world.settle();
  const [first, second] = [socket?.heard.at(-2) as Uint8Array, socket?.heard.at(-1) as Uint8Array];
  assert.equal(second[2], 1, 'one entry');
  assert.deepEqual(second.filter((byte, at) => byte !== first[at]).length, 1, 'nothing but the clock differs');
});

test('sc14_what_others_say_about_oneself_is_not_believed', async () => {
  const world = new World();
  const { client } = await world.liveTab();
  const [socket] = world.room.sockets;
  socket?.down.push(presenceFrame([[client.doc.clientID, { at: 'forged' }]]));
  await world.settle();
  assert.equal(client.presence.states().size, 0);
  client.presence.set({ at: 1 });
  await world.settle();
  socket?.down.push(presenceFrame([[client.doc.clientID, { at: 'forged' }]]), presenceFrame([[client.doc.clientID, null]]));
  await world.settle();
  assert.deepEqual([...client.presence.states().values()], [{ at: 1 }]);
});

test('sc14_a_short_loss_keeps_the_others_a_long_one_does_not_and_who_left_meanwhile_goes', async () => {
  const world = new World();
  const watcher = await world.liveTab();
  const [stays, leaves] = [await world.liveTab(), await world.liveTab()];
  stays.client.presence.set('stays');
  leaves.client.presence.set('leaves');
  await world.settle();
  const [socket] = world.room.sockets;
  assert.ok(socket);
  world.room.drop(socket);
  leaves.client.stop();
  await world.settle();
  assert.deepEqual(seen(watcher), ['"leaves"', '"stays"']);
  await world.pass(15_000);
  assert.equal(watcher.ears.states.at(-1)?.state, 'live');
  assert.deepEqual(seen(watcher), ['"stays"']);
  world.room.isAway = true;
  world.room.crash();
  await world.pass(29_000);
  assert.deepEqual(seen(watcher), ['"stays"']);
  await world.pass(2_000);
  assert.deepEqual(seen(watcher), []);
});

test('sc14_a_state_comes_again_with_the_next_socket', async () => {
  const world = new World();
  const [one, two] = [await world.liveTab(), await world.liveTab()];
  one.client.presence.set({ at: 1 });
  await world.settle();
  world.room.crash();
  await world.pass(5_000);
  assert.deepEqual([...world.room.states.values()], [{ at: 1 }]);
  assert.deepEqual(seen(two), ['{"at":1}']);
});

test('sc15_the_first_change_is_told_at_once_and_the_last_of_many_soon_after', async () => {
  const world = new World();
  const { client } = await world.liveTab();
  const [socket] = world.room.sockets;
  const told = (): number => socket?.heard.filter((data) => data[0] === 1).length ?? 0;
  for (let at = 0; at < 100; at += 1) {
    client.presence.set({ at });
  }
  await world.settle();
  assert.equal(told(), 1);
  await world.pass(150);
  assert.equal(told(), 2);
  assert.deepEqual([...world.room.states.values()], [{ at: 99 }]);
  await world.pass(10_000);
  assert.equal(told(), 2);
});

test('sc15_a_state_that_the_room_would_close_for_is_not_told', async () => {
  const world = new World();
  const { client } = await world.liveTab();
  client.presence.set({ at: 1 });
  await world.pass(1_000);
  client.presence.set({ text: 'x'.repeat(5_000) });
  await world.pass(1_000);
  assert.deepEqual([...world.room.states.values()], [{ at: 1 }]);
});

test('sc14_after_a_rebuild_one_is_here_once_under_the_new_id', async () => {
  const world = new World();
  const [one, two] = [await world.liveTab(), await world.liveTab()];
  one.client.presence.set('one');
  await world.settle();
  const before = one.client.doc.clientID;
  world.room.judge = refuseWord('BAD');
  one.client.doc.getText('notes').insert(0, 'BAD');
  await world.settle();
  // The page goes on saying where one is while the new document is on its way.
  world.room.isOpen = false;
  for (let second = 0; second < 5; second += 1) {
    await world.pass(1_000);
    one.client.presence.set('one');
  }
  world.room.isOpen = true;
  world.room.living.filter(({ hasAsked }) => !hasAsked).forEach((socket) => world.room.welcome(socket));
  await world.pass(5_000);
  assert.notEqual(one.client.doc.clientID, before);
  for (const tab of [one, two]) {
    assert.deepEqual([...tab.client.presence.states()], [[one.client.doc.clientID, 'one']]);
  }
  world.room.sockets.at(-1)?.down.push(presenceFrame([[before, 'ghost']]));
  await world.settle();
  assert.deepEqual([...one.client.presence.states().keys()], [one.client.doc.clientID]);
});

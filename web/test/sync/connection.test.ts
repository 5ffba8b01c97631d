import assert from 'node:assert/strict';
import { test } from 'node:test';

import { nextConnection, retryDelay, syncStateOf } from '../../src/sync/connection.ts';
import type { Connection } from '../../src/sync/connection.ts';
import { World } from './world.ts';

const LOST = { event: 'lost', now: 0, code: 1006, reason: '', random: 0.5, isHeld: false } as const;

test('sc9_only_codes_from_4400_to_4499_are_final', async () => {
  for (const [code, isFinal] of [[4399, false], [4400, true], [4404, true], [4426, true], [4499, true], [4500, false], [1000, false], [1011, false]] as const) {
    const world = new World();
    const { ears } = await world.liveTab();
    const [socket] = world.room.sockets;
    assert.ok(socket);
    world.room.drop(socket, code, 'because');
    await world.pass(60_000);
    assert.equal(world.room.sockets.length === 1, isFinal, `${code}`);
    assert.deepEqual(ears.states.at(-1), isFinal ? { state: 'closed', code, reason: 'because' } : { state: 'live' });
  }
});

test('sc9_nothing_leads_out_of_closed_but_leaving', () => {
  const closed: Connection = { at: 'closed', code: 4404, reason: 'gone' };
  assert.equal(nextConnection(closed, LOST), closed);
  assert.equal(nextConnection(closed, { event: 'called' }), closed);
  assert.deepEqual(nextConnection(closed, { event: 'left' }), { at: 'rest' });
});

test('sc9_delays_grow_and_stay_within_their_bounds', () => {
  for (const random of [0, 0.5, 0.999_999]) {
    for (const code of [1012, 1013]) {
      const delay = retryDelay(code, 0, random);
      assert.ok(delay >= 500 && delay <= 5_000, `${code}: ${delay}`);
    }
    assert.ok(retryDelay(4500, 0, random) <= 500);
    assert.ok(retryDelay(4500, 1, random) >= 1_000, 'at once only once');
    for (let failures = 0; failures < 2_000; failures += 1) {
      const delay = retryDelay(failures % 2 === 0 ? 1006 : null, failures, random);
      const ceiling = Math.min(30_000, 2 ** (failures + 1) * 1_000);
      assert.ok(delay >= 1_000 && delay <= ceiling, `${failures}: ${delay}`);
    }
    assert.ok(retryDelay(1013, 5, random) >= 1_000, 'an invitation is believed once');
  }
  assert.ok(retryDelay(1006, 9, 0.999_999) > 29_000);
  assert.equal(retryDelay(1012, 0, 0), 500);
  assert.ok(retryDelay(1012, 0, 0.999_999) > 4_999);
});

test('sc9_a_connection_that_did_not_last_counts_as_another_failure', () => {
  const live = { at: 'open', failures: 3, isWelcome: true, syncedAt: 1_000 } as const;
  const short = nextConnection(live, { ...LOST, now: 10_999 });
  const long = nextConnection(live, { ...LOST, now: 11_000 });
  assert.equal(short.at === 'waiting' && short.failures, 4);
  assert.equal(long.at === 'waiting' && long.failures, 1);
});

test('sc9_a_room_that_cannot_be_reached_is_tried_less_and_less_and_without_end', async () => {
  const world = new World();
  world.room.isAway = true;
  const { ears } = await world.liveTab();
  await world.pass(60_000);
  const early = world.room.sockets.length;
  assert.ok(early >= 4 && early <= 20, `${early} attempts in the first minute`);
  await world.pass(600_000);
  const late = world.room.sockets.length - early;
  assert.ok(late >= 20 && late <= 60, `${late} attempts in ten minutes`);
  world.room.isAway = false;
  await world.pass(30_000);
  assert.equal(ears.states.at(-1)?.state, 'live');
});

test('sc9_an_attempt_that_never_answers_is_given_up', async () => {
  const world = new World();
  let attempts = 0;
  const { ears } = await world.liveTab({
    open: () => {
      attempts += 1;
      return { send() {}, close() {} };
    },
  });
  await world.pass(14_999);
  assert.equal(attempts, 1);
  await world.pass(3_000);
  assert.equal(attempts, 2);
  assert.ok(ears.states.some(({ state }) => state === 'waiting'));
});

test('sc9_every_standing_has_a_state_for_the_page', () => {
  assert.equal(syncStateOf({ at: 'rest' }).state, 'connecting');
  assert.equal(syncStateOf({ at: 'calling', failures: 1 }).state, 'connecting');
  assert.equal(syncStateOf({ at: 'open', failures: 0, isWelcome: true, syncedAt: null }).state, 'opening');
});

test('sc10_a_ping_leaves_every_20_s_and_silence_for_10_s_after_it_is_death', async () => {
  const world = new World();
  const { ears } = await world.liveTab();
  const [socket] = world.room.sockets;
  assert.ok(socket);
  await world.pass(61_000);
  assert.equal(socket.heard.filter((data) => data === 'ping').length, 3);
  assert.equal(world.room.sockets.length, 1);
  socket.isSilent = true;
  await world.pass(28_000);
  assert.equal(ears.states.at(-1)?.state, 'live');
  await world.pass(2_000);
  assert.deepEqual(ears.states.map(({ state }) => state).slice(2, 3), ['waiting']);
  assert.ok(socket.isEnded);
});

test('sc10_a_hidden_page_whose_timers_fire_once_a_minute_pings_each_time', async () => {
  const world = new World();
  await world.liveTab({
    clock: { now: () => world.clock.now(), after: (_milliseconds, action) => world.clock.after(60_000, action) },
  });
  await world.pass(600_000);
  assert.equal(world.room.sockets[0]?.heard.filter((data) => data === 'ping').length, 10);
  assert.equal(world.room.sockets.length, 1);
});

test('sc11_coming_online_or_into_view_ends_the_waiting_and_going_offline_asks_the_socket', async () => {
  const world = new World();
  const { told, ears } = await world.liveTab();
  const attempts = (): number => world.room.sockets.length;
  world.room.isAway = true;
  world.room.crash();
  await world.pass(600_000);
  world.room.isAway = false;
  const before = attempts();
  told('visible');
  await world.settle();
  assert.equal(attempts(), before + 1);
  assert.equal(ears.states.at(-1)?.state, 'live');

  world.room.isAway = true;
  world.room.crash();
  await world.pass(600_000);
  world.room.isAway = false;
  told('online');
  await world.pass(1_000);
  assert.equal(ears.states.at(-1)?.state, 'live');

  const socket = world.room.living[0];
  assert.ok(socket);
  socket.isSilent = true;
  told('offline');
  await world.pass(9_999);
  assert.equal(ears.states.at(-1)?.state, 'live');
  await world.pass(1);
  assert.equal(ears.states.at(-1)?.state, 'waiting');
});

test('sc11_a_page_that_nobody_sees_comes_back_when_seen_unless_it_has_something_to_save', async () => {
  for (const hasUnsaved of [false, true]) {
    const world = new World();
    const { client, ears, told, show } = await world.liveTab();
    show(false);
    world.room.holdsJournal = hasUnsaved;
    client.doc.getText('notes').insert(0, 'x');
    await world.settle();
    world.room.crash();
    world.room.holdsJournal = false;
    await world.pass(60_000);
    assert.equal(world.room.sockets.length > 1, hasUnsaved);
    assert.deepEqual(ears.states.at(-1), hasUnsaved ? { state: 'live' } : { state: 'waiting', until: Infinity, code: 1006 });
    show(true);
    told('visible');
    await world.settle();
    assert.equal(ears.states.at(-1)?.state, 'live');
  }
});

test('sc9_a_client_that_has_left_stays_away', async () => {
  const world = new World();
  const { client, told } = await world.liveTab();
  client.doc.getText('notes').insert(0, 'last words');
  client.stop();
  told('online');
  client.retryNow();
  await world.pass(120_000);
  assert.equal(world.room.sockets.length, 1);
  assert.equal(world.room.living.length, 0);
  assert.equal(world.room.doc.getText('notes').toString(), 'last words');
  assert.equal(world.clock.next(), null, 'no timer is left');
});

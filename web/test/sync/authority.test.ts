import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FakeDisk, FakeTickets, World, addEntry, equalDocs, renewalsOn, sendResume } from './world.ts';
import type { FakeSocket, Judge, Tab } from './world.ts';

const QUARTER_MS = 900_000;

test('sc12_each_socket_brings_a_fresh_ticket_and_the_role_is_told', async () => {
  const world = new World();
  const tickets = new FakeTickets('comment');
  const { ears } = await world.liveTab({ tickets });
  assert.deepEqual(last(world).protocols, ['glossator.v1', 't1']);
  assert.deepEqual(ears.access.at(-1), { role: 'comment', until: world.clock.now() + QUARTER_MS, isHostAway: false });
  world.room.drop(last(world), 1012);
  await world.pass(5_000);
  assert.deepEqual(last(world).protocols, ['glossator.v1', 't2']);
});

test('sc12_while_the_host_is_away_the_newest_resume_token_opens_and_only_as_long_as_its_authority_lasts', async () => {
  const world = new World();
  const tickets = new FakeTickets();
  const { ears } = await world.liveTab({ tickets });
  sendResume(last(world), 'older');
  sendResume(last(world), 'newer');
  await world.settle();
  tickets.answer = 'unavailable';
  world.room.drop(last(world), 1012);
  await world.pass(5_000);
  assert.deepEqual(last(world).protocols, ['glossator.v1', 'newer']);
  assert.equal(ears.states.at(-1)?.state, 'live');
  assert.equal(ears.access.at(-1)?.isHostAway, true);
  assert.equal(ears.access.at(-1)?.role, 'annotate');

  await world.pass(QUARTER_MS);
  const before = world.room.sockets.length;
  world.room.drop(last(world), 4500);
  await world.pass(120_000);
  assert.equal(world.room.sockets.length, before, 'a token that is over opens nothing');
  assert.deepEqual(ears.states.at(-1)?.state, 'waiting');
  tickets.answer = { token: 'back', role: 'annotate', lastsMs: QUARTER_MS };
  await world.pass(30_000);
  assert.equal(ears.states.at(-1)?.state, 'live');
  assert.equal(ears.access.at(-1)?.isHostAway, false);
});

test('sc12_without_any_way_in_the_client_waits_and_says_whether_it_is_the_host_that_is_away', async () => {
  const world = new World();
  const tickets = new FakeTickets();
  tickets.answer = 'unavailable';
  const { ears } = await world.liveTab({ tickets });
  await world.pass(60_000);
  assert.ok(tickets.asked >= 4 && tickets.asked <= 20, `${tickets.asked} in a minute`);
  assert.equal(world.room.sockets.length, 0);
  assert.deepEqual(ears.access.at(-1), { role: null, until: null, isHostAway: true });
  tickets.answer = null;
  await world.pass(60_000);
  assert.equal(ears.access.at(-1)?.isHostAway, false, 'nobody knows that of a host which nobody reached');
});

test('sc12_a_resume_token_whose_authority_has_ended_opens_nothing', async () => {
  const world = new World();
  const tickets = new FakeTickets();
  tickets.kept = { token: 'over', role: 'annotate', until: world.clock.now() };
  tickets.answer = 'unavailable';
  await world.liveTab({ tickets });
  await world.pass(30_000);
  assert.equal(world.room.sockets.length, 0);
});

test('sc12_who_is_denied_or_signed_out_is_closed_for_good', async () => {
  for (const [answer, code] of [['denied', 4403], ['signed_out', 4401]] as const) {
    const world = new World();
    const tickets = new FakeTickets();
    tickets.kept = { token: 'of yesterday', role: 'own', until: world.clock.now() + 1_000 };
    tickets.answer = answer;
    const { ears } = await world.liveTab({ tickets });
    await world.pass(120_000);
    assert.equal(ears.states.at(-1)?.state === 'closed' && ears.states.at(-1), ears.states.at(-1));
    assert.equal((ears.states.at(-1) as { code: number }).code, code);
    assert.equal(tickets.asked, 1);
    assert.equal(tickets.kept, null);
    assert.equal(world.room.sockets.length, 0);
  }
});

test('sc26_an_open_socket_is_renewed_at_about_two_thirds_of_its_time_again_and_again', async () => {
  const world = new World();
  const tickets = new FakeTickets();
  const { ears } = await world.liveTab({ tickets });
  for (const round of [1, 2, 3]) {
    const before = (ears.access.at(-1)?.until ?? 0) - world.clock.now();
    await world.pass(before - QUARTER_MS * 0.39);
    assert.equal(renewalsOn(last(world)).length, round - 1);
    await world.pass(QUARTER_MS * 0.11);
    assert.equal(renewalsOn(last(world)).length, round);
    assert.ok((ears.access.at(-1)?.until ?? 0) > world.clock.now() + QUARTER_MS * 0.85);
  }
  assert.equal(world.room.sockets.length, 1);
  assert.equal(tickets.asked, 4);
});

test('sc26_a_renewal_that_fails_or_is_not_answered_is_tried_again_and_none_outlives_its_socket', async () => {
  const world = new World();
  const tickets = new FakeTickets('annotate', 60_000);
  const { ears } = await world.liveTab({ tickets });
  world.room.renews = false;
  const [socket, until] = [last(world), ears.access.at(-1)?.until];
  tickets.next.push('unavailable', null);
  await world.pass(42_000);
  assert.equal(tickets.asked, 2);
  assert.deepEqual(renewalsOn(socket), []);
  await world.pass(60_000);
  assert.ok(renewalsOn(socket).length > 0);
  const sent = renewalsOn(socket).length;
  await world.pass(120_000);
  assert.ok(renewalsOn(socket).length > sent, 'nobody said Renewed');
  assert.equal(ears.access.at(-1)?.until, until, 'it lasts no longer before the room has said so');
  const { asked } = tickets;
  world.room.drop(socket, 4404);
  await world.pass(600_000);
  assert.equal(tickets.asked, asked);
});

test('sc26_a_client_that_came_back_without_the_host_renews_as_soon_as_it_answers', async () => {
  const world = new World();
  const tickets = new FakeTickets();
  tickets.kept = { token: 'kept', role: 'annotate', until: world.clock.now() + QUARTER_MS };
  tickets.answer = 'unavailable';
  await world.liveTab({ tickets });
  assert.deepEqual(last(world).protocols, ['glossator.v1', 'kept']);
  await world.pass(300_000);
  assert.ok(tickets.asked >= 4 && tickets.asked <= 20, `${tickets.asked}`);
  tickets.answer = { token: 't', role: 'annotate', lastsMs: QUARTER_MS };
  await world.pass(90_000);
  assert.equal(renewalsOn(last(world)).length > 0, true);
  assert.equal(world.room.sockets.length, 1);
});

test('sc26_a_denial_ends_an_open_client', async () => {
  const world = new World();
  const tickets = new FakeTickets();
  const { ears } = await world.liveTab({ tickets });
  tickets.answer = 'denied';
  await world.pass(QUARTER_MS);
  assert.deepEqual(ears.states.at(-1), { state: 'closed', code: 4403, reason: 'denied' });
  assert.ok(last(world).isEnded);
});

test('sc27_the_first_4500_looks_like_nothing_and_the_next_ticket_is_fetched_at_once', async () => {
  const world = new World();
  const tickets = new FakeTickets();
  const { client, ears } = world.tab({ tickets });
  client.start();
  // A room that has just begun lets nobody in with what was issued before.
  world.room.isOpen = false;
  await world.settle();
  world.room.drop(last(world), 4500);
  world.room.isOpen = true;
  await world.pass(500);
  assert.deepEqual(last(world).protocols, ['glossator.v1', 't2']);
  assert.deepEqual(ears.states.map(({ state }) => state), ['opening', 'connecting', 'opening', 'live']);
});

test('sc27_a_4500_that_follows_another_is_told_and_waited_for', async () => {
  const world = new World();
  const { ears } = await world.liveTab({ tickets: new FakeTickets() });
  world.room.drop(last(world), 4500);
  await world.pass(500);
  world.room.drop(last(world), 4500);
  await world.settle();
  const told = ears.states.at(-1);
  assert.equal(told?.state === 'waiting' && told.code, 4500);
});

test('sc27_a_resume_token_that_was_not_taken_or_is_of_another_role_is_dropped', async () => {
  const world = new World();
  const tickets = new FakeTickets();
  const { ears } = await world.liveTab({ tickets });
  sendResume(last(world), 'resume');
  await world.settle();
  tickets.answer = 'unavailable';
  world.room.drop(last(world), 4500);
  await world.pass(500);
  assert.deepEqual(last(world).protocols, ['glossator.v1', 'resume'], 'it may be another matter');
  world.room.drop(last(world), 4500);
  await world.pass(60_000);
  assert.equal(tickets.kept, null);
  assert.equal(world.room.sockets.length, 2);

  tickets.answer = { token: 't', role: 'annotate', lastsMs: QUARTER_MS };
  await world.pass(60_000);
  sendResume(last(world), 'as an annotator');
  await world.settle();
  assert.equal(tokenIn(tickets), 'as an annotator');
  tickets.answer = { token: 't', role: 'read', lastsMs: QUARTER_MS };
  world.room.drop(last(world), 4500);
  await world.pass(60_000);
  assert.equal(tickets.kept, null);
  assert.equal(ears.access.at(-1)?.role, 'read');
});

test('sc28_a_device_whose_clock_is_hours_off_renews_in_time', async () => {
  for (const hours of [-5, 5]) {
    const world = new World();
    const tickets = new FakeTickets();
    const clock = { now: () => world.clock.now() + hours * 3_600_000, after: world.clock.after.bind(world.clock) };
    await world.liveTab({ tickets, clock });
    await world.pass(QUARTER_MS * 0.72);
    assert.equal(renewalsOn(last(world)).length, 1, `${hours} h`);
    await world.pass(QUARTER_MS * 0.5);
    assert.equal(renewalsOn(last(world)).length, 1, `${hours} h`);
    assert.equal(world.room.sockets.length, 1);
  }
});

test('sc29_who_may_do_less_after_working_offline_keeps_what_the_role_allows_and_is_given_back_the_rest', async () => {
  const world = new World();
  const tickets = new FakeTickets('annotate');
  const tab = await world.liveTab({ tickets });
  addEntry(tab.client.doc, 'highlights', 'theirs', { author_id: 'u2' });
  await world.settle();
  await offline(world, tab, () => {
    const { doc } = tab.client;
    doc.getText('notes').insert(0, 'notes');
    addEntry(doc, 'highlights', 'mine', { author_id: 'u1', quote: 'some words' });
    addEntry(doc, 'comments', 'on mine', { author_id: 'u1', highlight_id: 'mine', text: 'nobody would see this' });
    addEntry(doc, 'comments', 'on theirs', { author_id: 'u1', highlight_id: 'theirs', text: 'kept' });
    tickets.answer = { token: 't', role: 'comment', lastsMs: QUARTER_MS };
    world.room.judge = onlyComments;
  });
  const { ears, client } = tab;
  assert.deepEqual(Object.keys(world.room.doc.getMap('comments').toJSON()), ['on theirs']);
  assert.equal(world.room.doc.getText('notes').length, 0);
  assert.equal(client.saved().unsaved, 0);
  assert.equal(ears.refusals.length, 1, 'the room was asked once');
  const { lost = [], replayed } = ears.refusals[0] ?? {};
  assert.deepEqual(lost.map(({ root, id }) => [root, id]), [['notes', null], ['highlights', 'mine'], ['comments', 'on mine']]);
  assert.equal(replayed, 1);
  assert.equal(world.room.sockets.length, 3);
});

test('sc29_of_a_reader_nothing_is_made_again', async () => {
  const world = new World();
  const tickets = new FakeTickets('annotate');
  const tab = await world.liveTab({ tickets });
  await offline(world, tab, () => {
    addEntry(tab.client.doc, 'comments', 'one', { author_id: 'u1', text: 'one' });
    addEntry(tab.client.doc, 'comments', 'two', { author_id: 'u1', text: 'two' });
    tickets.answer = { token: 't', role: 'read', lastsMs: QUARTER_MS };
    world.room.judge = (before, after) => (equalDocs(before, after) ? null : 'not_allowed');
  });
  assert.deepEqual(tab.ears.refusals.map(({ lost, replayed }) => [lost.map(({ id }) => id), replayed]), [[['one', 'two'], 0]]);
  assert.equal(tab.client.saved().unsaved, 0);
  assert.equal(tab.ears.states.at(-1)?.state, 'live', 'reading goes on');
});

test('sc30_a_reload_comes_back_by_the_token_that_was_kept_and_signing_out_erases_it_in_all_tabs', async () => {
  const world = new World();
  const disk = new FakeDisk();
  const [tickets, others] = [new FakeTickets('comment'), new FakeTickets('comment')];
  const { client } = await world.liveTab({ tickets, disk });
  sendResume(last(world), 'kept');
  await world.settle();
  assert.deepEqual(tickets.kept, { token: 'kept', role: 'comment', until: world.clock.now() + QUARTER_MS });
  client.stop();
  tickets.answer = 'unavailable';
  const again = world.tab({ tickets, disk });
  assert.equal(again.client.access().role, 'comment', 'known before anybody answers');
  again.client.start();
  await world.settle();
  assert.deepEqual(last(world).protocols, ['glossator.v1', 'kept']);

  const other = await world.liveTab({ tickets: others, disk });
  sendResume(last(world), 'of the other tab');
  await world.settle();
  assert.equal(tokenIn(others), 'of the other tab');
  assert.equal(tickets.role, 'comment');
  await again.client.signOut();
  await world.settle();
  assert.deepEqual([tickets.kept, others.kept, tickets.role, others.role], [null, null, null, null]);
  sendResume(last(world), 'late');
  await world.settle();
  assert.equal(others.kept, null);
  other.client.stop();
});

test('sc29_what_was_last_known_is_known_at_once_and_gives_way_to_what_is_said', async () => {
  const world = new World();
  const tickets = new FakeTickets('comment');
  const unknown = world.tab({ tickets });
  assert.deepEqual(unknown.client.access(), { role: null, until: null, isHostAway: false });
  unknown.client.start();
  await world.settle();
  assert.equal(tickets.role, 'comment');
  unknown.client.stop();
  tickets.answer = null;
  const offline = world.tab({ tickets });
  offline.client.start();
  await world.settle();
  assert.equal(offline.client.access().role, 'comment', 'nobody has said anything else');
  offline.client.stop();
  tickets.answer = { token: 't', role: 'own', lastsMs: QUARTER_MS };
  const raised = world.tab({ tickets });
  raised.client.start();
  await world.settle();
  assert.deepEqual([raised.client.access().role, tickets.role], ['own', 'own']);
  raised.client.stop();
  const again = world.tab({ tickets });
  assert.equal(again.client.access().role, 'own');
  tickets.answer = 'denied';
  again.client.start();
  await world.settle();
  assert.equal(tickets.role, null, 'who is denied has no role');
});

const onlyComments: Judge = (before, after) => {
  const others = (doc: typeof before): string => JSON.stringify([doc.getMap('highlights').toJSON(), doc.getText('notes').toString()]);
  return others(before) === others(after) ? null : 'not_allowed';
};

function tokenIn({ kept }: FakeTickets): string | undefined {
  return kept?.token;
}

function last(world: World): FakeSocket {
  const socket = world.room.sockets.at(-1);
  assert.ok(socket);
  return socket;
}

async function offline(world: World, { client }: Tab, work: () => void): Promise<void> {
  world.room.isAway = true;
  world.room.crash();
  work();
  await world.settle();
  world.room.isAway = false;
  client.retryNow();
  await world.pass(60_000);
}

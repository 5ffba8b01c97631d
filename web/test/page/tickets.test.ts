import assert from 'node:assert/strict';
import { test } from 'node:test';

import { answerOf, readOther, readRole, readTicket, readWayBack } from '../../src/page/desk/tickets.ts';

const TICKET = { ticket: 'abc', role: 'comment', open_until_ms: 1_060_000, authority_until_ms: 1_900_000, user: 'u1', name: 'Pell' };

test('a ticket lasts for so long from when it was issued, whatever hour the device has', () => {
  assert.deepEqual(readTicket(TICKET), { token: 'abc', role: 'comment', lastsMs: 900_000 });
});

test('what is no ticket lets nobody in, and is no denial either', () => {
  for (const value of [null, 7, {}, { ...TICKET, role: 'none' }, { ...TICKET, role: 'emperor' }, { ...TICKET, ticket: 7 }, { ...TICKET, authority_until_ms: '9' }]) {
    assert.equal(readTicket(value), 'unavailable');
  }
});

test('a ticket for whoever has signed in tells the page who that is', () => {
  assert.equal(readOther(TICKET, 'u1'), null);
  assert.deepEqual(readOther(TICKET, 'u-made-up'), { id: 'u1', name: 'Pell', account: 'u1' });
  assert.equal(readOther({ ...TICKET, account: 'a1' }, 'a1')?.account, 'a1', 'in an anonymous class one appears as somebody else');
  for (const value of [null, 7, {}, { ...TICKET, user: 7 }, { ...TICKET, name: null }]) {
    assert.equal(readOther(value, 'u-made-up'), null, JSON.stringify(value));
  }
});

test('each status of the door means what the contract says', () => {
  assert.deepEqual([403, 401, 503, 502, 429].map(answerOf), ['denied', 'signed_out', 'unavailable', 'unavailable', 'unavailable']);
  assert.deepEqual([204, 400, 404, 415].map(answerOf), ['denied', 'denied', 'denied', 'denied'], 'what is not understood');
});

test('what was kept of an earlier page is taken whole or not at all', () => {
  const way = { token: 't', role: 'own', until: 9 };
  assert.deepEqual(readWayBack({ ...way, more: 1 }), way);
  for (const value of [null, 'x', [], { ...way, role: null }, { ...way, until: 'later' }, { token: 't' }]) {
    assert.equal(readWayBack(value), null);
  }
});

test('what was last known is a role that a ticket may show', () => {
  assert.deepEqual(['read', 'own', 'open', 'none', 'emperor', null].map(readRole), ['read', 'own', null, null, null, null]);
});

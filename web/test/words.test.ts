import assert from 'node:assert/strict';
import { test } from 'node:test';

import { nextState, readRoomAnswer } from '../src/connection_state.ts';
import type { ConnectionState } from '../src/connection_state.ts';
import { closeWords, roomWords, stateWords } from '../src/words.ts';

test('every final close code of the contract has words of its own', () => {
  const words = [4400, 4401, 4403, 4404, 4409, 4429].map((code) => closeWords(code, ''));
  assert.equal(new Set(words).size, words.length);
  for (const sentence of words) {
    assert.doesNotMatch(sentence, /\d{4}/);
  }
});

test('a final code that the page does not know is told with its number and reason', () => {
  assert.match(closeWords(4477, 'because'), /4477: because/);
});

test('a page that lost the server says what happens to edits', () => {
  const { long } = stateWords({ state: 'offline', code: 1006 }, 'in_step');
  assert.match(long ?? '', /kept in this tab, and sent when it is back/);
  assert.match(stateWords({ state: 'offline', code: 1006 }, 'unsent').long ?? '', /Do not close the tab/);
});

test('a page whose notes never opened does not invite to write', () => {
  assert.doesNotMatch(stateWords({ state: 'offline', code: 1006 }, 'nothing').long ?? '', /writ|edits/);
});

test('a page that is closed while it holds unsent edits tells to copy them', () => {
  assert.match(stateWords({ state: 'closed', code: 4409, reason: '' }, 'unsent').long ?? '', /copy them/);
  assert.doesNotMatch(stateWords({ state: 'closed', code: 4409, reason: '' }, 'in_step').long ?? '', /copy/);
});

test('a page that waits for the store says so, and that the notes open by themselves', () => {
  const sentence = roomWords(readRoomAnswer({ state: 'restoring', store_failures: 2 }));
  assert.match(sentence, /cannot be reached/);
  assert.match(sentence, /open by themselves/);
});

test('a room that is only slow is not said to have lost its store', () => {
  assert.doesNotMatch(roomWords(readRoomAnswer({ state: 'restoring', store_failures: 0 })), /cannot be reached/);
});

test('whatever a server says of a room, the page makes sense of it or admits that it does not know', () => {
  for (const value of [null, undefined, 7, 'open', [], {}, { state: 4 }, { state: 'elsewhere' }]) {
    assert.deepEqual(readRoomAnswer(value), { room: 'unknown' });
  }
  assert.deepEqual(readRoomAnswer({ state: 'open', store_failures: 'many' }), { room: 'open', storeFailures: 0 });
});

test('nothing leads out of a final close', () => {
  const closed: ConnectionState = { state: 'closed', code: 4404, reason: '' };
  assert.equal(nextState(closed, { signal: 'socket_lost', code: 1006 }), closed);
  assert.equal(nextState(closed, { signal: 'synced' }), closed);
});

test('a room that answers late does not take a live page back to waiting', () => {
  const live: ConnectionState = { state: 'live' };
  assert.equal(nextState(live, { signal: 'room_answered', answer: { room: 'unknown' } }), live);
});

test('a refused page has passed through offline and ends closed', () => {
  const lost = nextState({ state: 'live' }, { signal: 'socket_lost', code: 4404 });
  assert.deepEqual(nextState(lost, { signal: 'refused', code: 4404, reason: 'deleted' }), {
    state: 'closed',
    code: 4404,
    reason: 'deleted',
  });
});

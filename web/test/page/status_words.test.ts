import assert from 'node:assert/strict';
import { test } from 'node:test';

import { roleChangeWords } from '../../src/page/desk/role_words.ts';
import { closeWords, longWords, roomWords } from '../../src/page/status/long_words.ts';
import { readRoomAnswer } from '../../src/page/status/room_answer.ts';
import { shortWords } from '../../src/page/status/short_words.ts';
import type { Standing } from '../../src/page/status/short_words.ts';

const FINAL_CODES = [4400, 4401, 4403, 4404, 4409, 4426, 4429];
const offline = (saved: Partial<Standing['saved']>, code: number | null = 1006): Standing =>
  standing({ sync: { state: 'waiting', until: 0, code }, saved: { unsaved: 0, unarchived: false, storedLocally: true, ...saved } });

test('every final close code of the contract has words of its own, and says what to do without its number', () => {
  const long = FINAL_CODES.map((code) => closeWords(code, ''));
  const short = FINAL_CODES.map((code) => shortWords(standing({ sync: { state: 'closed', code, reason: '' } })).short);
  assert.equal(new Set(long).size, FINAL_CODES.length);
  assert.equal(new Set(short).size, FINAL_CODES.length);
  for (const sentence of long) {
    assert.doesNotMatch(sentence, /\d{4}/);
  }
});

test('a final code that the page does not know is told with its number and reason', () => {
  assert.match(closeWords(4477, 'because'), /4477: because/);
});

test('only what the archive has too is called all saved', () => {
  const live = (saved: Standing['saved']): string => shortWords(standing({ saved })).short;
  assert.equal(live({ unsaved: 0, unarchived: false, storedLocally: true }), 'All saved');
  assert.equal(live({ unsaved: 0, unarchived: true, storedLocally: true }), 'Saved');
  assert.equal(live({ unsaved: 2, unarchived: true, storedLocally: true }), 'Saving…');
});

test('offline, the number of unsent changes is told, and whether closing the tab loses them', () => {
  assert.equal(shortWords(offline({ unsaved: 3 })).short, 'Offline, 3 unsent');
  assert.match(longWords(offline({ unsaved: 3 })), /3 changes kept in this browser/);
  assert.match(longWords(offline({ unsaved: 1, storedLocally: false })), /Do not close it/);
  assert.doesNotMatch(longWords(offline({})), /unsent|close it/);
});

test('a page that never had the document does not invite to work offline', () => {
  assert.doesNotMatch(longWords({ ...offline({}), hasDocument: false }), /working/);
  assert.match(longWords({ ...offline({ unsaved: 1 }), hasDocument: false }), /1 change kept/, 'but who has worked is told what becomes of it');
});

test('a closed page that holds unsent changes says how to keep them, and only then', () => {
  const closed = (unsaved: number): string =>
    longWords(standing({ sync: { state: 'closed', code: 4403, reason: '' }, saved: { unsaved, unarchived: true, storedLocally: false } }));
  assert.match(closed(2), /2 changes of yours did not reach the room; export/);
  assert.doesNotMatch(closed(0), /export/);
});

test('a page out of date says that what this browser keeps is sent after the reload, and only what it keeps', () => {
  const closed = (storedLocally: boolean): string =>
    longWords(standing({ sync: { state: 'closed', code: 4426, reason: '' }, saved: { unsaved: 2, unarchived: true, storedLocally } }));
  assert.match(closed(true), /2 changes of yours, kept in this browser, will be sent then/);
  assert.match(closed(false), /2 changes of yours did not reach the room; export/);
});

test('a failing archive is told without being called a loss', () => {
  const words = standing({ conditions: { nearlyFull: false, hostFailing: true, degraded: false } });
  assert.equal(shortWords(words).short, 'Saved, archive down');
  assert.match(longWords(words), /stored in the room.*archive cannot be reached/);
});

test('a nearly full case says that deleting works, and a degraded room that it takes no changes', () => {
  assert.match(longWords(standing({ conditions: { nearlyFull: true, hostFailing: false, degraded: false } })), /Deleting always works/);
  const degraded = standing({ conditions: { nearlyFull: false, hostFailing: false, degraded: true } });
  assert.equal(shortWords(degraded).isUrgent, true);
  assert.match(longWords(degraded), /takes no changes/);
});

test('a room that waits for its store says so across the page, and a slow one does not', () => {
  const waiting = (failures: number): Standing =>
    standing({ sync: { state: 'opening' }, room: { room: 'restoring', storeFailures: failures } });
  assert.equal(shortWords(waiting(2)).isUrgent, true);
  assert.match(longWords(waiting(2)), /cannot be reached/);
  assert.equal(shortWords(waiting(0)).isUrgent, false);
});

test('whatever a server says of a room, the page makes sense of it or admits that it does not know', () => {
  for (const value of [null, undefined, 7, 'open', [], {}, { state: 4 }, { state: 'elsewhere' }]) {
    assert.deepEqual(readRoomAnswer(value), { room: 'unknown' });
  }
  assert.deepEqual(readRoomAnswer({ state: 'open', store_failures: 'many' }), { room: 'open', storeFailures: 0 });
  assert.match(roomWords({ room: 'unknown' }), /does not say why/);
});

test('who may only read is told so, is not told of saving, and is not asked to work offline', () => {
  const access = { role: 'read', until: 1, isHostAway: false } as const;
  assert.equal(shortWords(standing({ access })).short, 'Read only');
  assert.match(longWords(standing({ access })), /You may read this case/);
  assert.match(longWords({ ...offline({}), access }), /go on reading/);
  assert.equal(shortWords(standing({ access, saved: { unsaved: 1, unarchived: true, storedLocally: true } })).short, 'Saving…', 'what was left is');
});

test('a host that is away is told apart from being offline, and to those who are in with the time that they have', () => {
  const away = { role: null, until: null, isHostAway: true } as const;
  const out = { ...offline({}, null), access: away };
  assert.equal(shortWords(out).short, 'Host away');
  assert.match(longWords(out), /nobody new gets in until it is back/);
  assert.match(longWords({ ...out, access: { ...away, role: 'annotate' } }), /your access, which has ended, cannot be renewed/);
  const inside = standing({ access: { role: 'annotate', until: Date.UTC(2026, 0, 1, 12, 34), isHostAway: true } });
  assert.equal(shortWords(inside).isUrgent, false, 'work goes on');
  assert.match(longWords(inside), /nobody new gets in\. .*lasts until .*34/);
  const unarchived = { unsaved: 0, unarchived: true, storedLocally: true };
  assert.match(longWords({ ...inside, saved: unarchived }), /the archive gets its copy later/);
});

test('who was removed is told so, and not as one who never got in', () => {
  const closed = standing({ sync: { state: 'closed', code: 4403, reason: '' }, access: { role: 'comment', until: null, isHostAway: false } });
  assert.match(longWords(closed), /no permission to work on this case any more/);
});

test('each change of a role has its sentence, and only less is called only', () => {
  const roles = ['none', 'read', 'comment', 'annotate', 'own'] as const;
  for (const [at, role] of roles.entries()) {
    for (const [from, before] of roles.entries()) {
      if (at !== from) {
        assert.equal(/only/.test(roleChangeWords(role, before)), at < from && role !== 'none', `${before} to ${role}`);
      }
    }
  }
  assert.match(roleChangeWords('read', 'annotate'), /^You may now only read this case\./);
});

function standing(parts: Partial<Standing>): Standing {
  return {
    sync: { state: 'live' },
    saved: { unsaved: 0, unarchived: false, storedLocally: true },
    conditions: { nearlyFull: false, hostFailing: false, degraded: false },
    access: { role: null, until: null, isHostAway: false },
    hasDocument: true,
    room: null,
    ...parts,
  };
}

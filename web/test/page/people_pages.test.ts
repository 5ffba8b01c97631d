// The words and addresses of the pages for people.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sendRoster } from '../../src/api/roster.ts';
import { statesOf } from '../../src/api/states.ts';
import { browserWords, wayWords } from '../../src/page/account/browser_words.ts';
import { fieldOf, momentOf } from '../../src/page/class/moments.ts';
import { classWords } from '../../src/page/class/class_words.ts';
import { summaryOf } from '../../src/page/class/roster_words.ts';
import { countedByName } from '../../src/page/class/tag_counts.ts';
import { codeIn, counted, whenWords } from '../../src/page/class/words.ts';
import { classRows, studentsWords } from '../../src/page/share/class_rows.ts';
import { addressOf, readQuery } from '../../src/page/search/query.ts';
import { Members } from '../../src/text/members.ts';
import { backAddress, problemWords, readAddress } from '../../src/page/sign_in/address.ts';

const origin = 'https://glossator.example';

test('the address for signing in says where to go on to, and nothing but a page of ours', () => {
  assert.deepEqual(readAddress({ search: '?to=%2Fc%2Fa', hash: '', origin }), { to: '/c/a', problem: null, token: null, isBack: false });
  assert.equal(readAddress({ search: '?to=https://evil.example', hash: '', origin }).to, '/');
  assert.equal(readAddress({ search: '?to=//evil.example&problem=expired', hash: '', origin }).problem, 'expired');
});

test('a provider leads back to the page for signing in, which then goes on', () => {
  const { search } = new URL(backAddress('/c/a#h=x'), origin);
  assert.deepEqual(readAddress({ search, hash: '', origin }), { to: '/c/a#h=x', problem: null, token: null, isBack: true });
});

test('what a mail holds is taken from the fragment, which no server is sent, and only if it is one', () => {
  const tokenIn = (hash: string): string | null => readAddress({ search: '', hash, origin }).token;
  assert.equal(tokenIn('#mail=a-B_9'), 'a-B_9');
  for (const hash of ['', '#mail=', '#mail=<x>', '#mail=a b', '#x=1', `#mail=${'a'.repeat(501)}`]) {
    assert.equal(tokenIn(hash), null, hash);
  }
});

test('each problem has words, one that is not known too', () => {
  for (const code of ['cancelled', 'expired', 'refused', 'not_allowed', 'unavailable', 'something', 'constructor', '__proto__']) {
    assert.match(problemWords(code) ?? '', /^[A-Z].*\.$/, code);
  }
  assert.equal(problemWords(null), null);
});

test('the tags of highlights are told by how many there are, and those without one too', () => {
  const counts = new Map([['Reasons', 2], ['', 1], ['My own', 3], ['Order', 0]]);
  assert.deepEqual(countedByName(counts), [['My own', 3], ['Reasons', 2], ['no tag', 1]]);
});

test('what a class may do with a case is told by role, for the section whose it is, and as its state leaves it', () => {
  const member = { name: 'x', email: null, persona: null };
  const members = [
    { ...member, user: '1', role: 'student', section: 'a' },
    { ...member, user: '2', role: 'student', section: 'b' },
    { ...member, user: '3', role: 'student', section: null },
    { ...member, user: '4', role: 'instructor', section: null },
    { ...member, user: '5', role: 'coordinator', section: null },
  ] as const;
  const open = { section: null, state: 'open', students: null } as const;
  assert.deepEqual(classRows({ members, defaultRole: 'comment' }, open), [
    { who: 'Students', number: 3, may: 'may comment' },
    { who: 'Tutors', number: 0, may: 'may annotate' },
    { who: 'Instructors and coordinators', number: 2, may: 'own it' },
  ]);
  const [students] = classRows({ members, defaultRole: 'annotate' }, { ...open, section: { id: 'a', name: 'Tuesdays' } });
  assert.deepEqual(students, { who: 'Students of Tuesdays', number: 1, may: 'may annotate' });
  assert.deepEqual(classRows({ members: [], defaultRole: 'annotate' }, { ...open, state: 'locked' }).map(({ number, may }) => [number, may]), [
    [null, 'may read'],
    [null, 'may read'],
    [null, 'own it'],
  ]);
});

test('what is said of the students of one case goes before what their class says, and not before the state of the case', () => {
  const whole = { members: [], defaultRole: 'annotate' } as const;
  const mayBe = (here: 'read' | 'comment' | null, state: 'open' | 'archived'): string | undefined =>
    classRows(whole, { section: null, state, students: { here, inClass: 'annotate' } })[0]?.may;
  assert.deepEqual([mayBe('read', 'open'), mayBe('comment', 'open'), mayBe(null, 'open'), mayBe('comment', 'archived')], [
    'may read',
    'may comment',
    'may annotate',
    'may read',
  ]);
  const tutors = classRows(whole, { section: null, state: 'open', students: { here: 'read', inClass: 'annotate' } })[1];
  assert.equal(tutors?.may, 'may annotate', 'tutors are no students');
});

test('what a class adds to the state of a case is said only where it adds something', () => {
  assert.equal(classWords({ state: 'locked', ownState: 'locked' }, 'case'), null);
  assert.match(classWords({ state: 'archived', ownState: 'locked' }, 'case') ?? '', /^Its class is archived, .* every case /);
  assert.match(classWords({ state: 'locked', ownState: 'open' }, 'board') ?? '', /^Its class is locked, .* every board /);
});

test('a host that does not tell the states of a case and its class apart is believed as far as it goes', () => {
  assert.deepEqual(statesOf(new Members({ state: 'locked' }, 'a case')), { state: 'locked', ownState: 'locked' });
  assert.deepEqual(statesOf(new Members({ state: 'archived', own_state: 'open' }, 'a case')), { state: 'archived', ownState: 'open' });
});

test('a code is found in what somebody pastes: itself, or the link', () => {
  for (const pasted of ['K7QX-9MPD', ' K7QX-9MPD\n', `${origin}/join/K7QX-9MPD`, `${origin}/join/K7QX-9MPD?x=1`, '/join/K7QX%2D9MPD']) {
    assert.equal(codeIn(pasted), 'K7QX-9MPD', pasted);
  }
  assert.equal(codeIn('/join/%zz'), '/join/%zz');
});

test('what is looked for stands in the address, with the page if it is not the first', () => {
  for (const query of [{ words: 'yellow & flag', page: 1 }, { words: 'ä', page: 3 }]) {
    assert.deepEqual(readQuery(new URL(addressOf(query), origin).search), query);
  }
  assert.equal(addressOf({ words: 'x', page: 1 }), '/search?q=x');
  for (const page of ['0', '-1', 'x', '1.5', '1e9', '']) {
    assert.equal(readQuery(`?q=x&page=${page}`).page, 1, page);
  }
});

test('a moment goes through the field for it and comes back, to the minute', () => {
  const moment = '2026-12-01T09:30:00.000Z';
  assert.equal(momentOf(fieldOf(moment)), moment);
  assert.deepEqual([fieldOf(null), fieldOf('soon'), momentOf(''), momentOf('2026-13')], ['', '', null, null]);
});

test('a browser is named by the few words its owner knows', () => {
  const agents: readonly (readonly [string, string])[] = [
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0', 'Firefox on Windows'],
    ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0', 'Edge on Windows'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15', 'Safari on macOS'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1', 'Safari on iPhone'],
    ['Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36', 'Chrome on Android'],
    ['', 'A browser'],
  ];
  for (const [agent, words] of agents) {
    assert.equal(browserWords(agent), words);
  }
  const ways = ['mail', 'uni-sso', 'constructor'].map(wayWords);
  assert.deepEqual(ways, ['signed in by e-mail', 'signed in with uni-sso', 'signed in with constructor']);
});

test('numbers and moments are told as people say them', () => {
  assert.deepEqual([counted(1, 'person', 'people'), counted(1_200, 'person', 'people')], ['1 person', '1,200 people']);
  assert.deepEqual([whenWords(null), whenWords('soon')], ['', '']);
});

test('of a list each refused line is told and counted, also where several of them are one entry', async () => {
  const refused = Array.from({ length: 700 }, (_, index) => ({ line: index + 2, text: 'x', why: 'there is no e-mail address' }));
  const answer = { enrolled: 1, invited: 2, changed: 0, unchanged: 0, refused, refused_count: 1_700, unplaced: [] };
  const reply = await sendRoster('c', 'Email', async () => new Response(JSON.stringify(answer)));
  assert.ok(reply.reply === 'found', JSON.stringify(reply).slice(0, 200));
  assert.equal(reply.found.refused.length, 700);
  assert.equal(reply.found.refused[699]?.line, 701);
  assert.equal(summaryOf(reply.found), '1 person has been enrolled, 2 are enrolled as soon as they sign in, 1,700 lines were refused.');
});

test('what students may do on a case that is not open is said of the time when it is', () => {
  const said = (state: 'open' | 'locked' | 'archived', here: 'read' | 'annotate' | null): string =>
    studentsWords('Students of Torts', 'case', { state, students: { here: null, inClass: 'comment' } }, here);
  assert.equal(said('open', 'annotate'), 'Students of Torts may annotate this case.');
  assert.equal(said('locked', 'annotate'), 'Students of Torts may annotate this case, once it is open.');
  assert.equal(said('archived', null), 'Students of Torts may comment, as the class says, once it is open.');
  assert.equal(said('locked', 'read'), 'Students of Torts may read this case.');
});

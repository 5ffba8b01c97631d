import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ask, nothing, sentence, whyNot } from '../../src/api/ask.ts';
import type { Fetch } from '../../src/api/ask.ts';
import { fetchBoard } from '../../src/api/boards.ts';
import { fetchClass } from '../../src/api/classes.ts';
import { fetchMe, fetchOwn } from '../../src/api/me.ts';
import { fetchPlace, setStudentsRole } from '../../src/api/places.ts';
import { fetchProgress } from '../../src/api/progress.ts';
import { byCase, search } from '../../src/api/search.ts';
import { changeShare, fetchShares } from '../../src/api/shares.ts';
import { fetchWays, startMail } from '../../src/api/ways.ts';

type Sent = { address: string; options: RequestInit };

/** A server that answers everything so, and what it was asked. */
function answering(status: number, body: unknown): { fetchIt: Fetch; sent: Sent[] } {
  const sent: Sent[] = [];
  const fetchIt: Fetch = (address, options) => {
    sent.push({ address, options });
    const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
    return Promise.resolve(new Response(text, { status }));
  };
  return { fetchIt, sent };
}

test('whatever changes something is sent as JSON, with a body even if there is nothing to say', async () => {
  const { fetchIt, sent } = answering(204, undefined);
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
    assert.deepEqual(await ask({ method, path: '/api/x', read: nothing }, fetchIt), { reply: 'found', found: null });
  }
  for (const { options } of sent) {
    assert.deepEqual(options.headers, { 'content-type': 'application/json' });
    assert.equal(options.body, '{}');
  }
});

test('a question has no body, and its answer is never taken from a cache', async () => {
  const { fetchIt, sent } = answering(200, {});
  await ask({ path: '/api/x', read: nothing }, fetchIt);
  assert.equal(sent[0]?.options.body, undefined);
  assert.equal(sent[0]?.options.cache, 'no-store');
});

test('each failure is told apart: signed out, refused, and what may succeed later', async () => {
  const replies = [401, 404, 409, 410, 429, 500, 503].map(async (status) => {
    const reply = await ask({ path: '/api/x', read: nothing }, answering(status, { error: 'there is no such thing' }).fetchIt);
    return reply.reply;
  });
  assert.deepEqual(await Promise.all(replies), ['signed_out', 'refused', 'refused', 'refused', 'failed', 'failed', 'failed']);
});

test('the words of the host are shown as a sentence, and those of anything between are not', async () => {
  const ours = await ask({ path: '/api/x', read: nothing }, answering(409, { error: 'a class needs an instructor' }).fetchIt);
  assert.equal(whyNot(ours), 'A class needs an instructor.');
  const others = await ask({ path: '/api/x', read: nothing }, answering(403, '<h1>Forbidden</h1>').fetchIt);
  assert.equal(whyNot(others), 'The server answered with status 403.');
  assert.equal(sentence('why? '), 'Why?');
});

test('a board is one’s own to delete if the host says so, or says nothing of it and one owns the board', async () => {
  const head = { id: 'b', title: 'B', role: 'own', state: 'open', owned: true };
  const deletable = async (more: object): Promise<boolean | null> => {
    const reply = await fetchBoard('b', answering(200, { ...head, ...more }).fetchIt);
    return reply.reply === 'found' ? reply.found.isDeletable : null;
  };
  assert.deepEqual(await Promise.all([{}, { deletable: true }, { deletable: false }, { owned: false }].map(deletable)), [true, true, false, false]);
});

test('a server that cannot be reached, or says what cannot be read, throws nothing', async () => {
  const unreachable: Fetch = () => Promise.reject(new TypeError('failed to fetch'));
  assert.match(whyNot(await fetchMe(unreachable)) ?? '', /could not be reached/);
  for (const body of ['<h1>', { user: 7, name: 'Azo' }, { user: '../x', name: 'Azo' }, [], null]) {
    assert.match(whyNot(await fetchMe(answering(200, body).fetchIt)) ?? '', /cannot be read/, JSON.stringify(body));
  }
});

test('who one is has a name to be shown, even if the host knows none', async () => {
  const user = '00000000-0000-4000-8000-000000000001';
  const read = async (more: object): Promise<unknown> => {
    const reply = await fetchMe(answering(200, { user, ...more }).fetchIt);
    return reply.reply === 'found' ? reply.found : reply;
  };
  assert.deepEqual(await read({ name: 'Azo', email: null }), { user, name: 'Azo', email: null, canCreateClasses: false, digest: null });
  assert.deepEqual(await read({ name: ' ', email: 'azo@example.edu', can_create_classes: true }), {
    user,
    name: 'azo@example.edu',
    email: 'azo@example.edu',
    canCreateClasses: true,
    digest: null,
  });
});

test('ways of signing in keep their order, and one of a kind that is not known is left out', async () => {
  const ways = ['oidc', 'passkey', 'google', 'mail'].map((kind) => ({ id: kind, kind, name: kind }));
  const reply = await fetchWays(answering(200, { ways }).fetchIt);
  assert.deepEqual(reply.reply === 'found' && reply.found.map(({ kind }) => kind), ['oidc', 'google', 'mail']);
});

test('asking for a mail says nothing about whether the address is known', async () => {
  const { fetchIt, sent } = answering(202, {});
  assert.deepEqual(await startMail('azo@example.edu', '/c/a', fetchIt), { reply: 'found', found: null });
  assert.equal(sent[0]?.options.body, '{"email":"azo@example.edu","to":"/c/a"}');
});

const CLASS = { id: 'c', name: 'Torts', role: 'instructor', state: 'open', cases: [{ id: 'a', title: 'A v B' }] };

test('a class is read as its staff gets it, and as its students do', async () => {
  const member = { user: 'u', name: 'Azo', email: 'azo@example.edu', role: 'student' };
  const whole = { ...CLASS, default_role: 'comment', invite_code: 'K7', members: [member], invited: [{ email: 'b@example.edu', role: 'tutor' }] };
  const staff = await fetchClass('c', answering(200, whole).fetchIt);
  assert.ok(staff.reply === 'found');
  assert.deepEqual([staff.found.count, staff.found.members.length, staff.found.invited.length, staff.found.inviteCode], [1, 1, 1, 'K7']);
  const student = await fetchClass('c', answering(200, { ...CLASS, role: 'student', members: 42 }).fetchIt);
  assert.ok(student.reply === 'found');
  assert.deepEqual([student.found.count, student.found.members, student.found.invited, student.found.inviteCode], [42, [], [], null]);
});

test('a class with a role that is not known is not shown as if it were a lesser one', async () => {
  const reply = await fetchClass('c', answering(200, { ...CLASS, role: 'emperor' }).fetchIt);
  assert.equal(reply.reply, 'failed');
});

test('what stands in an address is a part of it and nothing else', async () => {
  const { fetchIt, sent } = answering(200, { shares: [] });
  await fetchShares('a/../b?c#d', fetchIt);
  await fetchClass('x/y', fetchIt);
  await search('a&page=9', 2, fetchIt);
  assert.deepEqual(sent.map(({ address }) => address), ['/api/cases/a%2F..%2Fb%3Fc%23d/shares', '/api/classes/x%2Fy', '/api/search?q=a%26page%3D9&page=1']);
});

test('a share is given and taken by the person or by the address', async () => {
  const { fetchIt, sent } = answering(200, {});
  await changeShare('a', { user: 'u' }, null, fetchIt);
  await changeShare('a', { email: 'b@example.edu' }, 'own', fetchIt);
  assert.deepEqual(sent.map(({ options }) => options.body), ['{"user":"u","role":null}', '{"email":"b@example.edu","role":"own"}']);
});

test('what students may do on a case is told to whoever may say it, and said of that case or left to the class', async () => {
  const students = async (more: object): Promise<unknown> => {
    const reply = await fetchPlace('case', 'a', answering(200, { role: 'own', class: 'c', ...more }).fetchIt);
    return reply.reply === 'found' ? reply.found.students : reply.reply;
  };
  assert.equal(await students({}), null, 'not one’s own, or of a host that does not know it');
  assert.deepEqual(await students({ class_role: null, default_role: 'annotate' }), { here: null, inClass: 'annotate' });
  assert.deepEqual(await students({ class_role: 'read', default_role: 'comment' }), { here: 'read', inClass: 'comment' });
  assert.equal(await students({ class_role: 'own', default_role: 'comment' }), 'failed', 'no student owns anything by their class');
  const { fetchIt, sent } = answering(200, {});
  await setStudentsRole('case', 'a/b', 'read', fetchIt);
  await setStudentsRole('board', 'b', null, fetchIt);
  assert.deepEqual(sent.map(({ address, options }) => [options.method, address, options.body]), [
    ['PATCH', '/api/cases/a%2Fb', '{"class_role":"read"}'],
    ['PATCH', '/api/boards/b', '{"class_role":null}'],
  ]);
});

test('progress has numbers by tag, and nothing in their place is shown', async () => {
  const person = { user: 'u', name: 'Azo', student: true, highlights: { Facts: 2 }, comments: 1, last_at: null };
  const of = (highlights: unknown) => answering(200, { cases: [{ id: 'a', title: 'A', people: [{ ...person, highlights }], not_begun: [] }] }).fetchIt;
  const reply = await fetchProgress('c', of({ Facts: 2 }));
  assert.deepEqual(reply.reply === 'found' && [...(reply.found[0]?.people[0]?.highlights ?? [])], [['Facts', 2]]);
  assert.equal((await fetchProgress('c', of({ Facts: '2' }))).reply, 'failed');
  assert.equal(reply.reply === 'found' ? reply.found[0]?.people[0]?.commentsByTag : undefined, null, 'of a host that does not say so nothing is said');
  const told = await fetchProgress('c', answering(200, { cases: [{ id: 'a', title: 'A', people: [{ ...person, comments_by_tag: { Facts: 3, '': 1 } }], not_begun: [] }] }).fetchIt);
  assert.deepEqual(told.reply === 'found' && [...(told.found[0]?.people[0]?.commentsByTag ?? [])], [['Facts', 3], ['', 1]]);
});

test('a highlight and a private note are led to, of a sample only the id is known, and pages begin with the first', async () => {
  const { fetchIt, sent } = answering(200, {
    hits: [
      { case: 'a', title: null, kind: 'quote', item: 'h/1', snippet: [], at: '2026-11-27T06:00:00.000Z' },
      { case: 'a', title: null, kind: 'text', item: '120', snippet: [], at: null },
      { case: 'a', title: null, kind: 'private', item: 'h/1', snippet: [], at: null },
      { case: 'b', title: 'B', kind: 'note', item: 's', snippet: [], at: null },
    ],
    more: false,
  });
  const reply = await search('x', 1, fetchIt);
  assert.equal(sent[0]?.address, '/api/search?q=x&page=0');
  assert.deepEqual(reply.reply === 'found' && reply.found.hits.map(({ title, fragment }) => [title, fragment]), [['a', 'h=h%2F1'], ['a', null], ['a', 'm=h%2F1'], ['B', null]]);
});

test('hits of a kind that is not known are left out, whatever else they have, and the others are shown', async () => {
  const hits = [{ kind: 'drawing', of: ['a'] }, { case: 'a', title: 'A', kind: 'text', item: '1', snippet: [], at: null }];
  const reply = await search('x', 1, answering(200, { hits, more: true }).fetchIt);
  assert.ok(reply.reply === 'found');
  assert.deepEqual([reply.found.hits.map(({ kind }) => kind), reply.found.hasMore], [['text'], true]);
  assert.equal((await search('x', 1, answering(200, { hits: [{ case: 'a' }], more: false }).fetchIt)).reply, 'failed');
});

test('hits stand together by case, in the order of the best of each', async () => {
  const hit = (caseId: string, kind: string): object => ({ case: caseId, title: caseId, kind, snippet: [{ text: 'x', hit: true }] });
  const reply = await search('x', 1, answering(200, { hits: [hit('b', 'text'), hit('a', 'tag'), hit('b', 'comment')], more: true }).fetchIt);
  assert.ok(reply.reply === 'found');
  assert.ok(reply.found.hasMore);
  assert.deepEqual(byCase(reply.found.hits).map(({ caseId, hits }) => [caseId, hits.length]), [['b', 2], ['a', 1]]);
});

test('what the host leaves out of what is one’s own is asked for by itself, and all of it is one file', async () => {
  const asked: string[] = [];
  const fetchIt: Fetch = (address) => {
    asked.push(address);
    const id = new URL(address, 'https://here.example').searchParams.get('case');
    const all = id === null
      ? { profile: { name: 'Ada' }, cases: [{ case: 'a' }], left_out: [{ case: 'b c' }] }
      : { cases: [{ case: id }], left_out: [] };
    return Promise.resolve(new Response(JSON.stringify(all)));
  };
  const own = await fetchOwn(fetchIt);
  assert.deepEqual(asked, ['/api/me/export', '/api/me/export?case=b%20c']);
  assert.deepEqual(own.reply === 'found' && JSON.parse(own.found), {
    profile: { name: 'Ada' }, cases: [{ case: 'a' }, { case: 'b c' }], left_out: [],
  });
});

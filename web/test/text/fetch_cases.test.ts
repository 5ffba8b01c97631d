import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import { fetchCaseHead, fetchText, type Fetch } from '../../src/text/fetch_cases.ts';
import { fetchCases } from '../../src/text/fetch_list.ts';
import { CaseWriter } from './seeded.ts';

const BYTES = JSON.stringify(new CaseWriter().add('paragraph', 'Es sei 😀.', { number: '1' }).done());
const HASH = createHash('sha256').update(BYTES).digest('hex');
const HEAD = { id: 'a-case', title: 'A', kind: 'judgment', paragraphs: 1, text: HASH, sample: true };

test('a text is found if its bytes have its hash', async () => {
  const found = await fetchText(HASH, answering(200, BYTES));
  assert.equal(found.answer === 'found' ? found.text.text : found.answer, 'Es sei 😀.');
});

test('a text with other bytes is unreadable, not shown', async () => {
  const spoilt = await fetchText(HASH, answering(200, BYTES.replace('Es', 'Er')));
  assert.match(spoilt.answer === 'unreadable' ? spoilt.why : '', /damaged or not a case \(the text has the hash/);
});

test('only the edge’s own word makes a case absent', async () => {
  assert.deepEqual(await fetchCaseHead('a', answering(404, '{"error":"there is no case a"}')), { answer: 'absent' });
  for (const [status, body] of [[404, '<h1>Not found</h1>'], [404, ''], [503, '{"error":"the host cannot be asked"}'], [500, '']] as const) {
    const asked = await fetchCaseHead('a', answering(status, body));
    assert.deepEqual(asked, { answer: 'unreadable', why: `the server answered with status ${status}` });
  }
});

test('a server that cannot be reached is no absent case', async () => {
  const unreachable: Fetch = () => Promise.reject(new TypeError('failed to fetch'));
  assert.deepEqual(await fetchCases(unreachable), { answer: 'unreadable', why: 'the server could not be reached' });
});

test('heads are read, with null for what they may leave out', async () => {
  const found = await fetchCases(answering(200, JSON.stringify({ cases: [HEAD, { ...HEAD, summary: 'S', created_at: '2026-01-01T00:00:00Z' }] })));
  assert.deepEqual(found.answer === 'found' ? found.cases.map(({ summary, createdAt }) => [summary, createdAt]) : null, [[null, null], ['S', '2026-01-01T00:00:00Z']]);
  assert.equal((await fetchCaseHead('a-case', answering(200, JSON.stringify(HEAD)))).answer, 'found');
});

test('a list without the stored cases says so', async () => {
  const lists = [{ cases: [HEAD] }, { cases: [HEAD], incomplete: true }].map((list) => fetchCases(answering(200, JSON.stringify(list))));
  const found = await Promise.all(lists);
  assert.deepEqual(found.map((list) => (list.answer === 'found' ? list.isIncomplete : null)), [false, true]);
});

test('heads that lack something, and what is no JSON or no UTF-8, are unreadable', async () => {
  const bodies: (string | Uint8Array)[] = [
    'no json',
    '[]',
    '{"cases":{}}',
    new Uint8Array([0x22, 0xff, 0x22]),
    ...Object.keys(HEAD).map((name) => JSON.stringify({ cases: [{ ...HEAD, [name]: undefined }] })),
    JSON.stringify({ cases: [{ ...HEAD, id: '../x' }] }),
    JSON.stringify({ cases: [{ ...HEAD, text: 'x' }] }),
  ];
  for (const body of bodies) {
    assert.equal((await fetchCases(answering(200, body))).answer, 'unreadable', String(body));
  }
});

test('what cannot be an id or a hash is absent without asking', async () => {
  const never: Fetch = () => Promise.reject(new Error('it asked'));
  assert.deepEqual(await fetchCaseHead('a/b', never), { answer: 'absent' });
  assert.deepEqual(await fetchText('../secrets', never), { answer: 'absent' });
});

function answering(status: number, body: string | Uint8Array): Fetch {
  return () => Promise.resolve(new Response(typeof body === 'string' ? body : new Blob([new Uint8Array(body)]), { status }));
}

test('who is signed out is told so, and not that the server has trouble', async () => {
  assert.deepEqual(await fetchCases(answering(401, '{"error":"sign in"}')), { answer: 'signed_out' });
  assert.deepEqual(await fetchCaseHead('a', answering(401, '')), { answer: 'signed_out' });
});

test('a list says of one’s own cases in which class they are and whether they are one’s own', async () => {
  const found = await fetchCases(answering(200, JSON.stringify({ cases: [HEAD, { ...HEAD, class: 'c1', role: 'own' }, { ...HEAD, role: 'read' }] })));
  assert.deepEqual(found.answer === 'found' && found.cases.map(({ classId, isOwn }) => [classId, isOwn]), [[null, false], ['c1', true], [null, false]]);
});

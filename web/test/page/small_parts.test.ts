import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fileNameOf } from '../../src/page/base/save_file.ts';
import { placeBeside } from '../../src/page/base/place.ts';
import { agoWords } from '../../src/page/base/time_words.ts';
import { paragraphsIn } from '../../src/page/desk/paragraphs.ts';
import { formatOf, titleOf } from '../../src/page/list/new_case.ts';
import { readKeptHead } from '../../src/page/list/sources.ts';
import { lostWords } from '../../src/page/status/lost_words.ts';
import { addTidings, Company, NO_TIDINGS, SETTLING_MS, tidingsWords } from '../../src/page/status/tidings.ts';

const VIEWPORT = { width: 400, height: 600 };

test('what opens beside something stays within the viewport, above where there is no room below', () => {
  const size = { width: 200, height: 150 };
  assert.deepEqual(placeBeside({ left: 50, right: 90, top: 20, bottom: 40 }, size, VIEWPORT), { left: 50, top: 48 });
  assert.deepEqual(placeBeside({ left: 350, right: 390, top: 500, bottom: 520 }, size, VIEWPORT), { left: 192, top: 342 });
  const huge = placeBeside({ left: 0, right: 10, top: 300, bottom: 310 }, { width: 900, height: 900 }, VIEWPORT);
  assert.deepEqual(huge, { left: 8, top: 8 });
});

test('ages are told in the largest unit, and a clock that is ahead is no future', () => {
  const now = Date.UTC(2026, 10, 26, 12);
  assert.equal(agoWords(now + 30_000, now), 'now');
  assert.equal(agoWords(now - 5 * 60_000, now), '5 min');
  assert.equal(agoWords(now - 3 * 3_600_000, now), '3 h');
  assert.match(agoWords(now - 3 * 86_400_000, now), /^23 Nov$/);
  assert.match(agoWords(now - 400 * 86_400_000, now), /2025$/);
});

test('a quotation belongs to the numbered paragraph above it, and a heading ends that', () => {
  const block = (kind: 'heading' | 'paragraph' | 'quotation' | 'note', start: number, number: string | null) => ({
    id: `b${start}`, kind, start, end: start + 5, number, marker: null,
  });
  const paragraphAt = paragraphsIn({
    blocks: [block('heading', 0, null), block('paragraph', 10, '1'), block('quotation', 20, null), block('heading', 30, null), block('quotation', 40, null), block('note', 50, '1')],
  });
  assert.deepEqual([0, 12, 22, 32, 42, 52].map(paragraphAt), [null, '1', '1', null, null, 'note 1']);
  assert.equal(paragraphsIn({ blocks: [] })(7), null);
});

test('others are told of in one sentence, and who comes and goes is not mentioned', () => {
  const news = addTidings(addTidings(NO_TIDINGS, { highlights: 1 }), { comments: 2, joined: ['Azo', 'Rogerius'] });
  assert.equal(tidingsWords(news), '1 new annotation, 2 new comments, Azo and Rogerius joined.');
  assert.equal(tidingsWords(addTidings(news, { left: ['Azo'] })), '1 new annotation, 2 new comments, Rogerius joined.');
  assert.equal(tidingsWords(addTidings(NO_TIDINGS, { joined: ['a', 'b', 'c'] })), '3 people joined.');
  assert.equal(tidingsWords(NO_TIDINGS), null);
});

test('who was there before one came, or comes back together with oneself, is no news', () => {
  const company = new Company();
  assert.equal(company.after(['Azo'], false, 0), null, 'before the document is here');
  // The document and those who are here come in one step.
  assert.equal(company.after(['Azo', 'Rogerius'], true, 1_000), null);
  assert.equal(company.after(['Azo', 'Rogerius', 'Bulgarus'], true, 999 + SETTLING_MS), null, 'a room that wakes tells late');
  assert.equal(company.after(['Azo', 'Rogerius', 'Bulgarus'], true, 2_000 + SETTLING_MS), null, 'nobody came');
  assert.deepEqual(company.after(['Rogerius', 'Hugo'], true, 3_000 + SETTLING_MS), { joined: ['Hugo'], left: ['Azo', 'Bulgarus'] });
  assert.equal(company.after([], false, 20_000), null, 'without a connection nobody has left');
  assert.equal(company.after(['Rogerius'], true, 30_000), null);
  assert.deepEqual(company.after([], true, 30_000 + SETTLING_MS), { joined: [], left: ['Rogerius'] });
});

test('what was lost is told in the words of the person who wrote it', () => {
  const words = lostWords([
    { root: 'comments', id: 'c1', fields: { text: 'Who bears the burden?', author: 'Azo' }, text: '', deletes: false },
    { root: 'notes', id: null, fields: {}, text: 'Brief due Friday.', deletes: false },
    { root: 'highlights', id: 'h1', fields: {}, text: '', deletes: true },
  ]);
  assert.equal(words, 'Comment:\nWho bears the burden?\n\nShared notes:\nBrief due Friday.\n\nHighlight (deleted):');
});

test('a file suggests its format and a title', () => {
  assert.deepEqual(['a.md', 'b.HTM', 'c.txt', 'd'].map((name) => formatOf(name, '')), ['markdown', 'html', 'text', 'text']);
  assert.equal(formatOf('page', 'text/html'), 'html');
  assert.equal(titleOf('donoghue_v-stevenson.txt'), 'donoghue v stevenson');
});

test('a title becomes a file name that every system takes', () => {
  assert.equal(fileNameOf('R v Smith: [2024] UKSC 1/2', 'csv'), 'R-v-Smith-2024-UKSC-1-2.csv');
  assert.equal(fileNameOf('???', 'jsonld'), 'case.jsonld');
});

test('the head of a case that was kept is read as it was, and nothing else is taken for one', () => {
  const head = {
    id: 'c1', title: 'A case', kind: 'judgment' as const, summary: null, paragraphs: 3, text: 'a'.repeat(64), sample: false, createdAt: '2026-01-05T09:00:00Z', names: false,
  };
  assert.deepEqual(readKeptHead(JSON.stringify(head)), head);
  assert.deepEqual(readKeptHead(JSON.stringify({ ...head, names: true })), { ...head, names: true });
  for (const stored of [null, '', '7', '{}', '[]', JSON.stringify({ ...head, text: 'no hash' })]) {
    assert.equal(readKeptHead(stored), null);
  }
});

// When snapshots leave for Postgres, and what is in the row: with the debounce that is deployed.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import * as Y from 'yjs';

import { StockClient } from './lib/clients.ts';
import { areEqual, documentFrom, fingerprintOf, roots } from './lib/documents.ts';
import { append, postgresHolds, roomHolds } from './lib/edits.ts';
import { rowOf } from './lib/rows.ts';
import { sha256 } from './lib/signed.ts';
import { newCase, Stack } from './lib/stack.ts';
import { roomStatus } from './lib/status.ts';
import { throughout, until } from './lib/until.ts';

const quietMs = 5_000;
const maxMs = 15_000;
/** What a loaded machine may add to a debounce. */
const slackMs = 4_000;

describe('archives', { concurrency: true }, () => {
  let stack: Stack;

  before(async () => {
    stack = await Stack.start();
  });

  after(async () => {
    await stack?.stop();
  });

  test('a snapshot leaves after a pause of 5 s in editing, not before', async () => {
    const caseId = newCase();
    const ann = await StockClient.join(stack.edge.syncUrl, caseId);
    const from = performance.now();
    append(ann, 'one ');
    await delay(2_000);
    const last = performance.now();
    append(ann, 'two');
    await postgresHolds(stack.database, caseId, fingerprintOf(ann.doc));
    const [sinceFirst, sinceLast] = [performance.now() - from, performance.now() - last];
    assert.ok(sinceLast >= quietMs - 200, `archived ${sinceLast} ms after the last edit`);
    assert.ok(sinceLast <= quietMs + slackMs, `archived only ${sinceLast} ms after the last edit`);
    assert.ok(sinceFirst < maxMs);
    ann.leave();
  });

  test('a snapshot leaves 7.5 to 15 s after the first unsaved edit though editing never pauses', async () => {
    const caseId = newCase();
    const ann = await StockClient.join(stack.edge.syncUrl, caseId);
    const from = performance.now();
    let archivedAfter: number | undefined;
    while (archivedAfter === undefined) {
      append(ann, '.');
      assert.ok(performance.now() - from < maxMs + slackMs, 'nothing was archived while somebody kept typing');
      await delay(500);
      archivedAfter = (await rowOf(stack.database, caseId)) === undefined ? undefined : performance.now() - from;
    }
    // Each room is early by a share of its own of half of that time.
    assert.ok(archivedAfter >= maxMs / 2 - 1_000, `archived ${archivedAfter} ms after the first edit`);
    ann.leave();
  });

  test('a snapshot leaves at once when the last socket closes', async () => {
    const caseId = newCase();
    const [ann, ben] = [
      await StockClient.join(stack.edge.syncUrl, caseId),
      await StockClient.join(stack.edge.syncUrl, caseId),
    ];
    append(ann, 'bye');
    await roomHolds(stack.edge, caseId, ann);
    const wanted = fingerprintOf(ann.doc);
    ann.leave();
    ben.leave();
    const from = performance.now();
    await postgresHolds(stack.database, caseId, wanted);
    assert.ok(performance.now() - from < quietMs - 1_500, `it took ${performance.now() - from} ms`);
  });

  test('a room that was only looked at, or had only presence, creates no row', async () => {
    const [looked, greeted] = [newCase(), newCase()];
    const reader = await StockClient.join(stack.edge.syncUrl, looked);
    const guests = [
      await StockClient.join(stack.edge.syncUrl, greeted, { presence: { name: 'a' }, user: 'a' }),
      await StockClient.join(stack.edge.syncUrl, greeted, { presence: { name: 'b' }, user: 'b' }),
    ];
    await until('the guests see each other', () => guests.every((guest) => guest.seenPeers().length === 1));
    await delay(quietMs + 1_000);
    [reader, ...guests].forEach((client) => client.leave());
    await until('the rooms are empty', async () => {
      const rooms = await Promise.all([looked, greeted].map((caseId) => roomStatus(stack.edge.url, caseId)));
      return rooms.every((room) => room.sessions === 0);
    });
    await throughout('no archive leaves', 5_000, () =>
      [looked, greeted].every((caseId) => stack.proxy.answered('PUT', caseId).length === 0),
    );
    for (const caseId of [looked, greeted]) {
      const status = await roomStatus(stack.edge.url, caseId);
      assert.deepEqual([status.seq, status.isDirty], [0, false]);
      assert.equal(await rowOf(stack.database, caseId), undefined);
    }
  });

  test('the row holds the document for Yjs, its hash, the number of highlights and the last editor', async () => {
    const caseId = newCase();
    const [ann, ben] = [
      await StockClient.join(stack.edge.syncUrl, caseId, { user: 'Ann Ä.' }),
      await StockClient.join(stack.edge.syncUrl, caseId, { user: 'ben' }),
    ];
    addHighlight(ann, 'h1', 'the first words');
    addHighlight(ann, 'h2', 'other words');
    roots.highlights(ann.doc).set('h3', { quote: 'plain JSON counts too', start: 3, end: 9, author_id: ann.user });
    addHighlight(ann, 'h4', 'to be removed');
    roots.highlights(ann.doc).delete('h4');
    await until('ben sees them', () => roots.highlights(ben.doc).size === 3);
    addComment(ben, 'c1', 'h1', 'I disagree 😀');
    await until('ann sees the comment', () => roots.comments(ann.doc).size === 1);

    const row = await postgresHolds(stack.database, caseId, fingerprintOf(ann.doc));
    const loaded = documentFrom(row.state);
    assert.ok(areEqual(fingerprintOf(loaded), fingerprintOf(ann.doc)));
    assert.equal(row.sha256, sha256(row.state));
    assert.equal(row.highlightCount, 3);
    assert.equal(row.lastEditor, 'ben');
    addHighlight(ann, 'h5', 'the last word');
    const next = await postgresHolds(stack.database, caseId, fingerprintOf(ann.doc));
    assert.deepEqual([next.highlightCount, next.lastEditor], [4, 'Ann Ä.']);
    await projectionEquals(stack, caseId, ann.doc);

    roots.highlights(ann.doc).delete('h2');
    await postgresHolds(stack.database, caseId, fingerprintOf(ann.doc));
    await projectionEquals(stack, caseId, ann.doc);
    ann.leave();
    ben.leave();
  });
});

function addHighlight({ doc, user }: StockClient, id: string, quote: string): void {
  const fields = { start: 10, end: 10 + quote.length, quote, tag: 't1', author_id: user, author: 'Ann', para: '12' };
  roots.highlights(doc).set(id, new Y.Map<unknown>(Object.entries(fields)));
}

function addComment({ doc, user }: StockClient, id: string, highlightId: string, text: string): void {
  const fields = { highlight_id: highlightId, text, author_id: user, author: 'Ben' };
  roots.comments(doc).set(id, new Y.Map<unknown>(Object.entries(fields)));
}

/** Waits until the rows for search say the same as the document. */
async function projectionEquals(stack: Stack, caseId: string, doc: Y.Doc): Promise<void> {
  const highlights = Object.entries(roots.highlights(doc).toJSON() as Record<string, Record<string, unknown>>)
    .map(([id, { quote, start, end, author }]) => [id, quote ?? null, start ?? null, end ?? null, author ?? null])
    .sort();
  const comments = Object.entries(roots.comments(doc).toJSON() as Record<string, Record<string, unknown>>)
    .map(([id, { text, highlight_id: highlightId }]) => [id, text ?? null, highlightId ?? null])
    .sort();
  let rows: unknown;
  await until('the projection follows', async () => {
    const found = await stack.database.query<{ values: unknown[] }>(
      `SELECT json_build_array(highlight_id, quote, start_offset, end_offset, author) AS values
       FROM highlight WHERE case_id = $1 ORDER BY highlight_id`,
      [caseId],
    );
    const foundComments = await stack.database.query<{ values: unknown[] }>(
      `SELECT json_build_array(comment_id, body, highlight_id) AS values
       FROM highlight_comment WHERE case_id = $1 ORDER BY comment_id`,
      [caseId],
    );
    rows = [found.map((row) => row.values), foundComments.map((row) => row.values)];
    return JSON.stringify(rows) === JSON.stringify([highlights, comments]);
  }, {
    within: 15_000,
    every: 100,
    explain: () => `${JSON.stringify(rows)} instead of ${JSON.stringify([highlights, comments])}`,
  });
}

// What unmodified clients bring along that was written elsewhere: in another tab, by somebody else on the same computer, or with
// a role that is gone by the time it is sent. Nothing is put down to whoever only carries it, and nobody comes back in a loop.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import * as Y from 'yjs';

import { writeComment, writeHighlight } from './lib/annotations.ts';
import { orderArrived, setGrant, tokenFor } from './lib/authority.ts';
import { StockClient } from './lib/clients.ts';
import { documentFrom, fingerprintOf, roots } from './lib/documents.ts';
import { append, notesOf, postgresHolds } from './lib/edits.ts';
import { newCase, promptArchive, Stack } from './lib/stack.ts';
import { clientTokenOf, type Role } from './lib/tokens.ts';
import { until } from './lib/until.ts';

let stack: Stack;

before(async () => {
  stack = await Stack.start({ developmentSignIn: 'own', variables: promptArchive });
});

after(async () => {
  await stack?.stop();
});

/** A program of somebody, who is given this role. */
async function as(caseId: string, user: string, role: Role): Promise<StockClient> {
  const token = await tokenFor(stack, caseId, user, role);
  return StockClient.join(stack.edge.syncUrl, caseId, { token, presence: { name: user } });
}

type Made = { key: string; made: { user: string; proof: string } | null };

/** Who made what, as the room tells it. */
async function makers(caseId: string): Promise<Record<string, string>> {
  const token = clientTokenOf(stack.ticketKey, { caseId, user: crypto.randomUUID(), role: 'read' });
  const answer = await fetch(`${stack.edge.url}/api/cases/${caseId}/authorship?token=${token}`);
  assert.equal(answer.status, 200);
  const { things } = (await answer.json()) as { things: Made[] };
  return Object.fromEntries(things.map(({ key, made }) => [key, `${made?.user}, ${made?.proof}`]));
}

const highlightsOf = (client: StockClient): string[] => [...roots.highlights(client.doc).keys()].toSorted();
const commentsOf = (client: StockClient): string[] => [...roots.comments(client.doc).keys()].toSorted();

/** What a browser does between two tabs of one page. */
function carryOver(from: StockClient, to: StockClient): void {
  Y.applyUpdate(to.doc, Y.encodeStateAsUpdate(from.doc), 'the other tab');
}

describe('two tabs of one person', () => {
  test('carry each other’s edits, and go on under their own ids', async () => {
    const caseId = newCase();
    const owner = await as(caseId, 'olga', 'own');
    const token = await tokenFor(stack, caseId, 'anna', 'annotate');
    const tab = (): Promise<StockClient> => StockClient.join(stack.edge.syncUrl, caseId, { token, presence: { name: 'anna' } });
    const [offline, online] = [await tab(), await tab()];
    append(offline, 'one');
    await until('it is shown', () => notesOf(owner) === 'one' && notesOf(online) === 'one');

    offline.provider.disconnect();
    const highlight = writeHighlight(offline, { author_id: 'anna', start: 0, end: 3, quote: 'Law' });
    append(offline, ' two');
    carryOver(offline, online);
    const comment = writeComment(online, highlight, 'on what the other tab has made', 'anna');
    carryOver(online, offline);
    await until('all of it is shown', () => notesOf(owner) === 'one two' && commentsOf(owner).includes(comment));

    roots.comments(offline.doc).delete(comment);
    append(offline, ' three');
    offline.provider.connect();
    await until('the other tab goes on', () => notesOf(owner) === 'one two three' && commentsOf(owner).length === 0);
    assert.deepEqual([offline.endings.length, online.endings.length, online.sockets], [0, 0, 1]);
    assert.deepEqual(await makers(caseId), { [highlight]: 'anna, proven', [comment]: 'anna, proven' });
    await postgresHolds(stack.database, caseId, fingerprintOf(owner.doc));
    [owner, offline, online].forEach((client) => client.leave());
  });
});

describe('two people at one computer', () => {
  test('what one has left there unsent is not sent by the other, nor put down to them', async () => {
    const caseId = newCase();
    const owner = await as(caseId, 'olga', 'own');
    const anna = await as(caseId, 'anna', 'annotate');
    const first = writeHighlight(anna, { author_id: 'anna', start: 0, end: 3, quote: 'Law' });
    append(anna, 'hers');
    await until('it is shown', () => notesOf(owner) === 'hers');
    anna.provider.disconnect();
    const unsent = writeHighlight(anna, { author_id: 'anna', start: 4, end: 6, quote: 'is' });
    const unsentComment = writeComment(anna, first, 'unsent', 'anna');
    append(anna, ' unsent');

    const token = await tokenFor(stack, caseId, 'ben', 'annotate');
    const doc = documentFrom(Y.encodeStateAsUpdate(anna.doc));
    const ben = new StockClient(stack.edge.syncUrl, caseId, { token, doc, presence: { name: 'ben' } });
    const his = writeComment(ben, first, 'his', 'ben');
    const { code } = await until('he is sent away', () => ben.endings[0]);
    assert.equal(code, 4403);
    await until('his is kept', () => commentsOf(owner).includes(his));
    assert.deepEqual([highlightsOf(owner), commentsOf(owner), notesOf(owner)], [[first], [his], 'hers']);
    assert.deepEqual(await makers(caseId), { [first]: 'anna, proven', [his]: 'ben, proven' });
    assert.deepEqual([ben.sockets, ben.provider.shouldConnect], [1, false], 'he does not come back in a loop');
    await postgresHolds(stack.database, caseId, fingerprintOf(owner.doc));

    const again = await StockClient.join(stack.edge.syncUrl, caseId, { token, presence: { name: 'ben' } });
    const more = writeComment(again, first, 'more of his', 'ben');
    await until('without her copy he goes on', () => commentsOf(owner).includes(more));
    anna.provider.connect();
    await until('and she sends hers herself', () => notesOf(owner) === 'hers unsent' && highlightsOf(owner).includes(unsent));
    const expected = { [first]: 'anna, proven', [unsent]: 'anna, proven', [unsentComment]: 'anna, proven' };
    assert.deepEqual(await makers(caseId), { ...expected, [his]: 'ben, proven', [more]: 'ben, proven' });
    assert.deepEqual([owner.sockets, anna.endings.length], [1, 0]);
    [owner, anna, ben, again].forEach((client) => client.leave());
  });
});

describe('who may do less when they are back than when they wrote', () => {
  const offlineWork: Record<string, (client: StockClient, highlight: string) => void> = {
    comment: (client, highlight) => void writeComment(client, highlight, 'offline', 'anna'),
    highlight: (client) => void writeHighlight(client, { author_id: 'anna', start: 4, end: 6, quote: 'is' }),
    notes: (client) => append(client, ' offline'),
    'undone highlight': (client, highlight) => void roots.highlights(client.doc).delete(highlight),
    'comment and highlight': (client, highlight) => {
      writeComment(client, highlight, 'offline', 'anna');
      writeHighlight(client, { author_id: 'anna', start: 4, end: 6, quote: 'is' });
    },
  };

  for (const [role, what, isKept] of [
    ['comment', 'comment', true],
    ['comment', 'highlight', false],
    ['comment', 'notes', false],
    ['comment', 'undone highlight', false],
    ['comment', 'comment and highlight', false],
    ['read', 'comment', false],
    ['read', 'notes', false],
    ['read', 'undone highlight', false],
  ] as const) {
    test(`of somebody who may ${role}: ${what}, ${isKept ? 'kept' : 'left out, and they are told once'}`, async () => {
      const caseId = newCase();
      const owner = await as(caseId, 'olga', 'own');
      const anna = await as(caseId, 'anna', 'annotate');
      const highlight = writeHighlight(anna, { author_id: 'anna', start: 0, end: 3, quote: 'Law' });
      append(anna, 'before');
      await until('it is shown', () => notesOf(owner) === 'before');
      const held = fingerprintOf(owner.doc);

      anna.provider.disconnect();
      offlineWork[what]?.(anna, highlight);
      await setGrant(stack, caseId, 'anna', role);
      await orderArrived(stack, caseId);
      anna.provider.connect();
      if (isKept) {
        await until('it is shown', () => commentsOf(owner).length === 1);
        assert.deepEqual(fingerprintOf(owner.doc), fingerprintOf(anna.doc));
        assert.equal(anna.endings.length, 0);
      } else {
        const { code } = await until('she is sent away', () => anna.endings[0]);
        assert.equal(code, 4403);
        assert.deepEqual([anna.sockets, anna.provider.shouldConnect], [2, false], 'she does not come back in a loop');
        const fresh = await StockClient.join(stack.edge.syncUrl, caseId, { token: await newest(caseId, role) });
        assert.deepEqual([fingerprintOf(fresh.doc), fingerprintOf(owner.doc)], [held, held]);
        fresh.leave();
      }
      await postgresHolds(stack.database, caseId, fingerprintOf(owner.doc));
      [owner, anna].forEach((client) => client.leave());
    });
  }

  const newest = (caseId: string, role: Role): Promise<string> => tokenFor(stack, caseId, 'anna', role);
});

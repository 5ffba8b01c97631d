// Honest traffic that looks unusual is never refused.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import * as Y from 'yjs';

import { StockClient } from './lib/clients.ts';
import { areEqual, fingerprintOf } from './lib/documents.ts';
import { append, notesOf, postgresHolds } from './lib/edits.ts';
import { newCase, Stack } from './lib/stack.ts';
import { until } from './lib/until.ts';

const largeDocumentBytes = 8_000_000;
const classSize = 100;

describe('honest traffic', () => {
  let stack: Stack;

  before(async () => {
    stack = await Stack.start();
  });

  after(async () => {
    await stack?.stop();
  });

  test('a stock client comes with 8 MB of offline work, and a reader of it reconnects', async () => {
    const caseId = newCase();
    const doc = new Y.Doc();
    const notes = doc.getText('notes');
    for (let length = 0; length < largeDocumentBytes; length += 100_000) {
      notes.insert(length, 'lorem ipsum dolor sit amet '.repeat(3_704).slice(0, 100_000));
    }
    assert.ok(Y.encodeStateAsUpdate(doc).length >= largeDocumentBytes);
    const author = await StockClient.join(stack.edge.syncUrl, caseId, { doc });

    const reader = await StockClient.join(stack.edge.syncUrl, caseId);
    await until('the reader has all of it', () => areEqual(fingerprintOf(reader.doc), fingerprintOf(author.doc)), {
      within: 60_000,
      every: 200,
    });
    for (let round = 0; round < 3; round += 1) {
      reader.provider.disconnect();
      append(author, `edited while the reader was away ${round}`);
      reader.provider.connect();
      await reader.synced(30_000);
      await until('the reader caught up', () => notesOf(reader).length === notesOf(author).length, { within: 30_000 });
    }
    assert.deepEqual([author.sockets, author.endings], [1, []]);
    assert.deepEqual([reader.sockets, reader.endings], [4, []]);
    const wanted = fingerprintOf(author.doc);
    author.leave();
    reader.leave();
    await postgresHolds(stack.database, caseId, wanted, 60_000);
  });

  test('a class of 100 stock clients echo each other\'s presence, and nobody is sent away', async () => {
    const caseId = newCase();
    const clients = await Promise.all(
      Array.from({ length: classSize }, (_, index) =>
        StockClient.join(stack.edge.syncUrl, caseId, {
          presence: { user: { name: `student ${index}`, color: '#123456' }, cursor: { anchor: index, head: index } },
          user: `student ${index}`,
        }),
      ),
    );
    const others = classSize - 1;
    await until('everybody sees everybody', () => clients.every((client) => client.seenPeers().length === others), {
      within: 60_000,
      every: 100,
    });
    clients.forEach((client, index) => client.provider.awareness.setLocalStateField('cursor', { anchor: index * 2 }));
    await until('everybody sees every cursor move', () => clients.every((client) => {
      const states = [...client.provider.awareness.getStates().values()];
      return states.filter((state) => state['cursor']?.head === undefined).length === classSize;
    }), { within: 30_000, every: 100 });
    const [first, last] = [clients[0] as StockClient, clients[classSize - 1] as StockClient];
    append(first, 'and edits still pass');
    await until('an edit passes', () => notesOf(last) === 'and edits still pass');
    assert.ok(clients.every((client) => client.sockets === 1 && client.endings.length === 0));
    clients.forEach((client) => client.leave());
  });
});

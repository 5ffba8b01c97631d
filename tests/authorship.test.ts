// Who wrote what is proved by sockets: nobody writes under another person's client id, now or after the object's storage is
// gone.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import * as Y from 'yjs';

import { RawPeer, StockClient } from './lib/clients.ts';
import { areEqual, fingerprintOf, fingerprintOfUpdate } from './lib/documents.ts';
import { append, notesOf, postgresHolds } from './lib/edits.ts';
import { newCase, promptArchive, Stack } from './lib/stack.ts';
import { until } from './lib/until.ts';
import { concatenated, syncStep2, updateFrame, varUint } from './lib/wire.ts';

describe('authorship', () => {
  let stack: Stack;

  before(async () => {
    stack = await Stack.start({ variables: promptArchive });
  });

  after(async () => {
    await stack?.stop();
  });

  const join = (caseId: string, user: string): Promise<StockClient> =>
    StockClient.join(stack.edge.syncUrl, caseId, { user, presence: { name: user } });
  const attack = async (caseId: string, frame: Uint8Array): Promise<number> => {
    const mallory = await RawPeer.open(stack.edge.syncUrl, caseId, { user: 'mallory' });
    await mallory.wholeDocument();
    mallory.send(frame);
    return (await mallory.closed()).code;
  };

  test('another person’s client id is taken before the first edit, after it, and after a restore', async () => {
    const caseId = newCase();
    const ann = await join(caseId, 'ann');
    const watcher = await join(caseId, 'watcher');
    await until('they see each other', () => watcher.seenPeers().includes(ann.doc.clientID));
    assert.equal(await attack(caseId, updateFrame(tombstone(ann.doc.clientID, 0))), 4403);

    append(ann, 'hers');
    await until('the edit is shown', () => notesOf(watcher) === 'hers');
    for (const frame of [updateFrame, syncStep2]) {
      assert.equal(await attack(caseId, frame(tombstone(ann.doc.clientID, 4))), 4403);
      assert.equal(await attack(caseId, frame(forged(ann, ' forged'))), 4403);
    }
    append(ann, ' still');
    await until('her next edit is shown', () => notesOf(watcher) === 'hers still');
    await postgresHolds(stack.database, caseId, fingerprintOf(ann.doc));
    watcher.leave();
    ann.leave();

    await stack.edge.stop();
    await stack.edge.loseStorage();
    await stack.edge.start();
    const reader = await join(caseId, 'reader');
    await until('the document is restored', () => notesOf(reader) === 'hers still');
    assert.equal(await attack(caseId, updateFrame(tombstone(ann.doc.clientID, 10))), 4403);
    const document = await RawPeer.open(stack.edge.syncUrl, caseId).then((peer) => peer.wholeDocument());
    assert.ok(areEqual(fingerprintOfUpdate(document), fingerprintOf(reader.doc)), 'nothing has changed');
    reader.leave();
  });
});

/** A tombstone of one clock under a client id: eight bytes that swallow what its owner writes there. */
function tombstone(client: number, clock: number): Uint8Array {
  return concatenated(varUint(1), varUint(1), varUint(client), varUint(clock), Uint8Array.of(0, 1, 0));
}

/** What somebody else writes as if it were hers. */
function forged(ann: StockClient, words: string): Uint8Array {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(ann.doc));
  const before = Y.encodeStateVector(doc);
  doc.clientID = ann.doc.clientID;
  doc.getText('notes').insert(0, words);
  return Y.encodeStateAsUpdate(doc, before);
}

// Hibernation and eviction in the middle of a session: sockets stay, presence comes back, no edit is lost.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { RawPeer, StockClient } from './lib/clients.ts';
import { areEqual, fingerprintOf } from './lib/documents.ts';
import { append, notesOf, postgresHolds } from './lib/edits.ts';
import { HarnessedEdge } from './lib/harness.ts';
import { Host } from './lib/host.ts';
import { OurPeer } from './lib/ours.ts';
import { freePort } from './lib/ports.ts';
import { Database } from './lib/postgres.ts';
import { newKey } from './lib/signed.ts';
import { newCase } from './lib/stack.ts';
import { until } from './lib/until.ts';

describe('hibernation', { concurrency: true }, () => {
  let database: Database;
  let host: Host;
  let edge: HarnessedEdge;

  before(async () => {
    const keys = [newKey('test')];
    const port = await freePort();
    database = await Database.create();
    edge = await HarnessedEdge.start(`http://127.0.0.1:${port}`, keys);
    host = new Host({ databaseUrl: database.url, port, keys, edgeUrl: edge.url });
    await host.command('migrate');
    await host.start();
  });

  after(async () => {
    await edge?.stop();
    await host?.stop();
    await database?.drop();
  });

  const join = (name: string, caseId: string): Promise<StockClient> =>
    StockClient.join(edge.syncUrl, caseId, { presence: { name }, user: name });

  test('sockets stay open, presence comes back and no edit is lost, again and again', async () => {
    const caseId = newCase();
    const [ann, ben] = [await join('ann', caseId), await join('ben', caseId)];
    for (let round = 0; round < 5; round += 1) {
      append(ann, `before ${round}\n`);
      await until('the edit is shown', () => notesOf(ben).includes(`before ${round}\n`));
      await edge.hibernate(caseId);
      append(ben, `after ${round}\n`);
      await until('the edit after the wake is shown', () => notesOf(ann).includes(`after ${round}\n`));

      const late = await join('late', caseId);
      await until('a newcomer sees both', () => late.seenPeers().length === 2, { within: 25_000 });
      assert.ok(areEqual(fingerprintOf(late.doc), fingerprintOf(ann.doc)));
      late.leave();
      await until('the newcomer is gone again', () => ann.seenPeers().length === 1 && ben.seenPeers().length === 1);
    }
    assert.deepEqual([ann.sockets, ben.sockets], [1, 1], 'somebody had to reconnect');
    await postgresHolds(database, caseId, fingerprintOf(ann.doc), 30_000);
    ann.leave();
    ben.leave();
  });

  test('an edit that is still unarchived when the object hibernates reaches Postgres by itself', async () => {
    const caseId = newCase();
    const ann = await StockClient.join(edge.syncUrl, caseId);
    const watcher = await RawPeer.open(edge.syncUrl, caseId);
    await watcher.wholeDocument();
    append(ann, 'nobody comes back for this');
    await until('the room has shown it', () => watcher.messages().some((message) => message.kind === 'update'));
    await edge.hibernate(caseId);

    await postgresHolds(database, caseId, fingerprintOf(ann.doc), 20_000);
    assert.equal(ann.sockets, 1);
    watcher.cut();
    ann.leave();
  });

  test('a socket that closes while the object hibernates takes its presence with it', async () => {
    const caseId = newCase();
    const [ann, ben] = [await join('ann', caseId), await join('ben', caseId)];
    await until('they see each other', () => ann.seenPeers().length === 1 && ben.seenPeers().length === 1);
    await edge.hibernate(caseId);
    ben.leave();
    await until('ben is gone', () => ann.seenPeers().length === 0, { within: 5_000 });
    ann.leave();
  });

  test('a socket whose connection breaks while the object hibernates is seen to go, by its end alone', async () => {
    const caseId = newCase();
    const ann = await OurPeer.join(edge.syncUrl, caseId, 'ann');
    const ben = await OurPeer.join(edge.syncUrl, caseId, 'ben');
    ben.show({ name: 'ben' });
    await until('ann sees ben', () => ann.seenPeers().length === 1);
    await edge.hibernate(caseId);
    ben.cut();
    await until('ben is gone', () => ann.seenPeers().length === 0, { within: 5_000 });
    ann.cut();
  });

  test('an eviction that closes the sockets, as a deploy does, loses nothing', async () => {
    const caseId = newCase();
    const ann = await StockClient.join(edge.syncUrl, caseId);
    const watcher = await RawPeer.open(edge.syncUrl, caseId);
    await watcher.wholeDocument();
    append(ann, 'before the deploy');
    await until('the room has shown it', () => watcher.messages().some((message) => message.kind === 'update'));
    await edge.evict(caseId);
    append(ann, ', after the deploy');

    await until('the client has reconnected', () => ann.sockets > 1 && ann.provider.synced, { within: 20_000 });
    const late = await StockClient.join(edge.syncUrl, caseId);
    await until('a newcomer has both', () => notesOf(late) === 'before the deploy, after the deploy');
    late.leave();
    watcher.cut();
    ann.leave();
  });
});

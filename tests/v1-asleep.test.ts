// Our own protocol while a room sleeps: it costs nothing, and nobody notices.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { HarnessedEdge } from './lib/harness.ts';
import { Host } from './lib/host.ts';
import { OurPeer } from './lib/ours.ts';
import { freePort } from './lib/ports.ts';
import { Database } from './lib/postgres.ts';
import { newKey } from './lib/signed.ts';
import { newCase } from './lib/stack.ts';
import { throughout, until } from './lib/until.ts';

describe('glossator.v1 asleep', () => {
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

  test('an idle room sends nothing for 30 s, sleeps, and goes on as if it had not', async () => {
    const caseId = newCase();
    const [ann, ben] = [await OurPeer.join(edge.syncUrl, caseId, 'ann'), await OurPeer.join(edge.syncUrl, caseId, 'ben')];
    ann.show({ name: 'ann' });
    ann.write('before;');
    const { seq } = await ann.allSaved();
    await until('it is archived', () => ann.archived() > seq, { within: 30_000 });
    await until('ben has seen it', () => ben.seenPeers().length === 1 && ben.archived() > seq);
    await edge.hibernate(caseId);
    const counts = (): readonly number[] => [ann.peer.frames.length, ben.peer.frames.length];
    const before = counts().join();
    await throughout('nothing is sent', 30_000, () => {
      return counts().join() === before;
    });
    ann.ping();
    await until('the runtime answers', () => ann.peer.texts.includes('pong'));
    await edge.hibernate(caseId);

    ben.take();
    ben.write('after;');
    await ben.allSaved();
    await until('it is shown', () => {
      ann.take();
      return ann.doc.getText('notes').toString() === 'before;after;';
    });
    assert.ok(ann.peer.isOpen && ben.peer.isOpen);
    ann.cut();
    ben.cut();
  });
});

// Stock clients of two kinds on real processes: they converge, cases stay apart, and Postgres holds what they hold.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import * as Y from 'yjs';

import { documentOfRoom, RawPeer, StockClient } from './lib/clients.ts';
import { areEqual, authorsOf, fingerprintOf, fingerprintOfUpdate, roots, saysSomething } from './lib/documents.ts';
import { runHistory } from './lib/histories.ts';
import { mutate } from './lib/mutations.ts';
import { PythonPeers } from './lib/python.ts';
import { Random } from './lib/random.ts';
import { newCase, Stack } from './lib/stack.ts';
import { until } from './lib/until.ts';
import { syncStep2, updateFrame } from './lib/wire.ts';

const historyCount = 200;
const historiesAtOnce = 8;
const firstSeed = 1_000;

describe('stock clients', () => {
  let stack: Stack;
  let python: PythonPeers;

  before(async () => {
    stack = await Stack.start();
    python = await PythonPeers.start();
  });

  after(async () => {
    await python?.stop();
    await stack?.stop();
  });

  test('two peers of each of two cases converge, and nothing crosses from one case to the other', async () => {
    const [caseA, caseB] = [newCase(), newCase()];
    const [a1, a2] = [await StockClient.join(stack.edge.syncUrl, caseA), await python.create()];
    const [b1, b2] = [await StockClient.join(stack.edge.syncUrl, caseB), await python.create()];
    await a2.connect(stack.edge.syncUrl, caseA);
    await b2.connect(stack.edge.syncUrl, caseB);

    roots.notes(a1.doc).insert(0, 'alpha ');
    await a2.append('aleph');
    roots.notes(b1.doc).insert(0, 'beta ');
    await b2.append('beth');

    await until('both cases converge', async () => {
      const [textA, textB] = [roots.notes(a1.doc).toString(), roots.notes(b1.doc).toString()];
      const isWhole = textA.length === 11 && textB.length === 9;
      return isWhole && textA === (await a2.text()) && textB === (await b2.text());
    });
    assert.ok(roots.notes(a1.doc).toString().includes('alpha '));
    assert.ok(roots.notes(a1.doc).toString().includes('aleph'));
    assert.ok(roots.notes(b1.doc).toString().includes('beta '));
    assert.ok(roots.notes(b1.doc).toString().includes('beth'));

    for (const peer of [a2, b2]) {
      await peer.forget();
    }
    a1.leave();
    b1.leave();
  });

  test('a late joiner of either kind gets the current state', async () => {
    const caseId = newCase();
    const author = await StockClient.join(stack.edge.syncUrl, caseId);
    roots.notes(author.doc).insert(0, 'written before anybody else came 😀');
    roots.notes(author.doc).delete(0, 8);

    const late = await StockClient.join(stack.edge.syncUrl, caseId);
    const latePython = await python.create();
    await latePython.connect(stack.edge.syncUrl, caseId);
    await until('the late joiners have the text', async () => {
      const text = roots.notes(author.doc).toString();
      return roots.notes(late.doc).toString() === text && (await latePython.text()) === text;
    });

    await latePython.forget();
    late.leave();
    author.leave();
  });

  test('an author is never sent an own update, though a pycrdt peer sends every update back to the room', async () => {
    const caseId = newCase();
    const author = await StockClient.join(stack.edge.syncUrl, caseId);
    const echo = await python.create();
    await echo.connect(stack.edge.syncUrl, caseId);

    const random = new Random(7);
    for (let count = 0; count < 50; count += 1) {
      mutate(author.doc, random, author.user);
    }
    await until('the other peer has everything', async () =>
      areEqual(fingerprintOf(author.doc), fingerprintOfUpdate(await echo.update())),
    );
    // Whatever the room makes of the echoes has been sent before the answer to this edit.
    await echo.append('the end');
    await until('the author sees the last edit', () => roots.notes(author.doc).toString().endsWith('the end'));

    const received = author.received().filter((message) => message.kind === 'update' || message.kind === 'step2');
    const own = received.filter((message) => authorsOf(message.update).has(author.doc.clientID));
    assert.deepEqual(own, []);
    const news = received.filter((message) => message.kind === 'update' && saysSomething(message.update));
    assert.equal(news.length, 1);

    await echo.forget();
    author.leave();
  });

  test('the same updates, shuffled and repeated, heal once the room is answered', async () => {
    for (const seed of [11, 12, 13]) {
      const random = new Random(seed);
      const source = new Y.Doc();
      const updates: Uint8Array[] = [];
      source.on('update', (update: Uint8Array) => updates.push(update));
      for (let count = 0; count < 120; count += 1) {
        mutate(source, random, 'ann');
      }

      const caseId = newCase();
      const peer = await RawPeer.open(stack.edge.syncUrl, caseId, { user: 'ann' });
      for (const update of random.shuffled([...updates, ...updates])) {
        peer.send(updateFrame(update));
      }
      let answered = 0;
      await until(`seed ${seed}: the room holds the whole document`, async () => {
        for (const question of peer.messages().filter((message) => message.kind === 'step1').slice(answered)) {
          answered += 1;
          peer.send(syncStep2(Y.encodeStateAsUpdate(source, question.stateVector)));
        }
        const room = await documentOfRoom(stack.edge.syncUrl, caseId);
        return areEqual(fingerprintOfUpdate(room), fingerprintOf(source));
      }, { every: 100 });
      assert.equal(peer.ending, undefined, 'shuffled delivery is not a fault of the peer');
      peer.cut();
      source.destroy();
    }
  });

  test(`${historyCount} random histories end equal for everybody and in Postgres`, async (context) => {
    const seeds = Array.from({ length: historyCount }, (_, index) => firstSeed + index);
    let operations = 0;
    let disconnects = 0;
    await Promise.all(
      Array.from({ length: historiesAtOnce }, async () => {
        for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
          const outcome = await runHistory(stack, python, seed);
          operations += outcome.operations;
          disconnects += outcome.disconnects;
        }
      }),
    );
    assert.ok(operations >= historyCount * 100);
    assert.ok(disconnects >= historyCount);
    context.diagnostic(`${historyCount} histories, ${operations} operations, ${disconnects} disconnects`);
  });
});

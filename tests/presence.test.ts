// Presence of stock clients: it stays for as long as they do, goes when they go, and its traffic grows with N, not N².

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import * as Y from 'yjs';
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';

import { RawPeer, StockClient } from './lib/clients.ts';
import { PythonPeers } from './lib/python.ts';
import { newCase, Stack } from './lib/stack.ts';
import { throughout, until } from './lib/until.ts';
import { awarenessEntriesOf, awarenessFrame, messagesOf, messageType } from './lib/wire.ts';

const silenceMs = 90_000;
const countingMs = 60_000;
/** y-protocols renews an entry that is 15 s old (`outdatedTimeout / 2`), looking every 3 s. */
const renewalMs = 15_000;

describe('presence', { concurrency: true }, () => {
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

  test('stock clients see each other through 90 s of silence, and none of them reconnects', async () => {
    const caseId = newCase();
    const clients = await joinWithPresence(stack, caseId, 3);
    const quiet = await python.create();
    await quiet.connect(stack.edge.syncUrl, caseId);
    await until('everybody sees everybody', () => clients.every((client) => client.seenPeers().length === 2));

    await throughout('everybody sees everybody, on the first socket', silenceMs, () =>
      clients.every((client) => client.seenPeers().length === 2 && client.sockets === 1),
    );
    assert.ok(await quiet.isOpen(), 'a pycrdt peer may be silent for ever');

    await quiet.forget();
    clients.forEach((client) => client.leave());
  });

  test('presence frames of 60 stock clients are at most 2.2 times those of 30', async (context) => {
    // How many bundles a cycle of renewals makes depends on how the clients' timers happen to lie. Both crowds lie alike:
    // evenly over the whole cycle, which makes the most.
    const crowds = await Promise.all([30, 60].map((count) => joinEvenly(stack, newCase(), count)));
    for (const clients of crowds) {
      await until(
        `${clients.length} clients all see each other`,
        () => clients.every((client) => client.seenPeers().length === clients.length - 1),
        { within: 30_000 },
      );
    }
    const from = performance.now();
    await delay(countingMs);
    const [ofThirty, ofSixty] = crowds.map((clients) => presenceFrames(clients, from) / (countingMs / 1000));
    assert.ok(ofThirty !== undefined && ofSixty !== undefined && ofThirty > 0);
    context.diagnostic(`presence frames per second: ${ofThirty.toFixed(1)} at 30, ${ofSixty.toFixed(1)} at 60`);
    assert.ok(ofSixty <= 2.2 * ofThirty, `${ofSixty} frames per second at 60 clients, ${ofThirty} at 30`);
    for (const clients of crowds) {
      assert.ok(clients.every((client) => client.sockets === 1 && client.seenPeers().length === clients.length - 1));
      clients.forEach((client) => client.leave());
    }
  });

  test('the presence of a peer that leaves, in order or not, is gone within a second', async () => {
    const caseId = newCase();
    const [stays, leaves] = await joinWithPresence(stack, caseId, 2);
    assert.ok(stays !== undefined && leaves !== undefined);
    const cut = await RawPeer.open(stack.edge.syncUrl, caseId);
    cut.send(presenceOf(4711));
    await until('all three are seen', () => stays.seenPeers().length === 2);

    cut.cut();
    await until('the cut peer is gone', () => !stays.seenPeers().includes(4711), { within: 2_000 });
    leaves.provider.disconnect();
    await until('the other is gone', () => stays.seenPeers().length === 0, { within: 2_000 });

    leaves.leave();
    stays.leave();
  });

  test('the presence of a peer that fell silent is gone within 95 s', async () => {
    const caseId = newCase();
    const [silent, watcher] = [
      await RawPeer.open(stack.edge.syncUrl, caseId),
      await RawPeer.open(stack.edge.syncUrl, caseId),
    ];
    silent.send(presenceOf(815));
    const statesSeen = (): unknown[] =>
      watcher
        .messages()
        .flatMap((message) => (message.kind === 'awareness' ? awarenessEntriesOf(message.entries) : []))
        .filter((entry) => entry.client === 815)
        .map((entry) => entry.state);
    await until('the silent peer is seen', () => statesSeen().length > 0);

    await until('the silent peer is removed', () => statesSeen().at(-1) === null, { within: 95_000, every: 200 });
    silent.cut();
    watcher.cut();
  });
});

function joinWithPresence(stack: Stack, caseId: string, count: number, first = 0): Promise<StockClient[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      StockClient.join(stack.edge.syncUrl, caseId, {
        presence: { user: { name: `reader ${first + index}`, color: '#804020' } },
        user: `reader ${first + index}`,
      }),
    ),
  );
}

/** Joins one after another, evenly over one cycle of renewals: each client's timer begins when it is made. */
async function joinEvenly(stack: Stack, caseId: string, count: number): Promise<StockClient[]> {
  const joining = Array.from({ length: count }, async (_, index) => {
    await delay((index * renewalMs) / count);
    return joinWithPresence(stack, caseId, 1, index);
  });
  return (await Promise.all(joining)).flat();
}

/** Presence frames in both directions since a moment, as they crossed the clients' sockets. */
function presenceFrames(clients: readonly StockClient[], from: number): number {
  return clients
    .flatMap((client) => client.frames)
    .filter((frame) => frame.at >= from && frame.bytes[0] === messageType.awareness)
    .filter((frame) => messagesOf(frame.bytes).length > 0).length;
}

/** The first presence frame of a client with this id. */
function presenceOf(clientId: number): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = clientId;
  const awareness = new Awareness(doc);
  awareness.setLocalState({ user: { name: 'raw' } });
  const frame = awarenessFrame(encodeAwarenessUpdate(awareness, [clientId]));
  awareness.destroy();
  doc.destroy();
  return frame;
}

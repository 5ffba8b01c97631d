// Bad input ends its sender's socket with its code, takes no memory, and nobody else notices.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import * as Y from 'yjs';

import { documentOfRoom, RawPeer, StockClient } from './lib/clients.ts';
import { areEqual, contains, fingerprintOf, fingerprintOfUpdate, type Fingerprint } from './lib/documents.ts';
import { append, notesOf } from './lib/edits.ts';
import { newUser } from './lib/entry.ts';
import { hazards, largeHazards, skipOnly, updateAfterGap } from './lib/hazards.ts';
import { newCase, Stack } from './lib/stack.ts';
import { roomStatus } from './lib/status.ts';
import { until } from './lib/until.ts';
import { syncStep1, syncStep2, updateFrame } from './lib/wire.ts';

const refusedFrames = 1_000;
const attackersAtOnce = 16;
/** How many refused updates a room takes from one person in ten minutes. */
const strikesMax = 20;
/** An update that says nothing. */
const nothing = Uint8Array.of(0, 0);

describe('bad input', () => {
  let stack: Stack;

  before(async () => {
    stack = await Stack.start();
  });

  after(async () => {
    await stack?.stop();
  });

  for (const { name, frame, code } of [...hazards, ...largeHazards]) {
    test(`${name} ends its sender's socket with ${code}, and nobody else notices`, async () => {
      const [attacked, elsewhere] = [newCase(), newCase()];
      const [neighbour, stranger] = [
        await StockClient.join(stack.edge.syncUrl, attacked),
        await StockClient.join(stack.edge.syncUrl, elsewhere),
      ];
      append(neighbour, 'untouched');
      const attacker = await RawPeer.open(stack.edge.syncUrl, attacked);
      attacker.send(frame);
      assert.equal((await attacker.closed()).code, code);

      append(neighbour, ' and alive');
      append(stranger, 'alive too');
      await until('both rooms go on', async () => {
        const [here, there] = [
          fingerprintOfUpdate(await documentOfRoom(stack.edge.syncUrl, attacked)),
          fingerprintOfUpdate(await documentOfRoom(stack.edge.syncUrl, elsewhere)),
        ];
        return areEqual(here, fingerprintOf(neighbour.doc)) && areEqual(there, fingerprintOf(stranger.doc));
      });
      assert.deepEqual([neighbour.sockets, stranger.sockets], [1, 1]);
      neighbour.leave();
      stranger.leave();
    });
  }

  test(`${refusedFrames} refused frames take no more memory than one`, async (context) => {
    const caseId = newCase();
    const resident = await StockClient.join(stack.edge.syncUrl, caseId);
    append(resident, 'watching');
    const memory = async (): Promise<number> => (await roomStatus(stack.edge.url, caseId)).wasmMemoryBytes;
    const frames = hazards.map((hazard) => hazard.frame);
    for (const frame of frames) {
      assert.notEqual(await refused(stack, caseId, frame, newUser()), 4429);
    }

    const from = await memory();
    let sent = 0;
    await Promise.all(
      Array.from({ length: attackersAtOnce }, async () => {
        while (sent < refusedFrames) {
          const frame = frames[sent % frames.length] as Uint8Array;
          // As many people as it takes for each of them to be heard.
          const user = `attacker ${Math.floor(sent / strikesMax)}`;
          sent += 1;
          assert.notEqual(await refused(stack, caseId, frame, user), 4429, 'it was heard');
        }
      }),
    );
    const growth = (await memory()) - from;
    const largest = Math.max(...frames.map((frame) => frame.length));
    context.diagnostic(`${sent} refused frames: wasm memory grew by ${growth} bytes from ${from}`);
    assert.ok(growth <= 64 * 1024 + 2 * largest, `memory grew by ${growth} bytes`);
    assert.equal(resident.sockets, 1);
    assert.equal(notesOf(resident), 'watching');
    resident.leave();
  });

  test(`whoever had ${strikesMax} updates refused is not heard any more, and the others are`, async () => {
    const caseId = newCase();
    const ann = await StockClient.join(stack.edge.syncUrl, caseId, { user: 'ann' });
    const malformed = updateFrame(Uint8Array.of(0, 0, 0));
    for (let count = 0; count < strikesMax; count += 1) {
      assert.equal(await refused(stack, caseId, malformed, 'mallory'), 4400);
    }
    assert.equal(await refused(stack, caseId, malformed, 'mallory'), 4429);
    const silenced = await RawPeer.open(stack.edge.syncUrl, caseId, { user: 'mallory' });
    assert.equal((await silenced.closed()).code, 4429);
    append(ann, 'still heard');
    const ben = await StockClient.join(stack.edge.syncUrl, caseId, { user: 'ben' });
    await until('others go on', () => notesOf(ben) === 'still heard');
    [ann, ben].forEach((client) => client.leave());
  });

  test('an update after a gap is not acknowledged, shown or stored until the gap is closed', async () => {
    const caseId = newCase();
    const editor = await StockClient.join(stack.edge.syncUrl, caseId);
    const peer = await RawPeer.open(stack.edge.syncUrl, caseId, { user: 'ann' });
    const { update, whole, client } = updateAfterGap('ann');
    const questions = (): number => peer.messages().filter((message) => message.kind === 'step1').length;
    await until('the room has greeted the peer', () => questions() === 1);
    peer.send(syncStep2(nothing));
    await peer.wholeDocument();
    append(editor, 'so that the room has news to ask about');
    await until('the peer is shown the edit', () => peer.messages().some((message) => message.kind === 'update'));

    peer.send(updateFrame(skipOnly));
    peer.send(updateFrame(update));
    await until('the room asks for what is missing', () => questions() === 2);
    const held = Y.decodeStateVector(Y.encodeStateVectorFromUpdate(await documentOfRoom(stack.edge.syncUrl, caseId)));
    assert.equal(held.get(client), undefined);
    assert.equal(editor.doc.getMap('comments').size, 0, 'it was shown to somebody');
    assert.equal((await roomStatus(stack.edge.url, caseId)).seq, 1);

    peer.send(syncStep2(whole));
    await until('everybody holds both edits', async () => {
      const room = await documentOfRoom(stack.edge.syncUrl, caseId);
      return contains(room, whole) && areEqual(fingerprintOfUpdate(room), fingerprintOf(editor.doc));
    });
    assert.equal(peer.ending, undefined);
    peer.cut();
    editor.leave();
  });

  test('half a surrogate pair, deleted or separated, harms nobody', async () => {
    const caseId = newCase();
    const [ann, ben] = [
      await StockClient.join(stack.edge.syncUrl, caseId),
      await StockClient.join(stack.edge.syncUrl, caseId),
    ];
    append(ann, 'a😀b😀c😀d');
    await until('ben has it', () => notesOf(ben) === notesOf(ann));
    ben.doc.getText('notes').delete(2, 1);
    ann.doc.getText('notes').insert(5, '|');
    ben.doc.getText('notes').delete(6, 3);
    let replicas: Fingerprint[] = [];
    await until('everybody is the same', async () => {
      const room = fingerprintOfUpdate(await documentOfRoom(stack.edge.syncUrl, caseId));
      replicas = [room, fingerprintOf(ann.doc), fingerprintOf(ben.doc)];
      return replicas.every((replica) => areEqual(replica, room));
    }, { explain: () => JSON.stringify(replicas) });
    assert.deepEqual([ann.sockets, ben.sockets], [1, 1]);
    ann.leave();
    ben.leave();
  });

  test('text messages are refused', async () => {
    const peer = await RawPeer.open(stack.edge.syncUrl, newCase());
    peer.send('{"type":"hello"}');
    assert.equal((await peer.closed()).code, 4400);
  });

  test('a path that names no case is refused for good, without waking a room', async () => {
    for (const path of ['', 'a%20b', 'a/b', '..%2f..', 'ü', 'x'.repeat(256), '%00', 'a b']) {
      const peer = await RawPeer.open(stack.edge.syncUrl, path, { token: null });
      assert.equal((await peer.closed()).code, 4400, path);
    }
    const longest = await RawPeer.open(stack.edge.syncUrl, `${newCase()}.${'~'.repeat(218)}`);
    longest.send(syncStep1());
    await until('the longest id is a case', () => longest.messages().some((message) => message.kind === 'step2'));
    longest.cut();
  });

  test('a stock client that is refused stops trying', async () => {
    const client = new StockClient(stack.edge.syncUrl, 'no such case');
    await until('it is told', () => client.endings.length > 0);
    assert.equal(client.endings[0]?.code, 4400);
    assert.equal(client.provider.shouldConnect, false);
    client.leave();
  });
});

describe('who may come in', () => {
  let stack: Stack;

  before(async () => {
    stack = await Stack.start();
  });

  after(async () => {
    await stack?.stop();
  });

  /** How an upgrade ends that shows a good token, or none. */
  const upgrade = async (headers: Readonly<Record<string, string>>, token?: null): Promise<number | 'open'> => {
    const peer = await RawPeer.open(stack.edge.syncUrl, newCase(), { headers: { ...headers }, token });
    peer.send(syncStep1());
    return until('the room answers or closes', () => {
      const isServed = peer.messages().some((message) => message.kind === 'step2');
      if (isServed) {
        peer.cut();
      }
      return isServed ? 'open' : peer.ending?.code;
    });
  };

  test('programs without an Origin, and our own pages under both names of this machine', async () => {
    const { port } = stack.edge.settings;
    assert.equal(await upgrade({}), 'open');
    for (const name of ['127.0.0.1', 'localhost']) {
      assert.equal(await upgrade({ Origin: `http://${name}:${port}` }), 'open');
      assert.equal(await upgrade({ Host: `${name}:${port}` }), 'open');
    }
  });

  test('no page of another origin, whatever the browser calls it', async () => {
    const { port } = stack.edge.settings;
    const ours = `http://127.0.0.1:${port}`;
    for (const origin of ['https://evil.example', 'null', `${ours}.evil.example`, `http://127.0.0.1:${port + 1}`]) {
      assert.equal(await upgrade({ Origin: origin }), 4403, origin);
    }
  });

  test('nobody who asks for another host, as a rebound name does', async () => {
    const { port } = stack.edge.settings;
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:${port + 1}`]) {
      assert.equal(await upgrade({ Host: host }), 4403, host);
    }
  });

  test('nobody who shows no token, from our own pages neither', async () => {
    for (const headers of [{}, { Origin: stack.edge.url }, { Host: `localhost:${stack.edge.settings.port}` }]) {
      assert.equal(await upgrade(headers, null), 4401);
    }
    const claimed = await RawPeer.open(stack.edge.syncUrl, `${newCase()}?user=ann`, { token: null });
    assert.equal((await claimed.closed()).code, 4401, 'saying a name is not showing a token');
    const stock = new StockClient(stack.edge.syncUrl, newCase(), { token: null });
    await until('a stock client is told', () => stock.endings.length > 0);
    assert.equal(stock.endings[0]?.code, 4401);
    assert.equal(stock.provider.shouldConnect, false);
    stock.leave();
  });
});

/** Sends one frame of somebody on a socket of its own, waits until it is refused, and says how. */
async function refused(stack: Stack, caseId: string, frame: Uint8Array, user: string): Promise<number> {
  const peer = await RawPeer.open(stack.edge.syncUrl, caseId, { user });
  peer.send(frame);
  const { code } = await peer.closed();
  assert.ok(code >= 4400 && code < 4500, `refused with ${code}`);
  return code;
}

// The object's storage is gone: the document comes back from Postgres, and until it does nobody is shown an empty room.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';

import * as Y from 'yjs';

import { tokenFor } from './lib/authority.ts';
import { RawPeer, StockClient } from './lib/clients.ts';
import { areEqual, fingerprintOf, fingerprintOfUpdate } from './lib/documents.ts';
import { append, notesOf, postgresHolds, roomHolds, writeAndLeave } from './lib/edits.ts';
import type { Decision, Fault } from './lib/proxy.ts';
import { answerSignature, newKey, sha256, type Key } from './lib/signed.ts';
import { newCase, promptArchive, Stack } from './lib/stack.ts';
import { roomStatus } from './lib/status.ts';
import type { Role } from './lib/tokens.ts';
import { throughout, until } from './lib/until.ts';
import { syncStep1 } from './lib/wire.ts';

/** How long a room must stay shut in the face of a host that does not prove itself. */
const shutMs = 6_000;

describe('a room whose storage is gone', () => {
  let stack: Stack;

  before(async () => {
    stack = await Stack.start({ variables: promptArchive });
  });

  after(async () => {
    await stack?.stop();
  });

  afterEach(() => stack.proxy.heal());

  test('serves the next visitor the document from Postgres', async () => {
    const caseId = newCase();
    const left = await writeAndLeave(stack.edge, caseId, 'kept far away 😀');
    await postgresHolds(stack.database, caseId, left);
    await forgetEverything(stack);

    const visitor = await StockClient.join(stack.edge.syncUrl, caseId);
    await until('the visitor has the document', () => areEqual(fingerprintOf(visitor.doc), left));
    append(visitor, ', and edited again');
    await postgresHolds(stack.database, caseId, fingerprintOf(visitor.doc));
    visitor.leave();
  });

  test('serves a board as it was, and its rules hold there as before', async () => {
    const boardId = await newBoard(stack);
    const ada = await member(stack, boardId, 'ada', 'annotate');
    put(ada, 'stickies', { author_id: 'ada', text: 'kept far away', x: 10, y: 20, z: 1, colour: 'yellow' });
    put(ada, 'strokes', { author_id: 'ada', points: [0, 0, 10, 10], colour: 'red', width: 4 });
    const left = fingerprintOf(ada.doc);
    assert.equal(ada.doc.getMap('stickies').size, 1);
    await postgresHolds(stack.database, boardId, left);
    ada.leave();
    await forgetEverything(stack);

    const cy = await member(stack, boardId, 'cy', 'comment');
    await until('the commenter has the board', () => areEqual(fingerprintOf(cy.doc), left));
    assert.deepEqual([noteOf(cy).get('text'), cy.doc.getMap('strokes').size], ['kept far away', 1]);
    noteOf(cy).set('text', 'forged');
    assert.equal((await until('the forgery is refused', () => cy.endings[0])).code, 4403);
    const again = await member(stack, boardId, 'ada', 'annotate');
    await until('its author has it, too', () => again.doc.getMap('stickies').size === 1);
    assert.equal(noteOf(again).get('text'), 'kept far away');
    noteOf(again).set('text', 'kept, and changed');
    await postgresHolds(stack.database, boardId, fingerprintOf(again.doc));
    const witness = await member(stack, boardId, 'wit', 'read');
    await until('whoever comes later has it', () => witness.doc.getMap('stickies').size === 1);
    assert.deepEqual([noteOf(witness).get('text'), witness.doc.getMap('strokes').size], ['kept, and changed', 1]);
    [cy, again, witness].forEach((client) => client.leave());
  });

  test('lets its visitors wait while the host is unreachable, tells them so, and opens by itself', async () => {
    const caseId = newCase();
    const left = await writeAndLeave(stack.edge, caseId, 'not lost');
    await postgresHolds(stack.database, caseId, left);
    await forgetEverything(stack);
    stack.proxy.misbehave(() => ({ kind: 'unreachable' }));

    const waiting = await RawPeer.open(stack.edge.syncUrl, caseId);
    waiting.send(syncStep1());
    const offline = new StockClient(stack.edge.syncUrl, caseId);
    append(offline, 'written while waiting ');
    await staysShut(stack, caseId, waiting);
    assert.equal(offline.provider.synced, false);

    stack.proxy.heal();
    await until('the room opens', () => offline.provider.synced, { within: 30_000 });
    await until('both texts are there', () =>
      ['not lost', 'written while waiting'].every((part) => notesOf(offline).includes(part)),
    );
    const served = await until('the waiting socket is answered', () => documentSentTo(waiting));
    assert.ok(JSON.stringify(fingerprintOfUpdate(served)).includes('not lost'), 'it was served an empty room');
    await postgresHolds(stack.database, caseId, fingerprintOf(offline.doc));
    waiting.cut();
    offline.leave();
  });

  const foreignKey = newKey('test');
  const forgeries: readonly [string, (stack: Stack, caseId: string) => Decision][] = [
    ['an unsigned 404', () => () => ({ kind: 'answer', status: 404 })],
    ['a 404 signed with a foreign key', (_, caseId) => signed404(caseId, foreignKey)],
    ['a 404 signed for another request', (own, caseId) => signed404(caseId, own.key, '00'.repeat(16))],
    ['a 404 signed for another case', (own) => signed404(newCase(), own.key)],
    ['an unsigned 200 with an empty document', () => () => ({ kind: 'answer', status: 200, body: '\0\0' })],
    ['an unsigned 410', () => () => ({ kind: 'answer', status: 410 })],
  ];
  // Each has to stay shut for a while, and all of them can at once.
  describe('is not opened', { concurrency: true }, () => {
    for (const [name, decision] of forgeries) {
      test(`by ${name}`, async () => {
        const caseId = newCase();
        stack.proxy.misbehaveFor(caseId, aboutSnapshots(decision(stack, caseId)));
        const waiting = await RawPeer.open(stack.edge.syncUrl, caseId);
        waiting.send(syncStep1());
        await staysShut(stack, caseId, waiting);

        stack.proxy.healFor(caseId);
        await until('the room opens once the host proves itself', () => documentSentTo(waiting), { within: 30_000 });
        waiting.cut();
      });
    }
  });

  test('is opened by a 404 that is signed as it should be', async () => {
    const caseId = newCase();
    stack.proxy.misbehave(aboutSnapshots(signed404(caseId, stack.key)));
    const visitor = await StockClient.join(stack.edge.syncUrl, caseId);
    assert.equal(notesOf(visitor), '');
    visitor.leave();
  });

  test('is never served a corrupt row: it is quarantined, and an earlier version is used', async () => {
    const caseId = newCase();
    const client = await StockClient.join(stack.edge.syncUrl, caseId);
    append(client, 'the first version');
    await roomHolds(stack.edge, caseId, client);
    const first = fingerprintOf(client.doc);
    const firstRow = await postgresHolds(stack.database, caseId, first);
    append(client, ' and the second');
    await roomHolds(stack.edge, caseId, client);
    const secondRow = await postgresHolds(stack.database, caseId, fingerprintOf(client.doc));
    assert.ok(secondRow.version > firstRow.version);
    client.leave();

    await forgetEverything(stack);
    await stack.database.query(
      `UPDATE annotation_document_state SET crdt_state = set_byte(crdt_state, 9, get_byte(crdt_state, 9) # 255)
       WHERE case_id = $1`,
      [caseId],
    );
    const visitor = await StockClient.join(stack.edge.syncUrl, caseId, {});
    assert.deepEqual(fingerprintOf(visitor.doc), first);
    const quarantined = await stack.database.query<{ version: string }>(
      'SELECT version::text AS version FROM snapshot_quarantine WHERE case_id = $1',
      [caseId],
    );
    assert.deepEqual(quarantined, [{ version: String(secondRow.version) }]);
    append(visitor, ' goes on');
    const healed = await postgresHolds(stack.database, caseId, fingerprintOf(visitor.doc));
    assert.ok(healed.version > secondRow.version, 'version numbers are never used again');
    visitor.leave();
  });
});

/** A board of somebody who has signed in. */
async function newBoard(stack: Stack): Promise<string> {
  const ours = { origin: stack.edge.url, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
  const post = (path: string, body: unknown, cookie?: string): Promise<Response> =>
    fetch(stack.edge.url + path, {
      method: 'POST',
      headers: { ...ours, ...(cookie === undefined ? {} : { cookie }) },
      body: JSON.stringify(body),
    });
  const signedIn = await post('/auth/development', { name: 'Olga' });
  const [cookie = ''] = signedIn.headers.getSetCookie().filter((one) => one.startsWith('__Host-sid=')).map((one) => one.split(';')[0]);
  const made = await post('/api/boards', { title: 'Theories' }, cookie);
  assert.equal(made.status, 201, await made.clone().text());
  return ((await made.json()) as { id: string }).id;
}

/** Somebody who is given this role. */
async function member(stack: Stack, caseId: string, user: string, role: Role): Promise<StockClient> {
  return StockClient.join(stack.edge.syncUrl, caseId, { user, token: await tokenFor(stack, caseId, user, role) });
}

function put({ doc }: StockClient, root: 'stickies' | 'strokes', fields: Readonly<Record<string, unknown>>): void {
  doc.getMap(root).set(`of-${root}`, new Y.Map(Object.entries(fields)));
}

function noteOf({ doc }: StockClient): Y.Map<unknown> {
  const note = doc.getMap<Y.Map<unknown>>('stickies').get('of-stickies');
  assert.ok(note !== undefined);
  return note;
}

async function forgetEverything(stack: Stack): Promise<void> {
  await stack.edge.stop();
  await stack.edge.loseStorage();
  await stack.edge.start();
}

/** Watches that a room serves nothing, keeps the socket open, and says that it is restoring. */
async function staysShut(stack: Stack, caseId: string, waiting: RawPeer): Promise<void> {
  await throughout('the room stays shut', shutMs, () => documentSentTo(waiting) === undefined && waiting.isOpen);
  assert.equal((await roomStatus(stack.edge.url, caseId)).state, 'restoring');
  assert.equal(waiting.ending, undefined);
}

function documentSentTo(peer: RawPeer): Uint8Array | undefined {
  return peer.messages().find((message) => message.kind === 'step2')?.update;
}

/** Misbehaves only with what is asked of snapshots: what the host has ruled, without which nobody is let in, is told. */
function aboutSnapshots(decide: Decision): Decision {
  return (method, path, headers) => (path.startsWith('/snapshots/') ? decide(method, path, headers) : { kind: 'none' });
}

/** Answers like a host that never stored the case; for a given nonce instead of the request's own, if there is one. */
function signed404(caseId: string, key: Key, nonce?: string): Decision {
  return (method, _path, headers): Fault => {
    const time = Math.floor(Date.now() / 1000);
    const generation = '6f1d3c1e-9a41-4c3e-8d2f-0a5b6c7d8e9f';
    const bodySha256 = sha256('');
    const signature = answerSignature(key, {
      direction: 'host-to-edge',
      caseId,
      nonce: nonce ?? String(headers['x-glossator-nonce']),
      status: 404,
      generation,
      version: '',
      storedSha256: '',
      bodySha256,
      time,
    });
    const answer: Fault = {
      kind: 'answer',
      status: 404,
      headers: {
        'x-glossator-key': key.id,
        'x-glossator-time': String(time),
        'x-glossator-body-sha256': bodySha256,
        'x-glossator-generation': generation,
        'x-glossator-version': '',
        'x-glossator-sha256': '',
        'x-glossator-signature': signature,
      },
    };
    return method === 'PUT' ? { kind: 'none' } : answer;
  };
}

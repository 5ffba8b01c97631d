// The object's storage is gone: the document comes back from Postgres, and until it does nobody is shown an empty room.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';

import * as Y from 'yjs';

import { signed, type Answered } from './lib/answers.ts';
import { tokenFor } from './lib/authority.ts';
import { RawPeer, StockClient } from './lib/clients.ts';
import { areEqual, fingerprintOf, fingerprintOfUpdate, roots } from './lib/documents.ts';
import { append, notesOf, postgresHolds, roomHolds, writeAndLeave } from './lib/edits.ts';
import type { Decision } from './lib/proxy.ts';
import { newKey, sha256 } from './lib/signed.ts';
import { newCase, promptArchive, Stack } from './lib/stack.ts';
import { roomStatus } from './lib/status.ts';
import type { Role } from './lib/tokens.ts';
import { throughout, until } from './lib/until.ts';
import { syncStep1 } from './lib/wire.ts';

/** How long a room must stay shut in the face of a host that does not prove itself. */
const shutMs = 6_000;
/** Little, once it is packed. */
const nothings = new Uint8Array(33 * 1024 * 1024);
const gzipped = { 'content-encoding': 'gzip' };

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
  const nobodyProved = /proves nothing/;
  const otherBody = /the body is not the one that was signed/;
  const otherDocument = /its body is not what it says is stored/;
  const forgeries: readonly [string, RegExp, (stack: Stack, caseId: string) => Decision][] = [
    ['an unsigned 404', nobodyProved, () => () => ({ kind: 'answer', status: 404 })],
    ['a 404 signed with a foreign key', nobodyProved, (_, caseId) => signed(caseId, foreignKey)],
    ['a 404 signed for another request', nobodyProved, (own, caseId) => signed(caseId, own.key, { nonce: '00'.repeat(16) })],
    ['a 404 signed for another case', nobodyProved, (own) => signed(newCase(), own.key)],
    ['an unsigned 200 with an empty document', nobodyProved, () => () => ({ kind: 'answer', status: 200, body: '\0\0' })],
    ['an unsigned 410', nobodyProved, () => () => ({ kind: 'answer', status: 410 })],
    // Of a few bytes and of many: these are hashed in two ways.
    ...[20, 20_000].flatMap((length): [string, RegExp, (stack: Stack, caseId: string) => Decision][] => {
      const document = documentOf('x'.repeat(length));
      const attribution = Buffer.from('by ann');
      const whole = Buffer.concat([document, attribution]);
      const changed = Buffer.from(document);
      changed.writeUInt8(changed.readUInt8(length) ^ 1, length);
      const half = document.subarray(0, document.length / 2);
      const said: readonly [string, RegExp, Answered][] = [
        ['of which a byte was changed on the way', otherBody, { document, sent: changed }],
        ['that is not the one which the store holds', otherDocument, { document, storedSha256: sha256(changed) }],
        ['that does not end where it should', otherDocument, { document, attribution, headers: attributed(5) }],
        ['behind which stands what is no part of it', otherDocument, { document: whole, storedSha256: sha256(document) }],
        ['of which half came', /cannot be reached/, { document, sent: half, headers: declared(document), ends: 'cut' }],
        ['of which half came, as if that were all', otherBody, { document, sent: half, ends: 'undeclared' }],
        ['that is longer than declared', otherBody, { document, headers: declared(half), ends: 'undeclared' }],
      ];
      return said.map(([name, reason, answered]) => [
        `a document of ${length} characters ${name}`,
        reason,
        (own, caseId) => signed(caseId, own.key, answered),
      ]);
    }),
    [
      'a body that unpacks to more than there may be',
      /larger than 33554432 bytes/,
      (own, caseId) => signed(caseId, own.key, { document: nothings, sent: gzipSync(nothings), headers: gzipped }),
    ],
  ];
  // Each has to stay shut for a while, and all of them can at once.
  describe('is not opened', { concurrency: true }, () => {
    for (const [name, reason, decision] of forgeries) {
      test(`by ${name}`, async () => {
        const caseId = newCase();
        stack.proxy.misbehaveFor(caseId, aboutSnapshots(decision(stack, caseId)));
        const waiting = await RawPeer.open(stack.edge.syncUrl, caseId);
        waiting.send(syncStep1());
        await staysShut(stack, caseId, waiting);
        assert.match((await roomStatus(stack.edge.url, caseId)).waitingBecause ?? '', reason);

        stack.proxy.healFor(caseId);
        await until('the room opens once the host proves itself', () => documentSentTo(waiting), { within: 30_000 });
        waiting.cut();
      });
    }

    test('by half a document whose other half never comes, for which nobody waits for ever', async () => {
      const caseId = newCase();
      const document = documentOf('x'.repeat(20_000));
      const sent = document.subarray(0, 9_000);
      const half = signed(caseId, stack.key, { document, sent, headers: declared(document), ends: 'never' });
      stack.proxy.misbehaveFor(caseId, aboutSnapshots(half));
      const waiting = await RawPeer.open(stack.edge.syncUrl, caseId);
      waiting.send(syncStep1());
      const asked = await until('the host is asked', () =>
        stack.proxy.passages.find(({ path }) => path === `/snapshots/${caseId}`),
      );
      await until('the Worker hangs up', () => asked.wasCut, { within: 15_000 });
      const { state, waitingBecause } = await roomStatus(stack.edge.url, caseId);
      assert.deepEqual([state, waitingBecause], ['restoring', 'restore: the host did not answer within 10 s']);
      assert.equal(documentSentTo(waiting), undefined);

      stack.proxy.healFor(caseId);
      await until('the room opens once the host answers', () => documentSentTo(waiting), { within: 30_000 });
      waiting.cut();
    });
  });

  test('is opened by a 404 that is signed as it should be', async () => {
    const caseId = newCase();
    stack.proxy.misbehave(aboutSnapshots(signed(caseId, stack.key)));
    const visitor = await StockClient.join(stack.edge.syncUrl, caseId);
    assert.equal(notesOf(visitor), '');
    visitor.leave();
  });

  describe('is opened by a document, and archives it,', { concurrency: true }, () => {
    const words = 'kept far away '.repeat(20_000);
    const document = documentOf(words);
    const ways: readonly [string, Answered][] = [
      ['whose length was declared', { document }],
      ['whose length nobody declared', { document, ends: 'undeclared' }],
      ['that was packed on the way', { document, sent: gzipSync(document), headers: gzipped }],
      ['behind which it is said who wrote what', { document, attribution: Buffer.from('by ann') }],
    ];
    for (const [name, answered] of ways) {
      test(name, async () => {
        const caseId = newCase();
        stack.proxy.misbehaveFor(caseId, aboutSnapshots(signed(caseId, stack.key, answered)));
        const visitor = await StockClient.join(stack.edge.syncUrl, caseId);
        await until('the visitor has it', () => notesOf(visitor) === words);
        stack.proxy.healFor(caseId);
        append(visitor, 'and edited');
        await postgresHolds(stack.database, caseId, fingerprintOf(visitor.doc));
        visitor.leave();
      });
    }
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

function declared({ length }: Uint8Array): Readonly<Record<string, string>> {
  return { 'content-length': String(length) };
}

function attributed(bytes: number): Readonly<Record<string, string>> {
  return { 'x-glossator-attribution-bytes': String(bytes) };
}

function documentOf(words: string): Uint8Array {
  const doc = new Y.Doc();
  roots.notes(doc).insert(0, words);
  return Y.encodeStateAsUpdate(doc);
}

/** Misbehaves only with what is asked of snapshots: what the host has ruled, without which nobody is let in, is told. */
function aboutSnapshots(decide: Decision): Decision {
  return (method, path, headers) => (path.startsWith('/snapshots/') ? decide(method, path, headers) : { kind: 'none' });
}

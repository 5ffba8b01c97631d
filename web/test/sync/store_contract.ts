// What every offline store keeps to, whatever it is made of. Needs neither node nor a browser: node runs it against the
// disk of the tests, a browser against IndexedDB.

import * as Y from 'yjs';

import type { OfflineStore, StoredChange } from '../../src/sync/offline_store.ts';

/** Runs the contract on a fresh place; `open` gives one tab's way to it. Throws at what is broken. */
export async function keepsContract(open: () => OfflineStore): Promise<void> {
  const [one, two] = [open(), open()];
  const empty = await one.load();
  same(empty.updates, [], 'a fresh copy holds nothing');
  same((await two.load()).generation, empty.generation, 'tabs see one generation');

  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  doc.getText('notes').insert(0, 'hello');
  doc.getText('notes').insert(5, ' world');
  same(await one.write(empty.generation, { update: updates[0] ?? null, changes: [change('b'), change('a')] }), 'written', 'a write is taken');
  same(await two.write(empty.generation, { update: updates[1] ?? null, changes: [change('c')] }), 'written', 'of both tabs');
  const copy = await two.load();
  same(textOf(copy.updates), 'hello world', 'the document is there');
  same(copy.outbox.map(({ id }) => id), ['a', 'b', 'c'], 'and the outbox, in order');
  same(copy.outbox[0], change('a'), 'as it was written');

  await one.settle(['b', 'unknown']);
  await one.startAfresh('second', (outbox) => outbox.map((row) => ({ ...row, toReplay: row.id === 'a' })));
  same(await two.write(empty.generation, { update: updates[0] ?? null, changes: [change('late')] }), 'superseded', 'an earlier generation is turned away');
  same(await two.join([{ ...change('d'), toReplay: true }]), 'second', 'joining gives the generation');
  const afresh = await two.load();
  same([afresh.generation, afresh.updates, afresh.outbox.map(({ id }) => id)], ['second', [], ['a', 'c', 'd']], 'begun anew');

  const claims = await Promise.all([one.claim(), two.claim()]);
  same(claims.flat().map(({ id }) => id), ['a', 'd'], 'each change is claimed once');
  same((await one.load()).outbox.map(({ id }) => id), ['c'], 'the others stay');

  const many = new Y.Doc();
  const pieces: Uint8Array[] = [];
  many.on('update', (update: Uint8Array) => pieces.push(update));
  for (let index = 0; index < 700; index += 1) {
    many.getText('notes').insert(0, `${index} `);
  }
  for (const update of pieces) {
    await one.write('second', { update, changes: [] });
  }
  const compact = await two.load();
  same(textOf(compact.updates), many.getText('notes').toString(), 'nothing is lost when the copy is rewritten');

  await one.erase();
  same(await two.write('second', { update: null, changes: [change('z')] }), 'begun', 'who finds an erased copy is told');
  const begun = await two.load();
  same([begun.generation, begun.updates, begun.outbox.map(({ id }) => id)], ['second', [], ['z']], 'and begins it');
  await one.erase();
  const erased = await two.load();
  same([erased.updates, erased.outbox], [[], []], 'nothing is left');
  one.close();
  two.close();
}

function change(id: string): StoredChange {
  return { id, client: 1, clock: null, operations: [{ op: 'delete', path: ['comments', id] }], tries: 0, toReplay: false };
}

function textOf(updates: Uint8Array[]): string {
  const doc = new Y.Doc();
  updates.forEach((update) => Y.applyUpdate(doc, update));
  return doc.getText('notes').toString();
}

function same(seen: unknown, wanted: unknown, what: string): void {
  const [one, other] = [JSON.stringify(seen), JSON.stringify(wanted)];
  if (one !== other) {
    throw new Error(`${what}: ${one} is not ${other}`);
  }
}

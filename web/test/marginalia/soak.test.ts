import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as Y from 'yjs';

import { contentsOf } from '../../src/marginalia/contents.ts';
import { exchange, page, plain, replicas, runs, seeded } from './replicas.ts';
import type { Replica } from './replicas.ts';
import { randomCommand } from './random_commands.ts';

for (let seed = 1; seed <= 20; seed += 1) {
  test(`three who do anything at any time end with the same (seed ${seed})`, () => {
    const random = seeded(seed);
    const all = replicas('ada', 'ben', 'eve');
    // Something follows everything, as a page does.
    for (const { m } of all) {
      runs(() => [m.order.value, m.orphans.value, m.tags.value, m.deletedTags.value, m.tagGroups.value, [...m.highlights.value].map(([id, each]) => [each.value, m.commentsOf(id).value])]);
    }
    for (let step = 0; step < 400; step += 1) {
      const one = all[random(3)] as Replica;
      randomCommand(one.m, random);
      if (random(6) === 0) {
        one.m.notes.insert(random(one.m.notes.length + 1), 'word ');
      }
      if (random(8) === 0) {
        exchange(one, all[random(3)] as Replica);
      }
      if (random(100) === 0) {
        replaceDocument(one, step);
      }
    }
    exchange(...all);
    exchange(...all);
    const [first, ...others] = all.map(({ m }) => plain(contentsOf(m)));
    for (const other of others) {
      assert.deepEqual(other, first);
    }
    const reopened = page(all[0]!.doc, 'late');
    assert.deepEqual(plain(contentsOf(reopened)), first, 'what was followed step by step is what a fresh reading finds');
    for (const { m } of all) {
      assert.ok(contentsOf(m).highlights.every(({ place, target }) => place === null || m.text.slice(place.start, place.end) === target.quote));
      assert.deepEqual(m.orphans.value, [], 'no mixture of changes makes a highlight lose its words');
    }
  });
}

/** As after a refusal: a new document with a new client id takes the place of the old one. */
function replaceDocument(replica: Replica, step: number): void {
  const fresh = new Y.Doc();
  fresh.clientID = 1_000 + step;
  Y.applyUpdate(fresh, Y.encodeStateAsUpdate(replica.doc));
  const before = new Map(replica.m.highlights.peek());
  replica.m.rebind(fresh);
  replica.doc = fresh;
  for (const [id, own] of before) {
    assert.equal(replica.m.highlights.peek().get(id), own);
  }
}

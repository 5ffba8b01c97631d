// The page's client against the real Worker, without a page: what the fakes of its own tests take for granted.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { addEntry, contentOf, equalDocs, FakeDisk } from '../web/test/sync/world.ts';
import { roots } from './lib/documents.ts';
import { PageClient } from './lib/page_client.ts';
import { newCase, promptArchive, Stack } from './lib/stack.ts';
import { until } from './lib/until.ts';

/** What the room does not take from ann. */
const REFUSED = 'forbidden';
/** Letters that each of two people has typed before the kill, and afterwards. */
const TYPED = 60;

describe('the page’s client', () => {
  let stack: Stack;

  before(async () => {
    stack = await Stack.start({ variables: promptArchive });
  });

  after(async () => {
    await stack?.stop();
  });

  const pair = (caseId: string): Promise<[PageClient, PageClient]> =>
    Promise.all([
      PageClient.join(stack.edge.syncUrl, caseId, 'ann', { disk: new FakeDisk(), forbidden: REFUSED }),
      PageClient.join(stack.edge.syncUrl, caseId, 'ben'),
    ]);
  const comment = ({ doc, user }: PageClient, id: string, text: string): void => addEntry(doc, 'comments', id, { author_id: user, text });
  const areSame = (one: PageClient, other: PageClient): Promise<boolean> =>
    until('both have the same', () => equalDocs(one.doc, other.doc), {
      within: 30_000,
      explain: () => `${contentOf(one.doc)}\nand ${contentOf(other.doc)}`,
    });

  test('what two people are typing while workerd is killed is with both, once', async () => {
    const [ann, ben] = await pair(newCase());
    const typed = { a: 0, b: 0 };
    const typing = setInterval(() => {
      roots.notes(ann.doc).insert(0, 'a');
      roots.notes(ben.doc).insert(0, 'b');
      typed.a += 1;
      typed.b += 1;
    }, 5);
    try {
      await until('they have typed for a while', () => typed.a > TYPED && roots.notes(ann.doc).toString().includes('b'));
      const pid = await stack.edge.runtimePid();
      process.kill(pid, 'SIGKILL');
      await until('both are cut off', () => !ann.isLive && !ben.isLive);
      const before = typed.a;
      await Promise.all([ann.live(), ben.live()]);
      await until('they have gone on for a while', () => typed.a > before + TYPED);
    } finally {
      clearInterval(typing);
    }
    await Promise.all([ann.allSaved(), ben.allSaved()]);
    await areSame(ann, ben);
    const letters = roots.notes(ann.doc).toString();
    assert.deepEqual([letters.replaceAll('b', '').length, letters.replaceAll('a', '').length], [typed.a, typed.b]);
    ann.leave();
    ben.leave();
  });

  test('a refused change is given back to its author, and is nowhere else', async () => {
    const [ann, ben] = await pair(newCase());
    comment(ann, 'before', 'before');
    await ann.allSaved();
    comment(ann, 'bad', REFUSED);
    comment(ann, 'after', 'after');
    const refusal = await until('it is refused', () => ann.ears.refusals[0], { within: 30_000 });
    assert.equal(refusal.reason, 'not_allowed');
    assert.deepEqual(refusal.lost.map(({ root, id, fields }) => ({ root, id, fields })), [{ root: 'comments', id: 'bad', fields: { author_id: ann.user, text: REFUSED } }]);
    await ann.live();
    await ann.allSaved();
    await areSame(ann, ben);
    assert.deepEqual([...roots.comments(ben.doc).keys()].toSorted(), ['after', 'before']);
    assert.equal(ann.ears.refusals.length, 1);
    ann.leave();
    ben.leave();
  });

  test('of what was written offline, only what must be is refused', async () => {
    const [ann, ben] = await pair(newCase());
    await ann.cut();
    for (let index = 0; index < 6; index += 1) {
      comment(ann, `c${index}`, index === 3 ? REFUSED : `text ${index}`);
    }
    roots.notes(ann.doc).insert(0, 'offline');
    comment(ben, 'c9', 'meanwhile');
    assert.equal(ann.client.saved().unsaved, 7);
    ann.mend();
    await ann.live();
    await until('one is refused', () => ann.ears.refusals.length > 0, {
      within: 60_000,
      explain: () => JSON.stringify(ann.ears.states.slice(-5)),
    });
    await ann.live();
    await ann.allSaved();
    await areSame(ann, ben);
    assert.deepEqual(ann.ears.refusals.flatMap(({ lost }) => lost.map(({ id }) => id)), ['c3']);
    assert.deepEqual([...roots.comments(ben.doc).keys()].toSorted(), ['c0', 'c1', 'c2', 'c4', 'c5', 'c9']);
    assert.equal(roots.notes(ben.doc).toString(), 'offline');
    ann.leave();
    ben.leave();
  });

  test('an object that has lost its storage is made anew from Postgres, and its clients go on', async () => {
    const caseId = newCase();
    const [ann, ben] = await pair(caseId);
    comment(ann, 'archived', 'archived');
    await ann.allArchived();
    await until('ben has it', () => roots.comments(ben.doc).has('archived'));
    ben.leave();
    await ann.cut();
    await stack.edge.kill();
    await stack.edge.loseStorage();
    comment(ann, 'meanwhile', 'meanwhile');
    assert.equal(ann.client.saved().unsaved, 1);
    await stack.edge.start();

    // Before ann comes back with all that she has: from Postgres it is, and from nowhere else.
    const cat = await PageClient.join(stack.edge.syncUrl, caseId, 'cat');
    assert.deepEqual([...roots.comments(cat.doc).keys()], ['archived']);
    ann.mend();
    await ann.live();
    comment(ann, 'afterwards', 'afterwards');
    await Promise.all([ann.allArchived(), cat.allArchived()]);
    await areSame(ann, cat);
    assert.deepEqual([...roots.comments(cat.doc).keys()].toSorted(), ['afterwards', 'archived', 'meanwhile']);
    assert.deepEqual(ann.ears.refusals, []);
    ann.leave();
    cat.leave();
  });
});

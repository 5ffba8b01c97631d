// What each role may do through the door, with unmodified clients; and that a change reaches whoever is there.

import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';

import * as Y from 'yjs';

import { newClientToken, newTicket, orderArrived, revokeClientToken, setGrant, setState, tokenFor } from './lib/authority.ts';
import { writeComment, writeHighlight } from './lib/annotations.ts';
import { RawPeer, StockClient } from './lib/clients.ts';
import { roots } from './lib/documents.ts';
import { append, notesOf } from './lib/edits.ts';
import { OurPeer, subprotocol } from './lib/ours.ts';
import { newCase, Stack } from './lib/stack.ts';
import type { Role } from './lib/tokens.ts';
import { until } from './lib/until.ts';

/** How long a change may take to reach whoever is there. */
const reachesWithin = 2_000;

let stack: Stack;

before(async () => {
  stack = await Stack.start({ developmentSignIn: 'own' });
});

after(async () => {
  await stack?.stop();
});

/** A program of somebody, who is given this role. */
async function as(caseId: string, user: string, role: Role): Promise<StockClient> {
  const token = await tokenFor(stack, caseId, user, role);
  return StockClient.join(stack.edge.syncUrl, caseId, { user, token, presence: { name: user } });
}

/** A page of somebody who has a role already. */
async function pageOf(caseId: string, user: string): Promise<OurPeer> {
  return OurPeer.joinWith(stack.edge.syncUrl, caseId, await newTicket(stack, caseId, user), stack.edge.url);
}

/** Waits until a program is turned away, and says how. */
async function turnedAway(client: StockClient): Promise<number> {
  const { code } = await until('it is turned away', () => client.endings[0]);
  client.leave();
  return code;
}

/** Undoes what a client does from here on to the things of a root. */
function undoing(client: StockClient, root: 'highlights' | 'comments'): Y.UndoManager {
  return new Y.UndoManager(roots[root](client.doc), { captureTimeout: 0 });
}

type Made = { kind: string; key: string; made: { user: string; proof: string } | null; deleted: { user: string } | null };

/** What the room tells of who made and took away what, to whoever shows this. */
async function authorship(caseId: string, token: string): Promise<Made[]> {
  const answer = await fetch(`${stack.edge.url}/api/cases/${caseId}/authorship?token=${token}`);
  assert.equal(answer.status, 200);
  return ((await answer.json()) as { things: Made[] }).things;
}

describe('what each role may do', { concurrency: true }, () => {
  test('a reader reads, is seen, and changes nothing', async () => {
    const caseId = newCase();
    const owner = await as(caseId, 'olga', 'own');
    const highlight = writeHighlight(owner, { author_id: 'olga', start: 0, end: 3, quote: 'Law' });
    const edits: ((client: StockClient) => void)[] = [
      (reader) => writeComment(reader, highlight, 'mine', 'rita'),
      (reader) => writeHighlight(reader, { author_id: 'rita', start: 1, end: 2, quote: 'a' }),
      (reader) => append(reader, 'mine'),
      (reader) => roots.highlights(reader.doc).delete(highlight),
    ];
    for (const edit of edits) {
      const reader = await as(caseId, 'rita', 'read');
      await until('she reads', () => roots.highlights(reader.doc).has(highlight));
      await until('she is seen', () => owner.seenPeers().includes(reader.doc.clientID));
      edit(reader);
      assert.equal(await turnedAway(reader), 4403);
    }
    assert.deepEqual([...roots.highlights(owner.doc).keys()], [highlight]);
    assert.equal(roots.comments(owner.doc).size, 0);
    assert.equal(notesOf(owner), '');
    owner.leave();
  });

  test('a commenter comments, takes it back, and marks nothing', async () => {
    const caseId = newCase();
    const owner = await as(caseId, 'olga', 'own');
    const highlight = writeHighlight(owner, { author_id: 'olga', start: 0, end: 3, quote: 'Law' });
    const [commenter, other] = [await as(caseId, 'carl', 'comment'), await as(caseId, 'cora', 'comment')];
    await until('he reads', () => roots.highlights(commenter.doc).has(highlight));
    const undo = undoing(commenter, 'comments');
    const comment = writeComment(commenter, highlight, 'his', 'carl');
    await until('it is seen', () => roots.comments(owner.doc).has(comment));
    undo.undo();
    await until('it is taken back', () => !roots.comments(owner.doc).has(comment));
    undo.redo();
    await until('and brought back', () => roots.comments(other.doc).has(comment));

    roots.comments(other.doc).delete(comment);
    assert.equal(await turnedAway(other), 4403, 'another’s comment is not hers');
    writeHighlight(commenter, { author_id: 'carl', start: 1, end: 2, quote: 'a' });
    assert.equal(await turnedAway(commenter), 4403);
    assert.deepEqual([...roots.comments(owner.doc).keys()], [comment]);
    assert.equal(roots.highlights(owner.doc).size, 1);
    owner.leave();
  });

  test('an annotator marks and writes, takes it back, and leaves alone what is another’s', async () => {
    const caseId = newCase();
    const [owner, annotator] = [await as(caseId, 'olga', 'own'), await as(caseId, 'anna', 'annotate')];
    const hers = writeHighlight(owner, { author_id: 'olga', start: 0, end: 3, quote: 'Law' });
    await until('she reads', () => roots.highlights(annotator.doc).has(hers));
    const undo = undoing(annotator, 'highlights');
    const own = writeHighlight(annotator, { author_id: 'anna', start: 4, end: 6, quote: 'is' });
    append(annotator, 'notes');
    await until('it is seen', () => roots.highlights(owner.doc).has(own) && notesOf(owner) === 'notes');
    undo.undo();
    await until('it is taken back', () => !roots.highlights(owner.doc).has(own));

    (roots.highlights(annotator.doc).get(hers) as Y.Map<unknown>).set('tag', 'changed');
    assert.equal(await turnedAway(annotator), 4403);
    const forger = await as(caseId, 'fred', 'annotate');
    writeHighlight(forger, { author_id: 'olga', start: 7, end: 8, quote: 'x' });
    assert.equal(await turnedAway(forger), 4403, 'nobody writes in another’s name');
    assert.deepEqual([...roots.highlights(owner.doc).keys()], [hers]);
    assert.equal((roots.highlights(owner.doc).get(hers) as Y.Map<unknown>).get('tag'), undefined);
    owner.leave();
  });

  test('an owner changes and deletes what others made, and brings it back with its author', async () => {
    const caseId = newCase();
    const [owner, annotator] = [await as(caseId, 'olga', 'own'), await as(caseId, 'anna', 'annotate')];
    const highlight = writeHighlight(annotator, { author_id: 'anna', start: 0, end: 3, quote: 'Law' });
    await until('the owner reads', () => roots.highlights(owner.doc).has(highlight));
    (roots.highlights(owner.doc).get(highlight) as Y.Map<unknown>).set('tag', 'issue');
    await until('it is changed', () => (roots.highlights(annotator.doc).get(highlight) as Y.Map<unknown>).get('tag') === 'issue');
    const undo = undoing(owner, 'highlights');
    roots.highlights(owner.doc).delete(highlight);
    await until('it is deleted', () => !roots.highlights(annotator.doc).has(highlight));
    undo.undo();
    await until('it is back', () => roots.highlights(annotator.doc).has(highlight));
    assert.equal((roots.highlights(annotator.doc).get(highlight) as Y.Map<unknown>).get('author_id'), 'anna');
    assert.deepEqual([owner.sockets, annotator.sockets], [1, 1]);
    owner.leave();
    annotator.leave();
  });
});

describe('a change reaches whoever is there', { concurrency: true }, () => {
  /** Measures from a change to the moment at which a page of the person is closed. */
  const reached = async (context: TestContext, page: OurPeer, change: () => Promise<void>): Promise<number> => {
    const began = performance.now();
    await change();
    const { code } = await page.closed();
    const took = performance.now() - began;
    context.diagnostic(`closed with ${code} after ${Math.round(took)} ms`);
    assert.ok(took < reachesWithin, `it took ${took} ms`);
    return code;
  };

  test('a lesser role: a page comes back with it, a program goes on with it', async (context) => {
    const caseId = newCase();
    const program = await as(caseId, 'anna', 'annotate');
    append(program, 'before');
    const page = await pageOf(caseId, 'anna');
    assert.equal(await reached(context, page, () => setGrant(stack, caseId, 'anna', 'read')), 4500);
    const again = await pageOf(caseId, 'anna');
    assert.equal(program.sockets, 1);
    append(program, ' after');
    assert.equal(await turnedAway(program), 4403);
    again.take();
    assert.equal(again.doc.getText('notes').toString(), 'before');
    again.cut();
  });

  test('no role any more: nobody stays, and nobody comes back', async (context) => {
    const caseId = newCase();
    const program = await as(caseId, 'anna', 'annotate');
    const page = await pageOf(caseId, 'anna');
    const unused = await newTicket(stack, caseId, 'anna');
    assert.equal(await reached(context, page, () => setGrant(stack, caseId, 'anna', null)), 4403);
    assert.equal(await turnedAway(program), 4403);
    const late = await RawPeer.open(stack.edge.syncUrl, caseId, { token: null, origin: stack.edge.url }, [subprotocol, unused]);
    assert.equal((await late.closed()).code, 4403);
    await assert.rejects(newTicket(stack, caseId, 'anna'), /403/);
  });

  test('a locked case: owners go on, others read; an archived one: everybody reads', async (context) => {
    const caseId = newCase();
    const owner = await as(caseId, 'olga', 'own');
    await setGrant(stack, caseId, 'anna', 'annotate');
    const [ownersPage, page] = [await pageOf(caseId, 'olga'), await pageOf(caseId, 'anna')];
    assert.equal(await reached(context, page, () => setState(stack, caseId, 'locked')), 4500);
    append(owner, 'locked');
    const reader = await pageOf(caseId, 'anna');
    await until('the owner writes, and all read', () => {
      [reader, ownersPage].forEach((one) => one.take());
      return [reader, ownersPage].every((one) => one.doc.getText('notes').toString() === 'locked');
    });
    reader.write('not allowed');
    await until('the reader is refused', () => reader.said().some(({ kind }) => kind === 'refused'));
    assert.ok(ownersPage.peer.isOpen);

    assert.equal(await reached(context, ownersPage, () => setState(stack, caseId, 'archived')), 4500);
    append(owner, ' for ever');
    assert.equal(await turnedAway(owner), 4403);

    await setState(stack, caseId, 'open');
    await orderArrived(stack, caseId);
    const back = await pageOf(caseId, 'anna');
    back.write(' open');
    await back.allSaved();
    back.cut();
    reader.cut();
  });

  test('a revoked client token, and no other one of the same person', async (context) => {
    const caseId = newCase();
    await setGrant(stack, caseId, 'anna', 'annotate');
    const [first, second] = [
      await newClientToken(stack, caseId, 'anna', 'annotate'),
      await newClientToken(stack, caseId, 'anna', 'annotate'),
    ];
    const [revoked, other] = [
      await StockClient.join(stack.edge.syncUrl, caseId, { token: first.token }),
      await StockClient.join(stack.edge.syncUrl, caseId, { token: second.token }),
    ];
    const began = performance.now();
    await revokeClientToken(stack, caseId, first.id);
    await until('it is closed', () => revoked.endings.length > 0, { every: 5 });
    const took = performance.now() - began;
    context.diagnostic(`closed after ${Math.round(took)} ms`);
    assert.ok(took < reachesWithin, `it took ${took} ms`);
    assert.equal(await turnedAway(revoked), 4403);
    append(other, 'still here');
    const late = await RawPeer.open(stack.edge.syncUrl, caseId, { token: first.token });
    assert.equal((await late.closed()).code, 4403);
    assert.equal(other.sockets, 1);
    other.leave();
  });
});

describe('a change counts for whoever comes later', () => {
  test('what was changed while nobody was there, and what the Worker did not hear of, counts at the next opening', async () => {
    const caseId = newCase();
    (await as(caseId, 'anna', 'annotate')).leave();
    const [anna, { id, token }] = [await newTicket(stack, caseId, 'anna'), await newClientToken(stack, caseId, 'anna', 'read')];
    await setGrant(stack, caseId, 'anna', 'read');
    await orderArrived(stack, caseId);
    const late = await RawPeer.open(stack.edge.syncUrl, caseId, { token: null, origin: stack.edge.url }, [subprotocol, anna]);
    assert.equal((await late.closed()).code, 4500);

    await stack.edge.stop();
    await revokeClientToken(stack, caseId, id);
    await stack.edge.start();
    const revoked = await RawPeer.open(stack.edge.syncUrl, caseId, { token });
    assert.equal((await revoked.closed(30_000)).code, 4403);
    await orderArrived(stack, caseId);
  });
});

describe('the development sign-in', () => {
  const ask = (caseId: string, said: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${stack.edge.url}/api/cases/${caseId}/ticket`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: stack.edge.url, ...headers },
      body: JSON.stringify(said),
    });
  const dora = { user: 'dora', name: 'Dora 🎓' };

  test('a page gets a ticket by a name, and comes in with it', async () => {
    const caseId = newCase();
    (await as(caseId, 'olga', 'own')).leave();
    const response = await ask(caseId, dora);
    const { ticket, ...rest } = (await response.json()) as Record<string, unknown>;
    assert.equal(response.status, 201);
    assert.deepEqual([rest['user'], rest['name'], rest['role']], [dora.user, dora.name, 'own']);
    assert.ok(Number(rest['open_until_ms']) > Date.now() && Number(rest['authority_until_ms']) > Date.now());
    const page = await OurPeer.joinWith(stack.edge.syncUrl, caseId, String(ticket), stack.edge.url);
    page.write('hers');
    await page.allSaved();
    page.cut();
  });

  test('whoever was given a role keeps it, and whose role was taken gets none', async () => {
    const caseId = newCase();
    await setGrant(stack, caseId, 'dora', 'read');
    assert.equal(((await (await ask(caseId, dora)).json()) as Record<string, unknown>)['role'], 'read');
    await setGrant(stack, caseId, 'dora', null);
    assert.equal((await ask(caseId, dora)).status, 403);
  });

  test('only pages of ours, only people, and only while the host is there', async () => {
    const caseId = newCase();
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1']) {
      assert.equal((await ask(caseId, dora, { origin })).status, 403, origin);
    }
    assert.equal((await ask(caseId, dora, { 'content-type': 'text/plain' })).status, 415);
    for (const said of [{}, { user: 'dora' }, { ...dora, user: '' }, { ...dora, role: 'own' }, 'dora']) {
      assert.equal((await ask(caseId, said)).status, 400, JSON.stringify(said));
    }
    stack.proxy.misbehave(() => ({ kind: 'unreachable' }));
    assert.equal((await ask(caseId, dora)).status, 503);
    stack.proxy.heal();
  });
});

describe('who made and took away what', () => {
  test('is told from what sockets proved, to those who may see the case', async () => {
    const caseId = newCase();
    const owner = await as(caseId, 'olga', 'own');
    const annotator = await as(caseId, 'anna', 'annotate');
    const highlight = writeHighlight(annotator, { author_id: 'anna', start: 0, end: 3, quote: 'Law' });
    await until('the owner sees it', () => roots.highlights(owner.doc).has(highlight));
    roots.highlights(owner.doc).delete(highlight);
    await until('it is gone', () => !roots.highlights(annotator.doc).has(highlight));

    const token = await tokenFor(stack, caseId, 'rita', 'read');
    const [made] = await authorship(caseId, token);
    assert.deepEqual(
      [made?.kind, made?.key, made?.made?.user, made?.made?.proof, made?.deleted?.user],
      ['highlight', highlight, 'anna', 'proven', 'olga'],
    );
    const address = `${stack.edge.url}/api/cases/${caseId}/authorship`;
    assert.equal((await fetch(address)).status, 401);
    assert.equal((await fetch(`${address}?token=${await tokenFor(stack, newCase(), 'rita', 'own')}`)).status, 403);
    await setGrant(stack, caseId, 'rita', null);
    await until('who was removed is not told', async () => (await fetch(`${address}?token=${token}`)).status === 403);
    owner.leave();
    annotator.leave();
  });
});

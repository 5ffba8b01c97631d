// Our own protocol end to end: what is called saved and archived is, refusals poison one socket, silence is found out, and
// stock clients beside it notice nothing.

import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';

import * as Y from 'yjs';

import { documentOfRoom, RawPeer, StockClient } from './lib/clients.ts';
import { documentFrom, roots } from './lib/documents.ts';
import { begin } from './lib/edits.ts';
import { OurPeer, subprotocol } from './lib/ours.ts';
import { PageClient } from './lib/page_client.ts';
import { newCase, promptArchive, Stack } from './lib/stack.ts';
import { newTicketKey, ticketOf, type Role } from './lib/tokens.ts';
import { throughout, until } from './lib/until.ts';
import { updateFrame } from './lib/wire.ts';

describe('glossator.v1', { concurrency: true }, () => {
  let stack: Stack;

  before(async () => {
    stack = await Stack.start({ variables: promptArchive });
  });

  after(async () => {
    await stack?.stop();
  });

  const join = (caseId: string, user = 'ours', role: Role = 'own'): Promise<OurPeer> =>
    OurPeer.join(stack.edge.syncUrl, caseId, user, role);
  // However a test ends, nothing of it goes on: the process would not end.
  const pinging = (t: TestContext, ...ours: readonly OurPeer[]): void => {
    const timer = setInterval(() => ours.forEach((one) => one.ping()), 10_000);
    t.after(() => clearInterval(timer));
  };

  test('the subprotocol is chosen, and a socket without it is told nothing of it', async () => {
    const caseId = newCase();
    const ours = await join(caseId);
    const stock = await RawPeer.open(stack.edge.syncUrl, caseId);
    await stock.wholeDocument();
    assert.deepEqual([ours.peer.protocol, stock.protocol], [subprotocol, '']);
    const [welcome] = ours.said();
    assert.equal(welcome?.kind, 'welcome');
    ours.write('hello');
    const { seq } = await ours.allSaved();
    await until('it is archived', () => ours.archived() > seq);
    await until('the neighbour is shown it', () => stock.messages().some(({ kind }) => kind === 'update'));
    ours.cut();
    stock.cut();
  });

  test('who offers only other versions of it is closed with 4426, and refusals choose what was offered', async () => {
    const other = await RawPeer.open(stack.edge.syncUrl, newCase(), {}, ['glossator.v0', 'glossator.v9']);
    assert.equal((await other.closed()).code, 4426);
    assert.equal(other.protocol, 'glossator.v0');
    const foreign = await RawPeer.open(stack.edge.syncUrl, newCase(), { origin: 'http://evil.example' }, [subprotocol]);
    assert.equal((await foreign.closed()).code, 4403);
    assert.equal(foreign.protocol, subprotocol);
  });

  test('a refused update poisons its socket, says why, and closes only a stock one', async () => {
    const caseId = newCase();
    const ours = await join(caseId, 'ours', 'comment');
    const n = ours.write('not for those who comment');
    comment(ours, 'ignored');
    const refused = await until('we are told', () => ours.said().find(({ kind }) => kind === 'refused'));
    assert.deepEqual(refused, { kind: 'refused', n, reason: 2, words: 'your role does not let you write here' });

    const again = await join(caseId, 'ours', 'comment');
    comment(again, 'allowed');
    await again.allSaved();
    const room = documentFrom(await documentOfRoom(stack.edge.syncUrl, caseId));
    assert.deepEqual([[...roots.comments(room).keys()], roots.notes(room).toString()], [['allowed'], '']);
    assert.ok(ours.peer.isOpen && ours.saved().n < n);
    await until('others\' edits are shown to it', () => ours.messages().some(({ kind }) => kind === 'update'));

    const stock = await RawPeer.open(stack.edge.syncUrl, caseId, { role: 'comment' });
    const doc = new Y.Doc();
    doc.getText('notes').insert(0, 'not for those who comment');
    stock.send(updateFrame(Y.encodeStateAsUpdate(doc)));
    assert.equal((await stock.closed()).code, 4403);
    ours.cut();
    again.cut();
  });

  test('a ticket prolongs the authority, its end and a forged one close the socket', async () => {
    const caseId = newCase();
    const origin = stack.edge.url;
    const ticket = (user: string, authorityUntilMs: number, key = stack.ticketKey): string =>
      ticketOf(key, { caseId, user, authorityUntilMs, origin, openUntilMs: authorityUntilMs });
    const come = (user: string): Promise<OurPeer> =>
      OurPeer.joinWith(stack.edge.syncUrl, caseId, ticket(user, Date.now() + 5_000), origin);
    // A room that hears of the host's tickets for the first time believes none that is older than that.
    const first = await RawPeer.open(stack.edge.syncUrl, caseId, { token: null, origin }, [subprotocol, ticket('first', Date.now() + 5_000)]);
    assert.equal((await first.closed()).code, 4500);

    const [ann, ben] = [await come('ann'), await come('Zo\u00eb')];
    const until1 = Date.now() + 8_000;
    ann.renew(ticket('ann', until1));
    const renewed = await until('it is renewed', () => ann.said().find(({ kind }) => kind === 'renewed'));
    assert.deepEqual(renewed, { kind: 'renewed', untilMs: until1 });
    ben.renew(ticket('Zo\u00eb', Date.now() + 60_000));
    await until('another name is renewed too', () => ben.said().some(({ kind }) => kind === 'renewed'));
    ben.renew(ticket('Zo\u00eb', Date.now() + 60_000, newTicketKey('test')));
    assert.equal((await ben.closed()).code, 4401);
    assert.equal((await ann.closed()).code, 4500);
    assert.ok(Date.now() >= until1);
  });

  test('stock clients and ours see each other for 70 s, and no longer than they are there', async (t) => {
    const caseId = newCase();
    const [ann, ben] = [await join(caseId, 'ann'), await join(caseId, 'ben')];
    const stock = await StockClient.join(stack.edge.syncUrl, caseId, { presence: { name: 'cat' } });
    ann.show({ name: 'ann' });
    ben.show({ name: 'ben' });
    pinging(t, ann, ben);
    const all = (): boolean => [ann.seenPeers(), ben.seenPeers(), stock.seenPeers()].every(({ length }) => length === 2);
    await until('all see all', all);
    await throughout('all see all', 70_000, all);
    assert.equal(stock.sockets, 1);
    ben.cut();
    await until('who goes is gone', () => ann.seenPeers().length === 1 && stock.seenPeers().length === 1);
    ann.cut();
    stock.leave();
  });

  test('the page’s client stays through 95 s of silence, on one socket', async (t) => {
    const caseId = newCase();
    await begin(stack.edge, caseId);
    const [ann, ben] = [await PageClient.join(stack.edge.syncUrl, caseId, 'ann'), await PageClient.join(stack.edge.syncUrl, caseId, 'ben')];
    t.after(() => [ann, ben].forEach((client) => client.leave()));
    ann.client.presence.set({ user: { name: 'ann' } });
    const isSeen = (): boolean => ben.client.presence.states().size === 1;
    await until('ben sees ann', isSeen);
    // By then the room has closed whoever says nothing at all.
    await throughout('both are live, and ben sees ann', 95_000, () => ann.isLive && ben.isLive && isSeen());
    assert.deepEqual([ann.sockets, ben.sockets], [1, 1]);
    ann.leave();
    await until('who goes is gone', () => !isSeen());
  });

  test('a socket that neither pings nor speaks is closed, and its presence goes, within 95 s', async (t) => {
    const caseId = newCase();
    const [alive, silent] = [await join(caseId, 'alive'), await join(caseId, 'silent')];
    silent.show({ name: 'silent' });
    const lastWord = Date.now();
    await until('it is seen', () => alive.seenPeers().length === 1);
    pinging(t, alive);
    assert.equal((await silent.closed(100_000)).code, 1013);
    await until('it is gone', () => alive.seenPeers().length === 0);
    const silence = Date.now() - lastWord;
    assert.ok(silence >= 75_000 && silence <= 95_000, `${silence} ms`);
    assert.ok(alive.peer.isOpen);
    alive.cut();
  });
});

/** Adds a comment of one's own, under its words. */
function comment(ours: OurPeer, words: string): number {
  return ours.edit((doc) => roots.comments(doc).set(words, new Y.Map([['author_id', 'ours'], ['text', words]])));
}

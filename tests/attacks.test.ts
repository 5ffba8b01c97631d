// What somebody can try who is let in: every frame is well formed, and none does what it is for. Whoever tries is sent away;
// the document, Postgres and everybody else never hear of it.
//
// How a token is refused that should not open anything at all is in authority-door; frames that are malformed are in hostile.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import * as Y from 'yjs';
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';

import { writeComment, writeHighlight } from './lib/annotations.ts';
import { Bystander } from './lib/bystander.ts';
import { RawPeer, StockClient } from './lib/clients.ts';
import { documentFrom, fingerprintOf, fingerprintOfUpdate, roots, type Fingerprint } from './lib/documents.ts';
import { append, notesOf, postgresHolds } from './lib/edits.ts';
import { answerToAnswer, deletions, entry, forgeries, updateOf, type Victim } from './lib/forgeries.ts';
import { metric } from './lib/metrics.ts';
import { OurPeer, subprotocol } from './lib/ours.ts';
import { rowOf } from './lib/rows.ts';
import { newCase, promptArchive, Stack } from './lib/stack.ts';
import { roomStatus } from './lib/status.ts';
import { clientTokenOf, newTicketKey, sealed, sealedBySecret, ticketOf, ticketPayload, type Role } from './lib/tokens.ts';
import { until } from './lib/until.ts';
import { awarenessFrame, syncStep1, syncStep2, updateFrame } from './lib/wire.ts';

const allRoles: readonly Role[] = ['read', 'comment', 'annotate', 'own'];
/**
 * How many times one person tries again, at most and at least, and for how long. What the room makes of 10,000, however long
 * that takes and however often it slept, is asked where time is the test's: room/tests/rules/authority_bounds.rs.
 */
const retries = { count: 10_000, least: 60, ms: 8_000, atOnce: 8 };

let stack: Stack;
let scene: Scene;
let attackers = 0;

/** A case in which she has written, another person has not begun to, and somebody listens. */
type Scene = {
  caseId: string;
  vera: StockClient;
  silent: StockClient;
  bystander: Bystander;
  victim: Victim;
  /** What the room, Postgres and the bystander hold. */
  held: Fingerprint;
  /** Whether the room has come back from Postgres. */
  wasRestored: boolean;
};

before(async () => {
  stack = await Stack.start({ developmentSignIn: 'own', variables: promptArchive });
  scene = await begin();
});

after(async () => {
  await stack?.stop();
});

/** A client token that the host has no record of, signed with its key. */
const tokenOf = (caseId: string, user: string, role: Role): string => clientTokenOf(stack.ticketKey, { caseId, user, role });

async function begin(): Promise<Scene> {
  const caseId = newCase();
  const join = (user: string): Promise<StockClient> =>
    StockClient.join(stack.edge.syncUrl, caseId, { user, role: 'annotate', presence: { name: user } });
  const vera = await join('vera');
  const highlight = writeHighlight(vera, { author_id: 'vera', start: 0, end: 3, quote: 'Law' });
  const comment = writeComment(vera, highlight, 'hers', 'vera');
  const things = Y.getState(vera.doc.store, vera.doc.clientID);
  append(vera, 'hers');
  const silent = await join('silvia');
  const bystander = await Bystander.join(stack.edge.syncUrl, caseId, { user: 'berta', role: 'read' });
  await until('they see each other', () => vera.seenPeers().includes(silent.doc.clientID));
  await bystander.news();
  const held = fingerprintOf(vera.doc);
  await postgresHolds(stack.database, caseId, held);
  await until('it is known to be archived', async () => !(await roomStatus(stack.edge.url, caseId)).isDirty, { every: 50 });
  const client = vera.doc.clientID;
  const clock = Y.getState(vera.doc.store, client);
  const victim = { user: 'vera', highlight, comment, client, clock, things, silent: silent.doc.clientID };
  return { caseId, vera, silent, bystander, victim, held, wasRestored: false };
}

/** Somebody new with this role, who has the document before them. */
async function attacker(role: Role): Promise<{ user: string; peer: RawPeer; doc: Y.Doc }> {
  attackers += 1;
  const user = `mallory ${attackers}`;
  const peer = await RawPeer.open(stack.edge.syncUrl, scene.caseId, { user, role });
  return { user, peer, doc: documentFrom(await peer.wholeDocument()) };
}

/** What must be as it was, told as it was before. */
async function watched(what = 'this'): Promise<() => Promise<void>> {
  const { caseId, bystander, vera, silent, held } = scene;
  assert.deepEqual(await bystander.news(), [], `something is under way before ${what}`);
  const state = async (): Promise<unknown> => {
    const [status, row] = [await roomStatus(stack.edge.url, caseId), await rowOf(stack.database, caseId)];
    return { seq: status.seq, isDirty: status.isDirty, version: row?.version, sha256: row?.sha256 };
  };
  const [before, sockets] = [await state(), [vera.sockets, silent.sockets]];
  return async () => {
    assert.deepEqual(await bystander.news(), [], `the bystander hears of ${what}`);
    assert.deepEqual(bystander.holds(), held, 'the bystander’s document');
    const newcomer = await RawPeer.open(stack.edge.syncUrl, caseId, { user: 'nina', role: 'read' });
    assert.deepEqual(fingerprintOfUpdate(await newcomer.wholeDocument()), held, 'the room, as a newcomer is served it');
    newcomer.cut();
    // Nothing was journaled, so nothing is on its way to Postgres either.
    assert.deepEqual(await state(), before, 'the journal, and the row in Postgres');
    assert.deepEqual([vera.sockets, silent.sockets], sockets, 'nobody else is sent away');
  };
}

/** How a socket goes on after what was sent: with a code, or as if nothing were. */
async function answerTo(peer: RawPeer, doc: Y.Doc): Promise<number | 'open'> {
  const answers = (): number => peer.messages().filter(({ kind }) => kind === 'step2').length;
  const before = answers();
  if (peer.isOpen) {
    peer.send(syncStep1(Y.encodeStateVector(doc)));
  }
  return until('the socket is closed, or answered', () => {
    const isAnswered = answers() > before;
    return peer.ending?.code ?? (isAnswered ? 'open' : undefined);
  }, { every: 2 });
}

/** Tries every attack of a role, as an update and as an answer. */
async function tryAll(role: Role, which = /./, ways = [updateFrame, syncStep2]): Promise<number> {
  let tried = 0;
  for (const forgery of forgeries.filter(({ roles, name }) => roles.includes(role) && which.test(name))) {
    const isAsItWas = await watched(`${forgery.name}, of somebody who may ${role}`);
    for (const frameOf of ways) {
      const { user, peer, doc } = await attacker(role);
      peer.send(frameOf(forgery.make(scene.victim, doc, user)));
      const answer = await answerTo(peer, doc);
      const expected = frameOf === updateFrame ? 4403 : answerToAnswer(forgery, scene.wasRestored);
      assert.equal(answer, expected, `${forgery.name}, as ${frameOf.name} of somebody who may ${role}`);
      peer.cut();
      doc.destroy();
      tried += 1;
    }
    await isAsItWas();
  }
  return tried;
}

describe('a frame that its sender may not send changes nothing', () => {
  for (const role of allRoles) {
    test(`of somebody who may ${role}`, async (context) => {
      context.diagnostic(`${await tryAll(role)} attacks`);
    });
  }

  test('also where it comes in parts', async () => {
    for (const role of ['comment', 'annotate'] as const) {
      for (const isLastFirst of [true, false]) {
        const { user, peer, doc } = await attacker(role);
        const key = crypto.randomUUID();
        const honest = updateOf(doc, () => roots.comments(doc).set(key, entry(user)));
        const theft = updateOf(doc, () => roots.comments(doc).delete(scene.victim.comment));
        const rest = updateOf(doc, () => roots.highlights(doc).set(scene.victim.highlight, entry(user)));
        if (!isLastFirst) {
          peer.send(updateFrame(honest));
          await until('the honest part is saved', async () => (await scene.bystander.news()).length > 0);
          await settle();
        }
        const isAsItWas = await watched();
        peer.send(updateFrame(rest));
        peer.send(updateFrame(theft));
        assert.equal(await answerTo(peer, doc), 4403, role);
        await isAsItWas();
        doc.destroy();
      }
    }
  });

  test('a deletion of what is not written yet takes nothing', async () => {
    for (const role of allRoles) {
      const isAsItWas = await watched();
      const { peer, doc } = await attacker(role);
      peer.send(updateFrame(deletions(scene.victim.silent, 0, 100)));
      const answer = await answerTo(peer, doc);
      assert.equal(answer, 'open', role);
      await isAsItWas();
      peer.cut();
    }
  });

  test('the presence of another person is theirs', async () => {
    for (const role of allRoles) {
      const isAsItWas = await watched();
      const { peer, doc } = await attacker(role);
      for (const state of [null, { name: 'vera, or so they say' }]) {
        peer.send(presenceFrame(scene.victim.client, state));
        assert.equal(await answerTo(peer, doc), 'open', role);
      }
      await isAsItWas();
      peer.cut();
    }
  });

  test('whoever was attacked goes on, and begins, as if nothing had been tried', async () => {
    append(scene.vera, ' still');
    append(scene.silent, ' hers too');
    await until('both are shown', () => [' still', ' hers too'].every((words) => notesOf(scene.vera).includes(words)));
    await scene.bystander.news();
    await settle();
    assert.ok(scene.held.content.includes('hers too'));
  });
});

describe('a page that renews what it may do', () => {
  test('gets nothing by a token that is not its own, for here and for now', async () => {
    const [{ caseId }, origin] = [scene, stack.edge.url];
    const good = { caseId, user: 'paula', origin, role: 'own' } as const;
    const payload = ticketPayload(good);
    const attacks: [string, string][] = [
      ['of another case', ticketOf(stack.ticketKey, { ...good, caseId: newCase() })],
      ['of another person', ticketOf(stack.ticketKey, { ...good, user: 'vera' })],
      ['of another page', ticketOf(stack.ticketKey, { ...good, origin: origin.replace('127.0.0.1', 'localhost') })],
      ['of another key', ticketOf(newTicketKey('test'), good)],
      ['that has expired', ticketOf(stack.ticketKey, { ...good, issuedMs: Date.now() - 120_000 })],
      ['that is not valid yet', ticketOf(stack.ticketKey, { ...good, issuedMs: Date.now() + 120_000 })],
      ['for too long', ticketOf(stack.ticketKey, { ...good, authorityUntilMs: Date.now() + 3_600_000 })],
      ['that is a client token', tokenOf(caseId, 'paula', 'own')],
      ['of a resume token’s kind', sealed(stack.ticketKey, 'resume.1', payload)],
      ['with a resume token’s signature', sealedBySecret(stack.resumeKey, 'ticket.1', payload)],
      ['that is oversized', ticketOf(stack.ticketKey, { ...good, name: 'n'.repeat(1_500) })],
      ['that is none', 'ticket'],
    ];
    for (const [name, token] of attacks) {
      const isAsItWas = await watched();
      const shown = ticketOf(stack.ticketKey, { ...good, role: 'read' });
      const page = await OurPeer.joinWith(stack.edge.syncUrl, caseId, shown, origin);
      page.renew(token);
      await until(`a ticket ${name} is refused`, () => page.peer.ending ?? page.said().some(({ kind }) => kind === 'refused'));
      assert.ok(!page.said().some(({ kind }) => kind === 'renewed'), name);
      if (page.peer.isOpen) {
        page.write('as an owner');
        await until('it is refused', () => page.said().some((said) => said.kind === 'refused' && said.n === page.n));
      }
      await isAsItWas();
      page.cut();
    }
  });

  test('lets in one of two who show the same ticket at once', async () => {
    const { caseId } = scene;
    const shown = ticketOf(stack.ticketKey, { caseId, user: 'paula', origin: stack.edge.url, role: 'read' });
    const peers = await Promise.all(
      Array.from({ length: 8 }, () => RawPeer.open(stack.edge.syncUrl, caseId, { token: null, origin: stack.edge.url }, [subprotocol, shown])),
    );
    const closed = (): number[] => peers.flatMap(({ ending }) => ending?.code ?? []);
    await until('all but one are closed', () => closed().length >= 7);
    const [inside] = peers.filter(({ isOpen }) => isOpen);
    await inside?.wholeDocument();
    assert.deepEqual(closed(), Array.from({ length: 7 }, () => 4500));
    inside?.cut();
  });
});

describe('who tries again and again', () => {
  for (const [what, mayCost, attack] of [
    ['what is seen before it is applied', 20, 'her highlight is replaced'],
    ['what costs the room its document', 3, 'a highlight in her name'],
  ] as const) {
    test(`${what} is stopped after ${mayCost} times, however often they come back`, async (context) => {
      const before = await refusedFrames();
      const isAsItWas = await watched();
      const { doc } = await attacker('annotate');
      const user = `stubborn ${mayCost}`;
      const forged = forgeries.find(({ name }) => name === attack)?.make(scene.victim, doc, user);
      const frame = updateFrame(forged ?? Uint8Array.of());
      const codes = new Map<number, number>();
      const entry = { token: tokenOf(scene.caseId, user, 'annotate') };
      const end = performance.now() + retries.ms;
      let tries = 0;
      const comeBack = async (): Promise<void> => {
        while (tries < retries.count && (performance.now() < end || tries < retries.least)) {
          tries += 1;
          const peer = await RawPeer.open(stack.edge.syncUrl, scene.caseId, entry);
          if (peer.isOpen) {
            peer.send(frame);
          }
          const { code } = await peer.closed();
          codes.set(code, (codes.get(code) ?? 0) + 1);
        }
      };
      await Promise.all(Array.from({ length: retries.atOnce }, comeBack));
      context.diagnostic(`${tries} tries in ${retries.ms} ms: ${JSON.stringify([...codes])}`);
      assert.equal(codes.get(4403), mayCost);
      assert.ok([...codes.keys()].every((code) => [4403, 4429, 1013].includes(code)), 'and the rest was turned away');
      await isAsItWas();
      await settle();
      assert.equal(await refusedFrames(), before + mayCost + 1, 'the one after these is final, and no more are looked at');
    });
  }
});

describe('after the object’s storage is gone', () => {
  test('her ids are hers in the document that came back from Postgres', async (context) => {
    const { caseId } = scene;
    await settle();
    [scene.vera, scene.silent].forEach((client) => client.provider.disconnect());
    scene.bystander.cut();
    await stack.edge.stop();
    await stack.edge.loseStorage();
    await stack.edge.start();
    scene.wasRestored = true;
    scene.bystander = await Bystander.join(stack.edge.syncUrl, caseId, { user: 'berta', role: 'read' });
    assert.deepEqual(scene.bystander.holds(), scene.held, 'the document came back');
    const which = / her client id| after what she wrote|her highlight is replaced|delete set/;
    let tried = 0;
    for (const role of allRoles) {
      // Until she has answered, an answer of anybody who may write can bring back what the room has lost of hers.
      tried += await tryAll(role, which, [updateFrame]);
    }
    scene.vera.provider.connect();
    await until('she is back', async () => (await scene.bystander.news()).some((news) => news.includes('vera')));
    await until('and has answered', () => scene.vera.provider.synced);
    append(scene.vera, '!');
    await until('she goes on', async () => (await scene.bystander.news()).length > 0);
    await settle();
    for (const role of allRoles) {
      tried += await tryAll(role, which);
    }
    context.diagnostic(`${tried} attacks`);
  });
});

/** Waits until Postgres has what the room has, and takes that for what is held. */
async function settle(): Promise<void> {
  await scene.bystander.news();
  scene.held = scene.bystander.holds();
  scene.victim.clock = Y.getState(scene.vera.doc.store, scene.victim.client);
  await postgresHolds(stack.database, scene.caseId, scene.held);
  await until('it is known to be archived', async () => !(await roomStatus(stack.edge.url, scene.caseId)).isDirty, { every: 50 });
}

/** How many frames the Worker has counted as refused by then. It tells with an archive what it has counted before. */
async function refusedFrames(): Promise<number> {
  append(scene.vera, '.');
  await until('it is shown', async () => (await scene.bystander.news()).length > 0);
  await settle();
  const text = await (await fetch(`${stack.host.url}/metrics`)).text();
  return metric(text, 'glossator_edge_frames_refused_total', 'code="4403"');
}

function presenceFrame(client: number, state: Record<string, unknown> | null): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = client;
  const awareness = new Awareness(doc);
  // Newer than anything that she has said.
  for (let clock = 0; clock < 100; clock += 1) {
    awareness.setLocalState({ clock });
  }
  awareness.setLocalState(state);
  const frame = awarenessFrame(encodeAwarenessUpdate(awareness, [client]));
  awareness.destroy();
  doc.destroy();
  return frame;
}

// One random history: three peers of two kinds edit, leave and come back; at the end every replica must be the same.

import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

import * as Y from 'yjs';

import { documentOfRoom, StockClient } from './clients.ts';
import { areEqual, fingerprintOf, fingerprintOfUpdate, type Fingerprint } from './documents.ts';
import { newUser } from './entry.ts';
import { mutate } from './mutations.ts';
import type { PythonPeer, PythonPeers } from './python.ts';
import { Random } from './random.ts';
import { storedFingerprint } from './rows.ts';
import { newCase, type Stack } from './stack.ts';
import { until } from './until.ts';
import { messagesOf } from './wire.ts';

/** A peer of either kind, as a history sees it. */
type Participant = {
  name: string;
  edit(): void | Promise<void>;
  leave(): void | Promise<void>;
  comeBack(): void | Promise<void>;
  fingerprint(): Promise<Reading>;
};

/** What happened in a history. */
export type HistoryOutcome = { operations: number; disconnects: number };

/** Runs the history of a seed; throws, naming the seed, if any replica ends up different. */
export async function runHistory(stack: Stack, python: PythonPeers, seed: number): Promise<HistoryOutcome> {
  const random = new Random(seed);
  const caseId = newCase();
  const { syncUrl } = stack.edge;
  // Two replicas of one person, so that both may put something at one key at once, and one of somebody else: nobody may put
  // something of their own in the place of another's.
  const twins = { user: newUser() };
  const clients = [await StockClient.join(syncUrl, caseId, twins), await StockClient.join(syncUrl, caseId, twins)];
  const peer = await python.create();
  await peer.connect(syncUrl, caseId);
  const participants: Participant[] = [
    ...clients.map((client, index) => ({
      name: `client ${index}`,
      edit: () => mutate(client.doc, random, client.user),
      leave: () => client.provider.disconnect(),
      comeBack: () => client.provider.connect(),
      fingerprint: async () => fingerprintOf(client.doc),
    })),
    {
      name: 'pycrdt',
      edit: () => peer.mutate(random.next()),
      leave: () => peer.disconnect(),
      comeBack: () => peer.connect(syncUrl, caseId),
      fingerprint: async () => readable(await peer.update()),
    },
  ];

  const outcome = await play(participants, random);
  await Promise.all(clients.map((client) => client.synced()));
  const ended = await allEqual(`seed ${seed}: the peers and the room converge`, [
    ...participants,
    { name: 'the room', fingerprint: async () => readable(await documentOfRoom(syncUrl, caseId)) },
  ], async () => `Yjs, fed with the frames of pycrdt: ${JSON.stringify(await replayed(peer))}`);

  const late = await StockClient.join(syncUrl, caseId);
  assert.deepEqual(fingerprintOf(late.doc), ended, `seed ${seed}: a late joiner got something else`);
  assert.deepEqual(clients.flatMap((client) => client.endings), [], `seed ${seed}: the room closed a socket`);

  await peer.forget();
  [...clients, late].forEach((client) => client.leave());
  await until(`seed ${seed}: Postgres holds the document`, async () => {
    const stored = await storedFingerprint(stack.database, caseId);
    return stored !== undefined && areEqual(stored, ended);
  }, { within: 30_000, every: 100 });
  return outcome;
}

async function play(participants: readonly Participant[], random: Random): Promise<HistoryOutcome> {
  const outcome = { operations: 0, disconnects: 0 };
  const away = new Set<Participant>();
  const wanted = 100 + random.below(30);
  while (outcome.operations < wanted) {
    const participant = random.pick(participants);
    if (random.chance(1, 25)) {
      if (away.delete(participant)) {
        await participant.comeBack();
      } else {
        await participant.leave();
        away.add(participant);
        outcome.disconnects += 1;
      }
    } else {
      await participant.edit();
      outcome.operations += 1;
    }
    // Lets frames cross at other moments than between two edits of one burst.
    if (random.chance(1, 4)) {
      await delay(random.below(4));
    }
  }
  await Promise.all([...away].map((participant) => participant.comeBack()));
  return outcome;
}

/** What one replica holds, or why nobody can read it. */
type Reading = Fingerprint | { unreadable: string };

/** Waits until all replicas are the same and returns what they are. */
async function allEqual(
  what: string,
  replicas: readonly { name: string; fingerprint(): Promise<Reading> }[],
  explain: () => Promise<string>,
): Promise<Fingerprint> {
  let last: [string, Reading][] = [];
  return until(
    what,
    async () => {
      last = await Promise.all(
        replicas.map(async (replica): Promise<[string, Reading]> => [replica.name, await replica.fingerprint()]),
      );
      const readings = last.map(([, reading]) => reading);
      const [first] = readings;
      const isFirst = (reading: Reading): boolean =>
        first !== undefined && !('unreadable' in first) && !('unreadable' in reading) && areEqual(reading, first);
      return first !== undefined && !('unreadable' in first) && readings.every(isFirst) ? first : undefined;
    },
    {
      within: 20_000,
      every: 50,
      explain: async () => ['they are:', ...last.map((entry) => JSON.stringify(entry)), await explain()].join('\n'),
    },
  );
}

/** What a Yjs document holds after the very frames of a pycrdt peer: tells whose fault a difference is. */
async function replayed(peer: PythonPeer): Promise<Reading> {
  const updates = (await peer.frames())
    .flatMap(messagesOf)
    .flatMap((message) => (message.kind === 'update' || message.kind === 'step2' ? [message.update] : []));
  return readable(Y.mergeUpdates(updates));
}

/** The fingerprint of an update; one that Yjs cannot apply is shown whole, so that it can be looked into. */
function readable(update: Uint8Array): Reading {
  try {
    return fingerprintOfUpdate(update);
  } catch (error) {
    return { unreadable: `${String(error)}: ${Buffer.from(update).toString('base64')}` };
  }
}

// The crash test: workerd is killed at random moments of editing, and whatever anybody was shown is there afterwards.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import * as Y from 'yjs';

import { documentOfRoom, StockClient } from './lib/clients.ts';
import { documentFrom } from './lib/documents.ts';
import { killsWanted } from './lib/environment.ts';
import { Random } from './lib/random.ts';
import { newCase, promptArchive, Stack } from './lib/stack.ts';
import { until } from './lib/until.ts';

const seed = 20_261_121;
/** Every so many kills take wrangler down too, as a power cut does. */
const powerCutEvery = 10;

describe('killing workerd', () => {
  let stack: Stack;

  before(async () => {
    // Archives are frequent, so that kills meet them in flight.
    stack = await Stack.start({ variables: promptArchive });
  });

  after(async () => {
    await stack?.stop();
  });

  test('whatever a peer saw or a late joiner was served survives every kill', async (context) => {
    const kills = killsWanted();
    const totals = { counted: 0, attempts: 0, seen: 0, unseen: 0, served: 0 };
    const random = new Random(seed);
    const caseId = newCase();
    const [ann, ben] = [new Editor('ann', stack, caseId), new Editor('ben', stack, caseId)];
    const shown = new Set<string>();
    // Known in advance, so that a kill comes at once.
    let pid = await stack.edge.runtimePid();

    while (totals.counted < kills) {
      assert.ok(totals.attempts < kills * 2, `only ${totals.counted} of ${totals.attempts} kills met unseen edits`);
      totals.attempts += 1;
      await Promise.all([ann.client.synced(30_000), ben.client.synced(30_000)]);
      const seenBefore = ann.seen.size + ben.seen.size;
      const served = await editForAWhile([ann, ben], random, stack, caseId);

      // In one turn, so that nothing of the last edits can have come back before the kill; it meets them on their way,
      // in the midst of being journaled, or on their way back.
      ann.edit();
      ben.edit();
      const unseen = ann.unseenBy(ben) + ben.unseenBy(ann);
      holdTurn(random.below(6));
      await killNow(stack, pid, totals.attempts, [ann, ben]);

      const seen = ann.seen.size + ben.seen.size - seenBefore;
      if (seen > 0 && unseen > 0) {
        totals.counted += 1;
        totals.seen += seen;
        totals.unseen += unseen;
        totals.served += served.size;
      }
      [...ann.seen, ...ben.seen, ...served].forEach((edit) => shown.add(edit));
      pid = await comeBack(stack, pid);

      // Asked before the editors return: what they hold would hide a loss.
      const room = editsOf(documentFrom(await documentOfRoom(stack.edge.syncUrl, caseId)));
      const lost = [...shown].filter((edit) => !room.has(edit));
      assert.deepEqual(lost, [], `kill ${totals.attempts}: edits that somebody had seen are gone`);
      ann.client.provider.connect();
      ben.client.provider.connect();
    }

    await until('everybody holds every edit ever made', async () => {
      const room = editsOf(documentFrom(await documentOfRoom(stack.edge.syncUrl, caseId)));
      const replicas = [room, editsOf(ann.client.doc), editsOf(ben.client.doc)];
      return replicas.every((edits) => edits.size === ann.made + ben.made);
    }, { every: 200 });
    context.diagnostic(
      `${totals.counted} kills counted of ${totals.attempts}; ` +
        `edits seen by another peer between kills: ${totals.seen}; ` +
        `edits not yet seen when a kill came: ${totals.unseen}; edits served to late joiners: ${totals.served}`,
    );
    ann.client.leave();
    ben.client.leave();
  });
});

/** Lets both edit until at least one edit was seen by the other, and then some more; sometimes somebody joins late. */
async function editForAWhile(
  editors: readonly [Editor, Editor],
  random: Random,
  stack: Stack,
  caseId: string,
): Promise<Set<string>> {
  const seenBefore = editors.map((editor) => editor.seen.size);
  const rounds = 5 + random.below(40);
  const lateAt = random.chance(1, 2) ? random.below(rounds) : -1;
  let late: StockClient | undefined;
  const nothingSeen = (): boolean => editors.every((editor, index) => editor.seen.size === seenBefore[index]);
  for (let round = 0; round < rounds || nothingSeen(); round += 1) {
    assert.ok(round < 2_000, 'no edit is seen by the other peer');
    random.pick(editors).edit();
    if (round === lateAt) {
      late = new StockClient(stack.edge.syncUrl, caseId);
    }
    await delay(random.below(12));
  }
  const served = late === undefined ? new Set<string>() : editsOf(late.doc);
  late?.leave();
  return served;
}

/** Lets the others run for some milliseconds while nothing happens in this process. */
function holdTurn(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    // Only another process can make progress here.
  }
}

/** Kills workerd and waits until both editors have read everything that it had sent to them. */
async function killNow(stack: Stack, pid: number, attempt: number, editors: readonly Editor[]): Promise<void> {
  if (attempt % powerCutEvery === 0) {
    await stack.edge.kill();
  } else {
    process.kill(pid, 'SIGKILL');
  }
  for (const { client } of editors) {
    client.provider.shouldConnect = false;
  }
  await until('the sockets have ended', () => editors.every(({ client }) => !client.provider.wsconnected), {
    within: 30_000,
  });
}

/** Waits until the Worker answers again; returns the new workerd's process id. */
async function comeBack(stack: Stack, killed: number): Promise<number> {
  if (stack.edge.isRunning) {
    await stack.edge.runtimeIsBack(killed);
  } else {
    await stack.edge.start();
  }
  return stack.edge.runtimePid();
}

/** Somebody who makes numbered edits, and remembers which ones of others were shown to them. */
class Editor {
  readonly client: StockClient;
  readonly seen = new Set<string>();
  made = 0;
  readonly #name: string;

  constructor(name: string, stack: Stack, caseId: string) {
    this.#name = name;
    this.client = new StockClient(stack.edge.syncUrl, caseId, { user: name });
    editsMapOf(this.client.doc).observe((event) => {
      if (!event.transaction.local) {
        event.keysChanged.forEach((key: string | null) => this.seen.add(String(key)));
      }
    });
  }

  /** Makes one edit: a numbered entry, and a letter in the notes. */
  edit(): void {
    this.made += 1;
    const { doc } = this.client;
    doc.transact(() => {
      editsMapOf(doc).set(`${this.#name}-${this.made}`, this.made);
      doc.getText('notes').insert(0, 'x');
    });
  }

  /** How many of this editor's edits the other has not seen. */
  unseenBy(other: Editor): number {
    return [...editsOf(this.client.doc)].filter((edit) => edit.startsWith(this.#name) && !other.seen.has(edit)).length;
  }
}

function editsMapOf(doc: Y.Doc): Y.Map<number> {
  return doc.getMap<number>('edits');
}

function editsOf(doc: Y.Doc): Set<string> {
  return new Set(editsMapOf(doc).keys());
}

// What our own protocol calls saved and archived, across kills of workerd.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import * as Y from 'yjs';

import { documentOfRoom } from './lib/clients.ts';
import { OurPeer } from './lib/ours.ts';
import { rowOf } from './lib/rows.ts';
import { newCase, promptArchive, Stack } from './lib/stack.ts';
import { until } from './lib/until.ts';

/** Kills of workerd while our client writes. */
const kills = 3;

describe('glossator.v1 across kills', () => {
  let stack: Stack;

  before(async () => {
    stack = await Stack.start({ variables: promptArchive });
  });

  after(async () => {
    await stack?.stop();
  });

  test('what was called saved survives SIGKILL of workerd, and what was called archived was in Postgres', async () => {
    const caseId = newCase();
    for (let kill = 0; kill < kills; kill += 1) {
      const ours = await OurPeer.join(stack.edge.syncUrl, caseId);
      const written: string[] = [];
      const write = (): void => {
        const word = `${kill}-${written.length};`;
        written.push(word);
        ours.write(word);
      };
      // The first frame is the answer to the room's question.
      const firstEdit = ours.n + 1;
      for (let count = 0; count < 40; count += 1) {
        write();
        await until('the room keeps up', () => ours.n - ours.saved().n < 20, { every: 1 });
      }
      const { seq } = await ours.allSaved();
      await until('it is archived', () => ours.archived() > seq);
      const row = await rowOf(stack.database, caseId);
      assert.ok(row !== undefined && written.every((word) => notesOf(row.state).includes(word)));

      const pid = await stack.edge.runtimePid();
      for (let count = 0; count < 40; count += 1) {
        write();
      }
      await until('some of it is saved', () => ours.saved().n > firstEdit + 40, { every: 1 });
      process.kill(pid, 'SIGKILL');
      await until('the socket has ended', () => ours.peer.ending);
      const saved = written.slice(0, ours.saved().n - firstEdit + 1);
      ours.cut();
      await stack.edge.runtimeIsBack(pid);
      const notes = notesOf(await documentOfRoom(stack.edge.syncUrl, caseId));
      assert.deepEqual(saved.filter((word) => !notes.includes(word)), []);
    }
  });
});

function notesOf(update: Uint8Array): string {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  return doc.getText('notes').toString();
}

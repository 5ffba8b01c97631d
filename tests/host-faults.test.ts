// The host or its database fails: editing goes on, and afterwards Postgres catches up without anybody's help.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { StockClient } from './lib/clients.ts';
import { fingerprintOf } from './lib/documents.ts';
import { append, notesOf, postgresHolds, roomHolds, writeAndLeave } from './lib/edits.ts';
import { DatabaseServer } from './lib/postgres.ts';
import { newCase, promptArchive, Stack } from './lib/stack.ts';
import { throughout, until } from './lib/until.ts';

/** Longer than the platform's six alarm retries: 2 s doubling, about 126 s. */
const awayMs = 135_000;
/** The longest pause between two tries while nobody is connected, and some time for the try itself. */
const aloneWithinMs = 320_000;

describe('a host that fails', { concurrency: true }, () => {
  describe('for moments', { concurrency: 1 }, () => {
    let server: DatabaseServer;
    let stack: Stack;

    before(async () => {
      server = await DatabaseServer.create();
      stack = await Stack.start({ server, variables: promptArchive });
    });

    after(async () => {
      await stack?.stop();
      await server?.remove();
    });

    test('a killed host stops nobody from editing, and the edits reach Postgres when it is back', async () => {
      const { ann, ben, caseId } = await pairOf(stack);
      append(ann, 'before ');
      await until('the other sees it', () => notesOf(ben) === 'before ');

      await stack.host.kill();
      append(ben, 'while it was dead');
      await until('editing goes on', () => notesOf(ann) === 'before while it was dead');
      const wanted = fingerprintOf(ann.doc);
      await stack.host.start();

      await postgresHolds(stack.database, caseId, wanted);
      leave(ann, ben);
    });

    test('what was written before everybody left reaches Postgres though the host was dead just then', async () => {
      const caseId = newCase();
      const ann = await StockClient.join(stack.edge.syncUrl, caseId);
      await stack.host.kill();
      append(ann, 'and nobody is left');
      await roomHolds(stack.edge, caseId, ann);
      const wanted = fingerprintOf(ann.doc);
      ann.leave();
      await stack.host.start();

      await postgresHolds(stack.database, caseId, wanted, 60_000);
    });

    test('a host that is stopped for longer than a request may take is tried again', async () => {
      const { ann, ben, caseId } = await pairOf(stack);
      stack.host.child.signal('SIGSTOP');
      const before = stack.proxy.passages.length;
      append(ann, 'nobody answers');
      await until('the other sees it', () => notesOf(ben) === 'nobody answers');
      await until(
        'the object has given up on one request and sent another',
        () => stack.proxy.passages.slice(before).filter((passage) => passage.path.startsWith(`/snapshots/${caseId}`)).length >= 2,
        { within: 40_000 },
      );
      stack.host.child.signal('SIGCONT');

      await postgresHolds(stack.database, caseId, fingerprintOf(ann.doc), 30_000);
      leave(ann, ben);
    });

    test('a host whose logs nobody reads any more goes on serving, and stops when it is told to', async () => {
      const { ann, ben, caseId } = await pairOf(stack);
      const { child } = stack.host;
      child.closeOutput();
      append(ann, 'unheard of');
      await postgresHolds(stack.database, caseId, fingerprintOf(ann.doc));
      const ending = await child.stop(10_000);
      await stack.host.start();
      assert.equal(ending, 'code 0');
      leave(ann, ben);
    });

    test('a crash of Postgres under load loses nothing, and needs no restart of the host', async () => {
      const { ann, ben, caseId } = await pairOf(stack);
      await server.crash();
      for (let count = 0; count < 20; count += 1) {
        append(count % 2 === 0 ? ann : ben, `${count} `);
      }
      await until('the peers agree', () => notesOf(ann) === notesOf(ben) && notesOf(ann).includes('19 '));
      await until('the host says that it cannot serve', async () => !(await stack.host.isReady()));
      assert.equal((await fetch(`${stack.host.url}/healthz`)).status, 200, 'it is alive all the same');
      await server.start();

      await postgresHolds(stack.database, caseId, fingerprintOf(ann.doc), 30_000);
      await until('the host says that it can serve', () => stack.host.isReady());
      assert.equal(stack.host.child.ending, undefined);
      leave(ann, ben);
    });
  });

  describe('for longer than the platform retries alarms', { concurrency: 1 }, () => {
    let stack: Stack;

    before(async () => {
      stack = await Stack.start({ variables: promptArchive });
    });

    after(async () => {
      await stack?.stop();
    });

    test('every room catches up by itself, those with people and those that everybody has left', async () => {
      const [watched, alone] = [newCase(), newCase()];
      const ann = await StockClient.join(stack.edge.syncUrl, watched);
      append(ann, 'first');
      const left = await writeAndLeave(stack.edge, alone, 'first');
      await Promise.all([
        postgresHolds(stack.database, watched, fingerprintOf(ann.doc)),
        postgresHolds(stack.database, alone, left),
      ]);

      await stack.host.stop();
      append(ann, ', second');
      const leftWhileAway = await writeAndLeave(stack.edge, alone, ', second');
      await throughout('the reader stays connected', awayMs, () => ann.sockets === 1);
      await stack.host.start();

      await Promise.all([
        postgresHolds(stack.database, watched, fingerprintOf(ann.doc), 30_000),
        postgresHolds(stack.database, alone, leftWhileAway, aloneWithinMs),
      ]);
      ann.leave();
    });
  });
});

async function pairOf(stack: Stack): Promise<{ ann: StockClient; ben: StockClient; caseId: string }> {
  const caseId = newCase();
  const [ann, ben] = [
    await StockClient.join(stack.edge.syncUrl, caseId, { user: 'ann' }),
    await StockClient.join(stack.edge.syncUrl, caseId, { user: 'ben' }),
  ];
  return { ann, ben, caseId };
}

function leave(...clients: readonly StockClient[]): void {
  clients.forEach((client) => client.leave());
}

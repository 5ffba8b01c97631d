// Two objects of one case, lost answers, deletions in between, and backups put back: nothing is undone, and what is
// deleted stays deleted.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { RawPeer, StockClient } from './lib/clients.ts';
import { areEqual, contains, fingerprintOf } from './lib/documents.ts';
import type { Edge } from './lib/edge.ts';
import { append, notesOf, postgresHolds, writeAndLeave } from './lib/edits.ts';
import { rowOf, type Row } from './lib/rows.ts';
import { callHost } from './lib/signed.ts';
import { newCase, promptArchive, Stack } from './lib/stack.ts';
import { roomStatus } from './lib/status.ts';
import { until } from './lib/until.ts';

const gone = 4404;

describe('more than one truth', () => {
  let stack: Stack;
  /** A Worker with storage of its own, of which the host knows nothing. */
  let zombie: Edge;

  before(async () => {
    stack = await Stack.start({ variables: promptArchive });
    zombie = await stack.startSecondEdge();
  });

  after(async () => {
    await stack?.stop();
  });

  // These leave Worker, host and Postgres alone, and mostly wait for pauses between two archives.
  describe('while everything runs', { concurrency: true }, () => {
    test('two objects of one case lose nothing, converge, and what is stored only grows', async () => {
      const caseId = newCase();
      const watch = watchRow(stack, caseId);
      const ann = await StockClient.join(stack.edge.syncUrl, caseId);
      append(ann, 'start\n');
      await postgresHolds(stack.database, caseId, fingerprintOf(ann.doc));
      const zoe = await StockClient.join(zombie.syncUrl, caseId);
      for (let round = 0; round < 6; round += 1) {
        append(ann, `ann ${round}\n`);
        append(zoe, `zoe ${round}\n`);
        if (round === 2) {
          ann.doc.getText('notes').delete(0, 5);
        }
        const version = await versionOf(stack, caseId);
        await until('something more is stored', async () => (await versionOf(stack, caseId)) > version);
      }

      await settled(stack.edge, caseId);
      // The zombie learns of the other's work with its next archive, the other when the host tells it to look.
      append(zoe, 'the end');
      await until('the zombie has everything', () => notesOf(zoe).includes('ann 5'), { within: 20_000 });
      await stack.host.command('resync');
      await until('both are the same', () => areEqual(fingerprintOf(ann.doc), fingerprintOf(zoe.doc)), {
        within: 20_000,
      });
      for (let round = 0; round < 6; round += 1) {
        assert.ok(notesOf(ann).includes(`ann ${round}\n`) && notesOf(ann).includes(`zoe ${round}\n`));
      }
      assert.ok(!notesOf(ann).includes('start'), 'a deletion came back');
      await postgresHolds(stack.database, caseId, fingerprintOf(ann.doc));

      const rows = await watch.stop();
      assert.ok(rows.length >= 4, `only ${rows.length} versions were seen`);
      rows.slice(1).forEach((row, index) => {
        const earlier = rows[index] as Row;
        assert.ok(row.version > earlier.version);
        assert.ok(contains(row.state, earlier.state), `version ${row.version} lacks something of ${earlier.version}`);
      });
      ann.leave();
      zoe.leave();
    });

    test('answers to a PUT that are lost, again and again, do no harm', async () => {
      const caseId = newCase();
      const ann = await StockClient.join(stack.edge.syncUrl, caseId);
      let lost = 0;
      stack.proxy.misbehaveFor(caseId, (method) => {
        if (method === 'PUT' && lost < 3) {
          lost += 1;
          return { kind: 'loseAnswer' };
        }
        return { kind: 'none' };
      });
      for (let count = 0; lost < 3; count += 1) {
        append(ann, `${count} `);
        const lostBefore = lost;
        await until('another answer is lost', () => lost > lostBefore, { within: 20_000 });
      }
      await settled(stack.edge, caseId);
      await postgresHolds(stack.database, caseId, fingerprintOf(ann.doc));
      ann.leave();
    });

    test('a case that is deleted while an archive is on its way stays deleted', async () => {
      const caseId = newCase();
      const ann = await StockClient.join(stack.edge.syncUrl, caseId);
      append(ann, 'to be forgotten');
      await postgresHolds(stack.database, caseId, fingerprintOf(ann.doc));
      const { promise, resolve } = Promise.withResolvers<void>();
      stack.proxy.misbehaveFor(caseId, (method) => (method === 'PUT' ? { kind: 'hold', release: promise } : { kind: 'none' }));
      append(ann, ', and more');
      await until('an archive is on its way', () =>
        stack.proxy.passages.some((passage) => passage.path.includes(caseId) && passage.fault === 'hold'),
      );

      assert.equal((await callHost(stack.host.url, stack.key, 'DELETE', caseId)).status, 200);
      resolve();
      await closedAsGone(ann);
      await staysDeleted(stack, [stack.edge], caseId);
      ann.leave();
    });

    test('a case that is deleted while a zombie edits it stays deleted, for the zombie too', async () => {
      const caseId = newCase();
      const ann = await StockClient.join(stack.edge.syncUrl, caseId);
      append(ann, 'to be forgotten');
      await postgresHolds(stack.database, caseId, fingerprintOf(ann.doc));
      const zoe = await StockClient.join(zombie.syncUrl, caseId);

      assert.equal((await callHost(stack.host.url, stack.key, 'DELETE', caseId)).status, 200);
      await closedAsGone(ann);
      append(zoe, ', says the zombie');
      await closedAsGone(zoe);
      await staysDeleted(stack, [stack.edge, zombie], caseId);
      // Again is fine, and so is a case that never was.
      assert.equal((await callHost(stack.host.url, stack.key, 'DELETE', caseId)).status, 200);
      ann.leave();
      zoe.leave();
    });
  });

  test('a deletion reaches an object that nobody is connected to, though the Worker was away at the time', async () => {
    const caseId = newCase();
    const left = await writeAndLeave(stack.edge, caseId, 'to be forgotten');
    await postgresHolds(stack.database, caseId, left);
    await stack.edge.stop();
    assert.equal((await callHost(stack.host.url, stack.key, 'DELETE', caseId)).status, 200);
    await stack.edge.start();
    await until('the order to wipe is confirmed', async () => {
      const orders = await stack.database.query('SELECT 1 FROM outbox WHERE case_id = $1', [caseId]);
      return orders.length === 0;
    }, { within: 60_000, every: 200 });
    assert.equal((await roomStatus(stack.edge.url, caseId)).state, 'deleted');
    await staysDeleted(stack, [stack.edge], caseId);
  });

  test('an older copy of Postgres is healed after `host restored`, deletions included', async () => {
    const [busy, idle, deleted] = [newCase(), newCase(), newCase()];
    const ann = await StockClient.join(stack.edge.syncUrl, busy);
    append(ann, 'one');
    const idleOne = await writeAndLeave(stack.edge, idle, 'one');
    const deletedOne = await writeAndLeave(stack.edge, deleted, 'one');
    await Promise.all([
      postgresHolds(stack.database, busy, fingerprintOf(ann.doc)),
      postgresHolds(stack.database, idle, idleOne),
      postgresHolds(stack.database, deleted, deletedOne),
    ]);
    const copy = await copyOf(stack);

    append(ann, ', two');
    const idleTwo = await writeAndLeave(stack.edge, idle, ', two');
    const busyTwo = await postgresHolds(stack.database, busy, fingerprintOf(ann.doc));
    await postgresHolds(stack.database, idle, idleTwo);
    assert.equal((await callHost(stack.host.url, stack.key, 'DELETE', deleted)).status, 200);
    await until('the object knows', async () => (await roomStatus(stack.edge.url, deleted)).state === 'deleted');

    await putBack(stack, copy, ['restored', 'resync']);
    const healed = await postgresHolds(stack.database, busy, fingerprintOf(ann.doc), 30_000);
    await postgresHolds(stack.database, idle, idleTwo, 30_000);
    await until('the deletion is known again', async () => (await rowOf(stack.database, deleted))?.deletedAt, {
      within: 30_000,
    });
    assert.ok(contains(healed.state, busyTwo.state));
    await staysDeleted(stack, [stack.edge], deleted);
    ann.leave();
  });

  test('an older copy whose version numbers coincide with an object\'s is healed without `host restored`', async () => {
    const [busy, idle] = [newCase(), newCase()];
    const ann = await StockClient.join(stack.edge.syncUrl, busy);
    append(ann, 'one');
    const idleOne = await writeAndLeave(stack.edge, idle, 'one');
    await postgresHolds(stack.database, busy, fingerprintOf(ann.doc));
    await postgresHolds(stack.database, idle, idleOne);
    const [zoe, zed] = [await StockClient.join(zombie.syncUrl, busy), await StockClient.join(zombie.syncUrl, idle)];
    const copy = await copyOf(stack);

    append(ann, ', two of ann');
    await writeAndLeave(stack.edge, idle, ', two of ann');
    const [busyTwo, idleTwo] = [
      await postgresHolds(stack.database, busy, fingerprintOf(ann.doc)),
      await until('the idle case is archived', async () => {
        const row = await rowOf(stack.database, idle);
        return row !== undefined && row.version > 1 ? row : undefined;
      }),
    ];
    await putBack(stack, copy, []);

    // The zombie still builds on what was put back, so its archives take the numbers that the other object knows.
    append(zoe, ', two of zoe');
    append(zed, ', two of zed');
    const busyOther = await postgresHolds(stack.database, busy, fingerprintOf(zoe.doc));
    const idleOther = await postgresHolds(stack.database, idle, fingerprintOf(zed.doc));
    assert.deepEqual([busyOther.version, idleOther.version], [busyTwo.version, idleTwo.version]);
    assert.notEqual(busyOther.sha256, busyTwo.sha256);

    await stack.host.command('resync');
    for (const [caseId, earlier, other] of [[busy, busyTwo, busyOther], [idle, idleTwo, idleOther]] as const) {
      await until('both histories are stored', async () => {
        const row = await rowOf(stack.database, caseId);
        return row !== undefined && contains(row.state, earlier.state) && contains(row.state, other.state);
      }, { within: 30_000, every: 100 });
    }
    await until('the editor is shown the other history', () => notesOf(ann).includes('zoe'));
    [ann, zoe, zed].forEach((client) => client.leave());
  });
});

async function versionOf(stack: Stack, caseId: string): Promise<number> {
  return (await rowOf(stack.database, caseId))?.version ?? 0;
}

/** Waits until the store is known to hold everything that a room holds. */
async function settled(edge: Edge, caseId: string): Promise<void> {
  await until('the room is archived', async () => !(await roomStatus(edge.url, caseId)).isDirty, {
    within: 30_000,
    every: 200,
  });
}

async function closedAsGone(client: StockClient): Promise<void> {
  await until('the socket is closed for good', () => client.endings.at(-1)?.code === gone, {
    within: 30_000,
    explain: () => JSON.stringify(client.endings),
  });
  assert.equal(client.provider.shouldConnect, false, 'a stock client does not come back after 4404');
}

/** Checks that nothing of the case is stored, and that whoever comes is sent away. */
async function staysDeleted(stack: Stack, edges: readonly Edge[], caseId: string): Promise<void> {
  for (const edge of edges) {
    const visitor = await RawPeer.open(edge.syncUrl, caseId);
    assert.equal((await visitor.closed()).code, gone);
  }
  const row = await rowOf(stack.database, caseId);
  assert.ok(row !== undefined && row.deletedAt !== null && row.state.length === 0);
  for (const table of ['snapshot_history', 'snapshot_quarantine', 'highlight', 'highlight_comment']) {
    assert.deepEqual(await stack.database.query(`SELECT 1 FROM ${table} WHERE case_id = $1`, [caseId]), [], table);
  }
  assert.equal((await callHost(stack.host.url, stack.key, 'GET', caseId)).status, 410);
}

/** Backs the database up, as an operator would at night: with the host stopped, so that nobody is connected. */
async function copyOf(stack: Stack): Promise<string> {
  await stack.host.stop();
  const copy = await stack.database.backUp();
  await stack.host.start();
  return copy;
}

/** Puts a copy back and runs the host's commands on it before anybody is served. */
async function putBack(stack: Stack, copy: string, commands: readonly string[]): Promise<void> {
  await stack.host.stop();
  await stack.database.putBack(copy);
  for (const command of commands) {
    await stack.host.command(command);
  }
  await stack.host.start();
}

/** Collects every version of a row that can be seen by polling. */
function watchRow(stack: Stack, caseId: string): { stop(): Promise<Row[]> } {
  const rows: Row[] = [];
  let isOver = false;
  const polling = (async () => {
    while (!isOver) {
      const row = await rowOf(stack.database, caseId);
      if (row !== undefined && row.version !== rows.at(-1)?.version) {
        rows.push(row);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  return {
    async stop() {
      isOver = true;
      await polling;
      return rows;
    },
  };
}


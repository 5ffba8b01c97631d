// The words about saving are true: whatever is down, and when it is up again.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { annotationsIn, commentsIn, projectedComments } from './lib/annotations.ts';
import { caseOf } from './lib/cases.ts';
import { BROKEN_SOCKET, FAILED_REQUEST } from './lib/complaints.ts';
import { pageSuite } from './lib/page_suite.ts';
import { rowOf } from './lib/rows.ts';
import { throughout, until } from './lib/until.ts';

const NIGHT_DESK = 'a-rule-for-the-night-desk';

pageSuite('the words about saving', (stage) => {
  test('“Saved” means that the room has it, “All saved” that Postgres has it', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId);
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    stage.stack.proxy.misbehave((method) => (method === 'PUT' ? { kind: 'hold', release: released } : { kind: 'none' }));
    try {
      const id = await azo.highlight('closed the bridge');
      await azo.says('Saved');
      assert.equal(Object.keys((await annotationsIn(stage.stack.edge, caseId)).highlights).join(), id);
      assert.match(await azo.explains(), /In the room\s+everything\s+In the archive\s+not yet everything/);
      assert.equal(await rowOf(stage.stack.database, caseId), undefined);
      release();
      await azo.says('All saved');
      assert.equal((await rowOf(stage.stack.database, caseId))?.highlightCount, 1);
      assert.match(await azo.explains(), /In the archive\s+everything/);
    } finally {
      release();
      stage.stack.proxy.heal();
    }
  });

  test('with the host down it says that the room has it and the archive is down, and heals by itself', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId);
    const id = await azo.highlight('closed the bridge');
    await azo.says('All saved');
    await stage.stack.host.kill();
    await azo.comment(id, 'while the host is down');
    await azo.says('Saved, archive down');
    const words = await azo.explains();
    assert.match(words, /All your changes are stored in the room/);
    assert.match(words, /The archive cannot be reached at the moment/);
    assert.equal(await azo.banner.count(), 0, 'it is nothing that a person must do anything about');
    assert.deepEqual(await commentsIn(stage.stack.edge, caseId), ['while the host is down']);
    assert.deepEqual(await projectedComments(stage.stack.database, caseId), []);
    await stage.stack.host.start();
    await azo.says('All saved');
    await until('Postgres has it', async () =>
      (await projectedComments(stage.stack.database, caseId)).join() === 'while the host is down');
  });

  test('a room that cannot be restored says why it waits, and opens when the host is back', async () => {
    const first = await stage.browser.reader('Azo', NIGHT_DESK);
    const id = await first.highlight('no judgment');
    await first.says('All saved');
    await stage.browser.empty();
    // An object without storage has to ask the host for what there was.
    await stage.stack.edge.stop();
    await stage.stack.edge.loseStorage();
    await stage.stack.edge.start();
    stage.stack.proxy.misbehave((_method, path) => (path.includes('/snapshots/') ? { kind: 'unreachable' } : { kind: 'none' }));
    try {
      const person = await stage.browser.person('Bulgarus');
      const reader = await person.open(`/c/${NIGHT_DESK}`);
      await reader.page.getByLabel('Name').fill('Bulgarus');
      await reader.page.keyboard.press('Enter');
      await reader.says('Waiting for the store');
      await reader.banner.getByText('Nothing is lost: they appear by themselves as soon as it answers').waitFor();
      assert.equal(await reader.page.locator('.card').count(), 0);
      stage.stack.proxy.heal();
      await reader.card(id).waitFor({ timeout: 30_000 });
      await reader.says('All saved');
    } finally {
      stage.stack.proxy.heal();
    }
  });

  test('with workerd down it says offline and how much is unsent, and heals by itself', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId);
    const id = await azo.highlight('closed the bridge');
    await azo.says('All saved');
    await azo.explains();
    azo.expects(BROKEN_SOCKET, FAILED_REQUEST);
    await stage.stack.edge.kill();
    await azo.says('Offline');
    await azo.comment(id, 'one');
    await azo.comment(id, 'two');
    await azo.says('Offline, 2 unsent');
    await azo.banner.getByText('The server cannot be reached; trying again by itself. 2 changes kept in this browser').waitFor();
    // Whenever it tries again, it says so for that moment.
    const isTrue = async (): Promise<boolean> => ['Offline, 2 unsent', 'Connecting…'].includes(await azo.status());
    await throughoutPage('it does not claim more than is so', isTrue);
    await stage.stack.edge.start();
    await azo.says('All saved', 40_000);
    assert.deepEqual((await commentsIn(stage.stack.edge, caseId)).toSorted(), ['one', 'two']);
  });

  test('a room that was killed before it archived says “Saved” again only when it is', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId);
    stage.stack.proxy.misbehave((method) => (method === 'PUT' ? { kind: 'unreachable' } : { kind: 'none' }));
    try {
      await azo.highlight('closed the bridge');
      await azo.says(/^Saved/);
      azo.expects(BROKEN_SOCKET, FAILED_REQUEST);
      const pid = await stage.stack.edge.runtimePid();
      process.kill(pid, 'SIGKILL');
      await stage.stack.edge.runtimeIsBack(pid);
      await azo.isLive();
      await azo.says(/^Saved/);
      assert.equal(Object.keys((await annotationsIn(stage.stack.edge, caseId)).highlights).length, 1);
      stage.stack.proxy.heal();
      await azo.says('All saved', 30_000);
      assert.equal((await rowOf(stage.stack.database, caseId))?.highlightCount, 1);
    } finally {
      stage.stack.proxy.heal();
    }
  });

  test('who only reads is told that all is saved', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId);
    await azo.says('All saved');
    const bulgarus = await stage.browser.reader('Bulgarus', caseId);
    await bulgarus.highlight('closed the bridge');
    await bulgarus.says('All saved');
    await azo.says('All saved');
  });
});

/** For a second, the words must not change by themselves. */
async function throughoutPage(what: string, holds: () => Promise<boolean>): Promise<void> {
  let isSo = true;
  let isOver = false;
  const watching = (async () => {
    while (isSo && !isOver) {
      isSo = await holds();
    }
  })();
  try {
    await throughout(what, 1_000, () => isSo);
  } finally {
    isOver = true;
    await watching;
  }
}

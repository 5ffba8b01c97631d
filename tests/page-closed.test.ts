// Closes that are final: each has its words and its remedy, nothing that would be lost can be written, and the page does not
// knock again. Closes that are not: the page says what happened and comes back.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { commentsIn } from './lib/annotations.ts';
import { caseOf } from './lib/cases.ts';
import { StockClient } from './lib/clients.ts';
import { append, begin } from './lib/edits.ts';
import { pageSuite } from './lib/page_suite.ts';
import { callHost } from './lib/signed.ts';
import { throughout, until } from './lib/until.ts';

/** What the room refuses from Azo's page: in its place it is sent what only owners may write. */
const FORBIDDEN = 'quod-non-licet';
/** Longer than a page waits before its first return, which is at most 4 s. */
const NO_RETURN_MS = 4_500;

const FINAL = [
  { code: 4400, short: 'Stopped', long: /could not understand what this page sent/, remedy: 'Reload' },
  { code: 4401, short: 'Signed out', long: /You are signed out of this case/, remedy: 'Sign in again' },
  { code: 4403, short: 'No permission', long: /You have no permission/, remedy: 'Reload' },
  { code: 4404, short: 'Case deleted', long: /This case was deleted/, remedy: null },
  { code: 4409, short: 'Too large', long: /too large for its room/, remedy: 'Reload' },
  { code: 4426, short: 'Page out of date', long: /older or newer than the server/, remedy: 'Reload' },
  { code: 4429, short: 'Room full', long: /no place left, or too much came/, remedy: 'Reload' },
  { code: 4477, short: 'Closed', long: /for good \(4477: because\)/, remedy: 'Reload' },
] as const;

pageSuite('closes', (stage) => {
  test('every final code has its words and its remedy, and no page knocks again after it', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const pages = await Promise.all(FINAL.map(async ({ code, short, long, remedy }) => {
      const person = await stage.browser.person(`Azo ${code}`);
      let sockets = 0;
      await person.context.routeWebSocket(/\/sync\//, (socket) => {
        sockets += 1;
        // A page listens from the next turn on.
        setTimeout(() => void socket.close({ code, reason: 'because' }));
      });
      const reader = await person.openNamed(caseId);
      await reader.says(short);
      await reader.banner.getByText(long).waitFor();
      assert.deepEqual(await reader.banner.getByRole('button').allInnerTexts(), remedy === null ? [] : [remedy]);
      assert.equal(await reader.page.locator('body').getAttribute('data-state'), 'closed');
      return { code, sockets: () => sockets };
    }));
    await throughout('one socket each', NO_RETURN_MS, () => pages.every(({ sockets }) => sockets() === 1));
  });

  test('a deleted case says so to whoever is in it, can still be exported, and takes nothing more', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const line = await stage.browser.line();
    const azo = await stage.browser.reader('Azo', caseId, { line });
    const id = await azo.highlight('closed the bridge');
    await azo.comment(id, 'to be exported');
    await azo.says('All saved');
    const { host, key } = stage.stack;
    assert.equal((await callHost(host.url, key, 'DELETE', caseId)).status, 200);
    await azo.says('Case deleted');
    await azo.banner.getByText('You can still export what this tab shows.').waitFor();
    const before = line.attempts;
    // The toolbar is for those whose work would be kept.
    const { from, to } = await azo.placeOf('amber warning');
    await azo.page.mouse.move(from.x, from.y);
    await azo.page.mouse.down();
    await azo.page.mouse.move(to.x, to.y);
    await azo.page.mouse.up();
    await azo.page.keyboard.press('1');
    await azo.notices(/Nothing was changed: the connection is closed for good/);
    assert.equal(await azo.page.locator('.card').count(), 1);
    await azo.fromMore('Export or print…');
    const [download] = await Promise.all([
      azo.page.waitForEvent('download'),
      azo.page.getByRole('button', { name: /^CSV/ }).click(),
    ]);
    assert.match(await textOf(await download.createReadStream()), /to be exported/);
    await throughout('it does not knock again', NO_RETURN_MS, () => line.attempts === before);
  });

  test('a page of another protocol version is told to reload by the Worker itself, and stops', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const line = await stage.browser.line();
    const person = await stage.browser.person('Azo', { line });
    await person.context.addInitScript(() => {
      const Current = WebSocket;
      globalThis.WebSocket = class extends Current {
        constructor(url: string | URL, protocols: string | string[] = []) {
          super(url, [protocols].flat().map((name) => (name.startsWith('glossator.') ? 'glossator.v999' : name)));
        }
      };
    });
    const azo = await person.openNamed(caseId);
    await azo.says('Page out of date');
    await throughout('it does not knock again', NO_RETURN_MS, () => line.attempts === 1);
  });

  test('who has had too much refused is stopped, and told so', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const signedIn = { id: 'u-azo', name: 'Azo' };
    const azo = await stage.browser.reader('Azo', caseId, { signedIn, forbidden: FORBIDDEN });
    const id = await azo.highlight('closed the bridge');
    for (let strike = 0; strike < 20; strike += 1) {
      const client = await StockClient.join(stage.stack.edge.syncUrl, caseId, { user: signedIn.id, role: 'comment' });
      append(client, 'not for those who comment');
      await until('it is refused', () => client.endings.some(({ code }) => code === 4403));
      client.leave();
    }
    await azo.composer(id).fill(FORBIDDEN);
    await azo.composer(id).press('Control+Enter');
    await azo.says('Room full');
    await azo.banner.getByText('too much came from this page in a short time').waitFor();
    assert.deepEqual(await commentsIn(stage.stack.edge, caseId), []);
  });

  test('closes that are not final are explained, and the page comes back by itself', async () => {
    const caseId = await caseOf(stage.stack.edge);
    await begin(stage.stack.edge, caseId);
    const passing = [
      { code: 1011, long: /The room has failed and is being built again/ },
      { code: 1012, long: /The room starts afresh/ },
      { code: 1013, long: /The room is full or busy/ },
      { code: 4500, long: /Your access has changed/ },
    ];
    await Promise.all(passing.map(async ({ code, long }) => {
      const person = await stage.browser.person(`Azo ${code}`);
      let isOver = false;
      await person.context.routeWebSocket(/\/sync\//, (socket) => {
        if (isOver) {
          socket.connectToServer();
        } else {
          setTimeout(() => void socket.close({ code, reason: 'for now' }));
        }
      });
      const reader = await person.openNamed(caseId);
      // A page that comes back at its first attempt may show them for half a second.
      await reader.banner.getByText(long).waitFor();
      isOver = true;
      await reader.isLive();
      await reader.banner.waitFor({ state: 'detached' });
    }));
  });
});

async function textOf(stream: AsyncIterable<Buffer | string>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) {
    parts.push(Buffer.from(part));
  }
  return Buffer.concat(parts).toString('utf8');
}

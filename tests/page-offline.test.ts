// Working without a connection: what is written then is kept, said to be unsent, and arrives. The line is cut for real: the
// browser's own offline switch does not reach sockets.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { storePage } from '../web/test/browser/bundle.ts';
import { annotationsIn, commentsIn } from './lib/annotations.ts';
import type { Person } from './lib/browser.ts';
import { caseOf } from './lib/cases.ts';
import { claimsHold } from './lib/claims.ts';
import { StockClient } from './lib/clients.ts';
import { BROKEN_SOCKET, FAILED_REQUEST } from './lib/complaints.ts';
import { databases, keptUnsent } from './lib/kept.ts';
import type { PersonsLine } from './lib/line.ts';
import { pageSuite } from './lib/page_suite.ts';
import type { Reader } from './lib/reader.ts';
import { until } from './lib/until.ts';

/** What a page that is cut off complains about, and nothing else. */
const CUT_OFF = [BROKEN_SOCKET, FAILED_REQUEST];

pageSuite('working offline', (stage) => {
  /** Somebody whose line can be cut, in a case. */
  const onLine = async (name: string, caseId: string): Promise<{ reader: Reader; person: Person; line: PersonsLine }> => {
    const line = await stage.browser.line();
    const person = await stage.browser.person(name, { line });
    const reader = await person.join(caseId);
    reader.expects(...CUT_OFF);
    return { reader, person, line };
  };
  const cut = async (line: PersonsLine, reader: Reader): Promise<void> => {
    line.cut();
    await reader.isOffline();
  };
  const mend = async (line: PersonsLine, reader: Reader): Promise<void> => {
    line.mend();
    // It may come back by itself in this very moment, and takes the button with it.
    const tried = reader.banner.getByRole('button', { name: 'Try now' }).click().catch(() => undefined);
    await Promise.race([tried, reader.isLive()]);
    await reader.isLive();
  };

  test('what two people do while one of them is offline is with both when the line is mended', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const { reader: azo, line } = await onLine('Azo', caseId);
    const bulgarus = await stage.browser.reader('Bulgarus', caseId);
    const id = await azo.highlight('closed the bridge');
    await bulgarus.card(id).waitFor();

    await cut(line, azo);
    await azo.comment(id, 'written in a tunnel');
    const mine = await azo.highlight('amber warning', '3');
    await bulgarus.comment(id, 'written outside');
    assert.equal(await bulgarus.card(mine).count(), 0);
    assert.deepEqual(await azo.commentsIn(mine), []);

    await mend(line, azo);
    await bulgarus.paints('amber warning', /amber/);
    await azo.openCard(id);
    for (const reader of [azo, bulgarus]) {
      await until('both comments', async () => (await reader.commentsIn(id)).toSorted().join() === 'written in a tunnel,written outside');
    }
  });

  test('the page says how many changes are unsent, and where they are kept, and nothing of it when they have arrived', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const { reader: azo, line } = await onLine('Azo', caseId);
    const id = await azo.highlight('closed the bridge');
    await azo.says('All saved');
    await azo.explains();

    await cut(line, azo);
    await azo.says('Offline');
    await azo.banner.getByText('You can go on working: changes are kept in this browser').waitFor();
    await azo.comment(id, 'one');
    await azo.says('Offline, 1 unsent');
    await azo.banner.getByText('1 change kept in this browser, sent when the connection is back.').waitFor();
    await azo.comment(id, 'two');
    await azo.says('Offline, 2 unsent');

    await mend(line, azo);
    await azo.says('All saved');
    await azo.banner.waitFor({ state: 'detached' });
    assert.deepEqual((await commentsIn(stage.stack.edge, caseId)).toSorted(), ['one', 'two']);
  });

  test('the connection comes back by itself', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const { reader: azo, line } = await onLine('Azo', caseId);
    await azo.notes();
    await cut(line, azo);
    await (await azo.notes()).pressSequentially('in a tunnel');
    line.mend();
    await azo.isLive();
    await until('the room has it', async () => (await annotationsIn(stage.stack.edge, caseId)).notes === 'in a tunnel');
  });

  test('edits made offline survive a kill of workerd meanwhile', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const { reader: azo, line } = await onLine('Azo', caseId);
    const id = await azo.highlight('closed the bridge');
    await azo.says('All saved');
    await cut(line, azo);
    await azo.comment(id, 'before the kill');
    const pid = await stage.stack.edge.runtimePid();
    process.kill(pid, 'SIGKILL');
    await azo.comment(id, 'after the kill');
    await stage.stack.edge.runtimeIsBack(pid);
    await mend(line, azo);
    await azo.says('All saved');
    assert.deepEqual((await commentsIn(stage.stack.edge, caseId)).toSorted(), ['after the kill', 'before the kill']);
  });

  test('who comes when only the room is out of reach can mark with the toolbar as by key, and reads that it is kept', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const line = await stage.browser.line();
    const person = await stage.browser.person('Azo', { line });
    // Only what the page names comes: the line breaks before the rest of it is asked for.
    const named = await (await fetch(`${stage.stack.edge.url}/c/${caseId}`)).text();
    let isBroken = true;
    await person.context.route(/\/assets\/.*\.js$/, (route) =>
      isBroken && !named.includes(new URL(route.request().url()).pathname) ? route.abort() : route.continue());
    line.cut('sockets');
    const azo = await person.openNamed(caseId);
    azo.expects(...CUT_OFF);
    await azo.isOffline();
    await azo.page.locator('.t-text').waitFor();
    await azo.select('closed the bridge');
    await azo.toolbar.getByRole('button', { name: /^Jurisdiction/ }).click();
    await azo.says('Offline, 1 unsent');
    await azo.highlight('amber warning');
    await azo.says('Offline, 2 unsent');
    await azo.banner.getByText('Changes are kept in this browser and sent when the connection is back.').waitFor();
    isBroken = false;
    await mend(line, azo);
    await azo.says('All saved');
    const { highlights } = await annotationsIn(stage.stack.edge, caseId);
    assert.deepEqual(Object.values(highlights).map(({ quote }) => quote).toSorted(), ['amber warning', 'closed the bridge']);
  });

  test('a tab that is closed offline leaves its unsent work to the next one', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const { reader: azo, person, line } = await onLine('Azo', caseId);
    const id = await azo.highlight('closed the bridge');
    await azo.says('All saved');
    await cut(line, azo);
    await azo.comment(id, 'left behind');
    await azo.says('Offline, 1 unsent');
    await azo.page.close();
    line.mend();
    const again = await person.join(caseId);
    await again.openCard(id);
    assert.deepEqual(await again.commentsIn(id), ['left behind']);
    await until('the room has it', async () => (await commentsIn(stage.stack.edge, caseId)).join() === 'left behind');
    await again.says('All saved');
  });

  test('a reload while only the room is out of reach shows the unsent work, and still says that it is unsent', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const { reader: azo, line } = await onLine('Azo', caseId);
    const id = await azo.highlight('closed the bridge');
    await azo.says('All saved');
    line.cut('sockets');
    await azo.isOffline();
    await azo.comment(id, 'not sent yet');
    await azo.says('Offline, 1 unsent');
    azo.page.once('dialog', (dialog) => void dialog.accept());
    await azo.page.reload();
    await azo.isOffline();
    await azo.says('Offline, 1 unsent');
    await azo.paints('closed the bridge', /azure/);
    await azo.openCard(id);
    assert.deepEqual(await azo.commentsIn(id), ['not sent yet']);
    assert.deepEqual(await commentsIn(stage.stack.edge, caseId), []);
    await mend(line, azo);
    await azo.says('All saved');
    assert.deepEqual(await commentsIn(stage.stack.edge, caseId), ['not sent yet']);
  });

  test('leaving with unsent changes is asked about, and leaving without is not', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const { reader: azo, person, line } = await onLine('Azo', caseId);
    const id = await azo.highlight('closed the bridge');
    await azo.says('All saved');
    await cut(line, azo);
    await azo.comment(id, 'unsent');
    const [dialog] = await Promise.all([azo.page.waitForEvent('dialog'), azo.page.close({ runBeforeUnload: true })]);
    assert.equal(dialog.type(), 'beforeunload');
    await dialog.dismiss();
    assert.equal(azo.page.isClosed(), false);
    await mend(line, azo);
    await azo.says('All saved');
    await Promise.all([azo.page.waitForEvent('close'), azo.page.close({ runBeforeUnload: true })]);
    assert.equal(person.context.pages().length, 0);
  });

  test('two tabs of one browser never share a client id, reloaded, duplicated and offline ones included', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const line = await stage.browser.line();
    const person = await stage.browser.person('Azo', { line });
    const [one, two] = [await person.join(caseId), await person.join(caseId)];
    const tabs = [one, two];
    tabs.forEach((tab) => tab.expects(...CUT_OFF));
    const watcher = await StockClient.join(stage.stack.edge.syncUrl, caseId);
    const ids = new Set<number>();
    const areHere = async (count: number): Promise<void> => {
      await until(`${count} tabs are here`, () => watcher.seenPeers().length === count);
      watcher.seenPeers().forEach((id) => ids.add(id));
    };
    await areHere(2);
    await two.reload();
    await areHere(2);
    assert.equal(ids.size, 3, 'a reloaded tab has another id');
    // A duplicated tab begins with what its original keeps for the session.
    const [copy] = await Promise.all([person.context.waitForEvent('page'), one.page.evaluate(() => void open(location.href))]);
    await copy.locator('body[data-state=live]').waitFor();
    await areHere(3);
    assert.equal(ids.size, 4);
    await copy.close();

    for (const tab of tabs) {
      await tab.notes();
    }
    line.cut();
    for (const [index, tab] of tabs.entries()) {
      await tab.isOffline();
      const field = await tab.notes();
      await field.press('Control+End');
      await field.pressSequentially(index === 0 ? 'first tab. ' : 'second tab. ');
    }
    line.mend();
    for (const tab of tabs) {
      await tab.isLive();
    }
    await until('both tabs’ words are in the room', async () => {
      const { notes } = await annotationsIn(stage.stack.edge, caseId);
      return notes.includes('first tab.') && notes.includes('second tab.') && notes.length === 'first tab. second tab. '.length;
    });
    const authors = [...watcher.doc.store.clients.keys()];
    assert.equal(authors.length, 2, `the words were written by the clients ${authors.join()}`);
  });

  test('signing out leaves nothing of the case and of the person in the browser', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId);
    const id = await azo.highlight('closed the bridge');
    await azo.composer(id).fill('half a thought');
    await azo.says('All saved');
    await signOut(azo);
    await azo.page.waitForURL(({ pathname }) => pathname === '/');
    const left = await azo.page.evaluate(async () => {
      const stored = Object.entries({ ...localStorage }).filter(([, value]) => /Azo|half a thought|u-/.test(String(value)));
      const bases = await indexedDB.databases();
      return { stored, bases: bases.map(({ name }) => name ?? '') };
    });
    assert.deepEqual(left.stored, []);
    assert.ok(left.bases.every((name) => !name.includes(caseId)), left.bases.join());
    const again = await azo.page.goto(`${stage.stack.edge.url}/c/${caseId}`);
    assert.equal(again?.status(), 200);
    await azo.page.getByRole('dialog', { name: 'What should the others call you?' }).waitFor();
  });

  test('signing out erases what is kept of every case, ends the other tabs, and leaves alone what is somebody else’s', async () => {
    const person = await stage.browser.person('Azo');
    const [one, two] = [await caseOf(stage.stack.edge), await caseOf(stage.stack.edge)];
    const [here, there] = [await person.join(one), await person.join(two)];
    for (const reader of [here, there]) {
      await reader.highlight('closed the bridge');
      await reader.says('All saved');
    }
    const others = `glossator:u-somebody:${two}`;
    await there.page.evaluate((name) => new Promise((resolve) => (indexedDB.open(name, 1).onsuccess = resolve)), others);
    await there.page.evaluate(() => localStorage.setItem('glossator.drafts.u-somebody/x', JSON.stringify({ 'comment:y': { text: 'theirs', at: Date.now() } })));
    await signOut(here);
    await here.page.waitForURL(({ pathname }) => pathname === '/');
    await there.page.getByRole('heading', { name: 'Signed out' }).waitFor();
    await there.page.getByText('In another tab of this browser you have signed out').waitFor();
    assert.equal(await there.page.locator('#text').count(), 0, 'the case is not left open');
    await until('nothing is kept', async () => (await databases(here)).join() === others);
    const left = await there.page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);
    assert.deepEqual(left.filter((key) => /drafts|head|role|user|way/.test(key)).toSorted(), ['glossator.drafts.u-somebody/x', `glossator.head.${two}`]);
    const watcher = await StockClient.join(stage.stack.edge.syncUrl, two);
    await until('nobody is there', () => watcher.seenPeers().length === 0);
    await here.page.goBack();
    const question = { name: 'What should the others call you?' };
    await here.page.getByRole('dialog', question).waitFor();
    await there.page.getByRole('button', { name: 'Sign in again' }).click();
    await there.page.getByRole('dialog', question).waitFor();
  });

  test('signing out asks first when something waits in another case, and leads to it', async () => {
    const [one, two] = [await caseOf(stage.stack.edge), await caseOf(stage.stack.edge)];
    const { reader: there, person, line } = await onLine('Azo', two);
    const here = await person.join(one);
    here.expects(...CUT_OFF);
    const id = await there.highlight('closed the bridge');
    await there.says('All saved');
    line.cut('sockets');
    await there.isOffline();
    await there.comment(id, 'left behind');
    await until('the disk has it', async () => (await keptUnsent(there, two)) === 1);
    await there.page.close();
    await signOut(here);
    const warning = here.page.getByRole('alert');
    await warning.getByText('1 change of yours has not reached the room yet').waitFor();
    assert.equal((await databases(here)).length, 2);
    line.mend();
    await warning.getByRole('link').click();
    await here.page.waitForURL(({ pathname }) => pathname === `/c/${two}`);
    await here.says('All saved');
    assert.deepEqual(await commentsIn(stage.stack.edge, two), ['left behind']);

    line.cut('sockets');
    await here.isOffline();
    await here.comment(id, 'given up');
    await signOut(here);
    await here.page.getByText('1 change of yours').waitFor();
    await here.page.getByRole('button', { name: 'Sign out and lose what is unsent' }).click();
    await here.page.waitForURL(({ pathname }) => pathname === '/');
    assert.deepEqual(await databases(here), []);
  });

  test('signing out asks first when another tab of the case has something unsent, and again when it has more', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const { reader: here, person, line } = await onLine('Azo', caseId);
    const there = await person.join(caseId);
    there.expects(...CUT_OFF);
    const id = await there.highlight('closed the bridge');
    await there.says('All saved');
    line.cut('sockets');
    await Promise.all([here.isOffline(), there.isOffline()]);
    await there.comment(id, 'one');
    await until('the disk has it', async () => (await keptUnsent(there, caseId)) === 1);
    await signOut(here);
    await here.page.getByText('1 change of yours has not reached the room yet').waitFor();
    await there.comment(id, 'two');
    await until('the disk has both', async () => (await keptUnsent(there, caseId)) === 2);
    const anyhow = here.page.getByRole('button', { name: 'Sign out and lose what is unsent' });
    await anyhow.click();
    await here.page.getByText('2 changes of yours have not reached the room yet').waitFor();
    await anyhow.click();
    await there.page.getByRole('heading', { name: 'Signed out' }).waitFor();
  });

  test('a page that comes back out of the browser’s cache notices who has left meanwhile', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId);
    const comeBack = (): boolean => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    await azo.page.evaluate(comeBack);
    await azo.highlight('closed the bridge');
    await azo.says('All saved');
    // A page hears as little of what it stores itself as one in the cache hears of the others.
    await azo.page.evaluate(() => localStorage.removeItem('glossator.user'));
    await azo.page.evaluate(comeBack);
    await azo.page.getByRole('heading', { name: 'Signed out' }).waitFor();
    await until('nothing is kept', async () => (await databases(azo)).length === 0);
  });

  test('nobody else is here as far as one knows while one is offline', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const { reader: azo, line } = await onLine('Azo', caseId);
    const bulgarus = await stage.browser.reader('Bulgarus', caseId);
    await until('both are here', async () => (await azo.people()).length === 2);
    await cut(line, azo);
    await until('only oneself', async () => (await azo.people()).join() === 'Azo (you)');
    await until('Azo has gone', async () => (await bulgarus.people()).join() === 'Bulgarus (you)');
    line.mend();
    await azo.isLive();
    await until('both are here again', async () => (await azo.people()).length === 2 && (await bulgarus.people()).length === 2);
  });

  test('what the offline copy promises holds in a real browser', async () => {
    const person = await stage.browser.person('Azo');
    const page = await person.context.newPage();
    // Databases belong to an origin, which a page without an address does not have.
    const address = `${stage.stack.edge.url}/claims`;
    const body = await storePage();
    await page.route(address, (route) => route.fulfill({ contentType: 'text/html', body }));
    await page.goto(address);
    await claimsHold(page, 4);
  });
});

/** Presses the button that signs out, and waits for nothing. */
async function signOut(reader: Reader): Promise<void> {
  await reader.fromMore('Name, sign out…');
  await reader.page.getByRole('button', { name: 'Sign out of this browser' }).click();
}

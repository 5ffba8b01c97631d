// What one may do in a case decides what the page offers; it follows when that changes, and survives a host that is away.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { annotationsIn, commentsIn } from './lib/annotations.ts';
import { setGrant, setState } from './lib/authority.ts';
import type { Person, PersonOptions } from './lib/browser.ts';
import { caseOf } from './lib/cases.ts';
import { BROKEN_SOCKET, FAILED_REQUEST } from './lib/complaints.ts';
import { keptUnsent } from './lib/kept.ts';
import { pageSuite } from './lib/page_suite.ts';
import type { Reader } from './lib/reader.ts';
import type { Role } from './lib/tokens.ts';
import { until } from './lib/until.ts';

pageSuite('roles', (stage) => {
  /** Somebody whom the host knows by their name, in a browser of their own; not on any page yet. */
  const person = (name: string, options: PersonOptions = {}): Promise<Person> =>
    stage.browser.person(name, { signedIn: { id: name, name }, ...options });
  const as = async (role: Role, name: string, caseId: string, options: PersonOptions = {}): Promise<Reader> => {
    await setGrant(stage.stack, caseId, name, role);
    return (await person(name, options)).join(caseId);
  };
  const labels = (reader: Reader): Promise<string[]> => reader.page.locator('.popover.menu:popover-open button').allInnerTexts();

  test('a reader reads, copies and searches, and is offered nothing that writes', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await as('annotate', 'Azo', caseId);
    const id = await azo.highlight('closed the bridge');
    await azo.comment(id, 'why did nobody ask?');
    const reader = await as('read', 'Bulgarus', caseId);
    await reader.says('Read only');
    assert.match(await reader.explains(), /You may\s+read this case/);
    await reader.card(id).locator('.card-title').click();
    await reader.card(id).locator('.words', { hasText: 'why did nobody ask?' }).waitFor();
    assert.equal(await reader.page.locator('textarea').count(), 0, 'no field to write into');
    for (const words of ['Reply', 'Edit', 'Delete', 'Resolve']) {
      assert.equal(await reader.card(id).getByRole('button', { name: words, exact: true }).count(), 0, words);
    }
    await reader.card(id).getByRole('button', { name: 'More about this annotation' }).click();
    assert.deepEqual(await labels(reader), ['Show in the text', 'Copy link']);
    await reader.page.keyboard.press('Escape');

    await drag(reader, 'amber warning');
    const toolbar = reader.page.getByRole('toolbar', { name: 'The selection' });
    await toolbar.getByRole('button', { name: 'Copy' }).waitFor();
    assert.deepEqual(await toolbar.getByRole('button').allInnerTexts(), ['Copy', 'Search for this', 'Only me']);
    await reader.page.keyboard.press('1');
    await reader.notices('You may only read this case.');
    await toolbar.getByRole('button', { name: 'Search for this' }).click();
    await reader.page.locator('.search-count', { hasText: /1/ }).waitFor();
    assert.equal(await reader.page.locator('#search').inputValue(), 'amber warning');
    await reader.page.keyboard.press('Escape');

    assert.equal(await (await reader.notes()).getAttribute('readonly'), '');
    await reader.page.keyboard.press('Escape');
    await reader.page.locator('.bar').getByRole('button', { name: 'Tags' }).click();
    const tags = reader.page.getByRole('dialog', { name: 'Tags of this case' });
    await tags.getByText('Jurisdiction').waitFor();
    assert.equal(await tags.getByRole('button', { name: /Change|Move|Tag$|Group/ }).count(), 0);
    await reader.page.keyboard.press('Escape');
    await reader.page.getByRole('button', { name: 'More', exact: true }).click();
    assert.doesNotMatch((await labels(reader)).join(), /Undo|Import/);
    assert.deepEqual(await commentsIn(stage.stack.edge, caseId), ['why did nobody ask?']);
  });

  test('a commenter discusses what is highlighted, and changes only the own words', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await as('annotate', 'Azo', caseId);
    const id = await azo.highlight('closed the bridge');
    await azo.comment(id, 'why did nobody ask?');
    const commenter = await as('comment', 'Martinus', caseId);
    await commenter.comment(id, 'nobody was paid to');
    await azo.card(id).locator('.words', { hasText: 'nobody was paid to' }).waitFor();
    assert.equal(await commenter.card(id).getByRole('button', { name: 'Reply' }).count(), 2);
    assert.equal(await commenter.card(id).getByRole('button', { name: 'Edit' }).count(), 1, 'only the own one');
    await commenter.card(id).getByRole('button', { name: 'Resolve' }).click();
    await azo.card(id).locator('.card-mark', { hasText: 'Resolved' }).waitFor();
    assert.equal(await commenter.card(id).getByLabel('Change the tag').count(), 0);
    await commenter.page.keyboard.press('Escape');
    await drag(commenter, 'amber warning');
    await commenter.page.getByRole('toolbar', { name: 'The selection' }).getByRole('button', { name: 'Copy' }).waitFor();
    await commenter.page.keyboard.press('2');
    await commenter.notices('You may comment on what is highlighted here');
    assert.equal(await (await commenter.notes()).getAttribute('readonly'), '');
    await commenter.says('All saved');
    assert.equal(await commenter.page.locator('.card').count(), 1);
  });

  test('annotators change what they made, owners everything', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await as('annotate', 'Azo', caseId);
    const id = await azo.highlight('closed the bridge');
    await azo.comment(id, 'mine');
    const other = await as('annotate', 'Bulgarus', caseId);
    await other.openCard(id);
    assert.equal(await other.card(id).getByRole('button', { name: 'Delete', exact: true }).count(), 0);
    await other.page.keyboard.press('Tab');
    await other.page.locator('#text').focus();
    await other.page.keyboard.press('7');
    await other.notices('Only who made it may change this');
    const owner = await as('own', 'Hugo', caseId);
    await owner.openCard(id);
    await owner.card(id).getByLabel('Change the tag').selectOption('Decision');
    await azo.card(id).locator('.card-tag', { hasText: 'Decision' }).waitFor();
    await owner.card(id).getByRole('button', { name: 'Delete', exact: true }).click();
    await azo.card(id).locator('.words', { hasText: 'mine' }).waitFor({ state: 'detached' });
    await owner.page.locator('.notice').getByRole('button', { name: 'Undo' }).click();
    await azo.card(id).locator('.words', { hasText: 'mine' }).waitFor();
    await owner.says('All saved');
    await owner.fromMenu(id, 'Delete annotation');
    await azo.card(id).waitFor({ state: 'detached' });
    await owner.says('All saved');
  });

  test('a role that changes while the page is open is told, and the page follows', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await as('annotate', 'Azo', caseId);
    const id = await azo.highlight('closed the bridge');
    await azo.says('All saved');
    await azo.composer(id).fill('half a thought');
    await setGrant(stage.stack, caseId, 'Azo', 'read');
    await azo.notices('You may now only read this case.');
    assert.equal(await azo.page.locator('.notice.is-alert').count(), 0, 'nobody has done anything wrong');
    await azo.says('Read only');
    await azo.composer(id).waitFor({ state: 'detached' });
    await azo.card(id).locator('.words', { hasText: 'half a thought' }).waitFor();
    await setGrant(stage.stack, caseId, 'Azo', 'comment');
    await azo.notices('You may now comment on what is highlighted');
    assert.equal(await azo.page.locator('.notice', { hasText: 'You may now only read' }).count(), 0, 'what is so no longer is not shown');
    await azo.isLive();
    assert.equal(await azo.composer(id).inputValue(), 'half a thought', 'nothing that was typed is lost');
    await azo.composer(id).press('Control+Enter');
    await azo.says('All saved');
    assert.deepEqual(await commentsIn(stage.stack.edge, caseId), ['half a thought']);
    azo.expects(FAILED_REQUEST);
    await setGrant(stage.stack, caseId, 'Azo', null);
    await azo.says('No permission');
    await azo.banner.getByText('You have no permission to work on this case any more').waitFor();
    await azo.card(id).locator('.words', { hasText: 'half a thought' }).waitFor();
  });

  test('a locked case is read by all, and goes on once it was opened again', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await as('annotate', 'Azo', caseId);
    const id = await azo.highlight('closed the bridge');
    await azo.says('All saved');
    await setState(stage.stack, caseId, 'locked');
    await azo.notices('has locked it');
    await azo.says('Read only');
    await azo.composer(id).waitFor({ state: 'detached' });
    await setState(stage.stack, caseId, 'open');
    await azo.notices('You may now highlight, tag and comment in this case.');
    await azo.comment(id, 'open again');
    await azo.says('All saved');
  });

  test('who came to a locked or archived case may write within two seconds of its being opened, without a reload', async () => {
    for (const state of ['locked', 'archived'] as const) {
      const caseId = await caseOf(stage.stack.edge);
      // Whoever comes to a room first comes twice, and a third time less soon.
      await as('read', 'Hugo', caseId);
      await setState(stage.stack, caseId, state);
      const azo = await as('annotate', 'Azo', caseId);
      await azo.says('Read only');
      await setState(stage.stack, caseId, 'open');
      await azo.says('All saved', 2_000);
      await azo.highlight('closed the bridge');
      await azo.says('All saved');
    }
  });

  test('nothing that writes is offered before it is known what one may do, and what was known is at once', async () => {
    const caseId = await caseOf(stage.stack.edge);
    await setGrant(stage.stack, caseId, 'Azo', 'annotate');
    const somebody = await person('Azo');
    let letThrough = (): void => {};
    const holdTickets = (): void => {
      const held = new Promise<void>((resolve) => (letThrough = resolve));
      void somebody.context.route('**/ticket', async (route) => {
        await held;
        await route.continue();
      }, { times: 1 });
    };
    holdTickets();
    const azo = await somebody.openNamed(caseId);
    await azo.page.locator('#text .t-text').first().waitFor();
    await drag(azo, 'amber warning');
    const reading = azo.page.getByRole('toolbar', { name: 'The selection' });
    await reading.getByRole('button', { name: 'Copy' }).waitFor();
    assert.equal(await azo.toolbar.count(), 0);
    await azo.page.keyboard.press('1');
    await azo.notices('It is not known yet what you may do in this case.');
    letThrough();
    await azo.toolbar.waitFor();
    await azo.isLive();
    assert.equal(await azo.page.locator('.notice', { hasText: 'You may now' }).count(), 0, 'it is no change');

    holdTickets();
    await azo.page.reload();
    await azo.page.locator('#text .t-text').first().waitFor();
    await azo.select('amber warning');
    assert.equal(await azo.page.locator('body').getAttribute('data-state'), 'connecting');
    letThrough();
    await azo.isLive();
    await setGrant(stage.stack, caseId, 'Azo', 'read');
    await azo.notices('You may now only read this case.');
    await azo.says('Read only');
    holdTickets();
    await azo.page.reload();
    await azo.page.locator('#text .t-text').first().waitFor();
    await drag(azo, 'amber warning');
    await reading.getByRole('button', { name: 'Copy' }).waitFor();
    letThrough();
    await azo.says('Read only');
  });

  test('a half-written reply that may not be posted any more stays to be read and copied, and comes back', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await as('annotate', 'Azo', caseId, { permissions: ['clipboard-read', 'clipboard-write'] });
    const id = await azo.highlight('closed the bridge');
    await azo.comment(id, 'why?');
    await azo.says('All saved');
    await azo.card(id).getByRole('button', { name: 'Reply' }).click();
    await azo.card(id).getByLabel('Reply to Azo').fill('because nobody');
    await setGrant(stage.stack, caseId, 'Azo', 'read');
    await azo.notices('You may now only read this case.');
    const kept = azo.card(id).locator('.unsent');
    await kept.getByText('because nobody').waitFor();
    await kept.getByText('It is kept in this browser').waitFor();
    await kept.getByRole('button', { name: 'Copy' }).click();
    await kept.getByRole('button', { name: 'Copied' }).waitFor();
    assert.equal(await azo.page.evaluate(() => navigator.clipboard.readText()), 'because nobody');
    await setGrant(stage.stack, caseId, 'Azo', 'comment');
    await azo.notices('You may now comment on what is highlighted');
    await kept.waitFor({ state: 'detached' });
    assert.equal(await azo.card(id).getByLabel('Reply to Azo').inputValue(), 'because nobody');
  });

  test('at a shared computer nobody sees or sends what somebody else has left unsent there', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const line = await stage.browser.line();
    const shared = await stage.browser.person('whoever sits there', { line });
    const signIn = async (id: string): Promise<void> => {
      await setGrant(stage.stack, caseId, id, 'annotate');
      const door = await shared.open('/');
      await door.page.evaluate((name) => localStorage.setItem('glossator.user', JSON.stringify({ id: name, name })), id);
      await door.page.close();
    };
    const comes = async (): Promise<Reader> => {
      const reader = await shared.join(caseId);
      reader.expects(BROKEN_SOCKET, FAILED_REQUEST);
      return reader;
    };
    const authors = async (): Promise<unknown[]> =>
      Object.values((await annotationsIn(stage.stack.edge, caseId)).comments).map(({ author_id, text }) => `${String(author_id)}: ${String(text)}`).toSorted();
    await signIn('Azo');
    const [azo, open] = [await comes(), await comes()];
    const id = await azo.highlight('closed the bridge');
    await azo.says('All saved');
    line.cut('sockets');
    await azo.isOffline();
    await azo.comment(id, 'mine, unsent');
    await azo.composer(id).fill('half a thought');
    await azo.says('Offline, 1 unsent');
    // A page that is torn away writes no more.
    await until('the disk has it', async () => (await keptUnsent(azo, caseId)) === 1);
    await azo.page.close();

    await signIn('Bulgarus');
    // It was left open. It is nobody's any more, but takes nothing with it.
    await open.page.getByRole('heading', { name: 'Signed out' }).waitFor();
    line.mend();
    const bulgarus = await comes();
    await bulgarus.says('All saved');
    await bulgarus.openCard(id);
    assert.deepEqual(await bulgarus.commentsIn(id), []);
    assert.equal(await bulgarus.composer(id).inputValue(), '');
    await bulgarus.comment(id, 'mine too');
    await bulgarus.says('All saved');
    assert.deepEqual(await authors(), ['Bulgarus: mine too']);
    // As signing out does. The tab that was left open hears of that too, and it is no business of Azo's.
    await bulgarus.page.evaluate(() => localStorage.removeItem('glossator.user'));
    await bulgarus.page.close();

    await signIn('Azo');
    const again = await comes();
    await again.says('All saved');
    await again.openCard(id);
    assert.equal(await again.composer(id).inputValue(), 'half a thought');
    await until('it was sent', async () => (await authors()).join() === 'Azo: mine, unsent,Bulgarus: mine too');
  });

  test('what was written offline by somebody who may do less by then is kept as far as they may, and given back', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const line = await stage.browser.line();
    const azo = await as('annotate', 'Azo', caseId, { line });
    azo.expects(BROKEN_SOCKET, FAILED_REQUEST);
    const id = await azo.highlight('closed the bridge');
    await azo.comment(id, 'before');
    await azo.says('All saved');
    line.cut();
    await azo.isOffline();
    await azo.comment(id, 'kept');
    const lost = await azo.highlight('amber warning', '3');
    await azo.comment(lost, 'nobody would see this');
    await setGrant(stage.stack, caseId, 'Azo', 'comment');
    line.mend();
    const dialog = azo.page.getByRole('dialog', { name: 'A change was not accepted' });
    await dialog.waitFor({ timeout: 40_000 });
    const words = await dialog.locator('.lost').innerText();
    assert.match(words, /amber warning/);
    assert.match(words, /nobody would see this/);
    assert.doesNotMatch(words, /kept/);
    await dialog.getByRole('button', { name: 'Go on' }).click();
    await azo.says('All saved');
    assert.deepEqual((await commentsIn(stage.stack.edge, caseId)).toSorted(), ['before', 'kept']);
    assert.deepEqual(Object.keys((await annotationsIn(stage.stack.edge, caseId)).highlights), [id]);
  });

  test('while the host is away those who are in go on, come back after a reload, and nobody new gets in', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const [azo, bulgarus] = [await as('annotate', 'Azo', caseId), await as('comment', 'Bulgarus', caseId)];
    const id = await azo.highlight('closed the bridge');
    await bulgarus.openCard(id);
    await until('the ways back were given', async () =>
      (await azo.page.evaluate(() => Object.keys(sessionStorage).join())).includes('glossator.way.Azo/'));
    await stage.stack.host.stop();
    let hugo: Reader;
    try {
      for (const reader of [azo, bulgarus]) {
        reader.expects(FAILED_REQUEST);
      }
      await azo.comment(id, 'still here');
      await bulgarus.card(id).getByText('still here').waitFor();
      await azo.reload();
      assert.match(await azo.explains(), /nobody new gets in/);
      await azo.comment(id, 'and back');
      await bulgarus.card(id).getByText('and back').waitFor();
      // The text of a sample needs no host.
      hugo = await (await person('Hugo')).open('/c/a-rule-for-the-night-desk');
      hugo.expects(FAILED_REQUEST);
      await hugo.says('Host away');
      await hugo.banner.getByText('nobody new gets in until it is back').waitFor();
    } finally {
      await stage.stack.host.start();
    }
    await hugo.isLive();
    await hugo.banner.waitFor({ state: 'detached' });
  });

  test('signing out leaves no way back', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await as('annotate', 'Azo', caseId);
    await until('a way back was given', () => azo.page.evaluate(() => sessionStorage.length > 0));
    await azo.fromMore('Name, sign out…');
    await azo.page.getByRole('button', { name: 'Sign out of this browser' }).click();
    await azo.page.waitForURL((url) => url.pathname === '/');
    assert.equal(await azo.page.evaluate(() => sessionStorage.length), 0);
  });
});

/** Selects words with the mouse. */
async function drag(reader: Reader, words: string): Promise<void> {
  const { from, to } = await reader.placeOf(words);
  await reader.page.mouse.move(from.x, from.y);
  await reader.page.mouse.down();
  await reader.page.mouse.move(to.x, to.y, { steps: 3 });
  await reader.page.mouse.up();
}

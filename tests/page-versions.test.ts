// Earlier states of a case through the page: an owner lists and reads them, and brings one back; what others did meanwhile
// goes only where that was shown and asked for.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Locator, Page } from 'playwright-core';

import { violationsOn } from './lib/axe.ts';
import { pageSuite, type PageStage } from './lib/page_suite.ts';
import type { Reader } from './lib/reader.ts';
import { signedIn } from './lib/signing_in.ts';
import { until } from './lib/until.ts';

const TEXT = '[1] The flag was yellow.\n\n[2] It came down at four.\n\n[3] Nobody had ordered it.';

pageSuite('earlier versions', (stage) => {
  test('what was deleted comes back with its author, for everybody, as one step that can be undone', async () => {
    const { owner, other, caseId } = await caseOfTwo(stage, 'Irnerius', 'Bulgarus');
    const theirs = await other.highlight('yellow');
    await other.comment(theirs, 'Or was it green?');
    await storedWith(owner, caseId, 'Or was it green?');
    await owner.openCard(theirs);
    await owner.fromMenu(theirs, 'Delete annotation');
    await other.card(theirs).waitFor({ state: 'detached' });
    await keptWith(owner, caseId, 0);

    const dialog = await openVersions(owner);
    await dialog.getByText('Newest stored.').waitFor();
    // Nothing in the case is signed by either of them any more: it is the host that says who wrote.
    assert.equal(await owner.page.locator('.card').count(), 0);
    assert.match(await dialog.getByRole('button').filter({ hasText: 'Newest stored.' }).innerText(), /no annotations.* Last edit by Irnerius\./s);
    assert.match(await dialog.getByRole('button', { name: /1 annotation[.,]/ }).first().innerText(), /Last edit by Bulgarus\./);
    assert.deepEqual(await violationsOn(owner.page), []);
    await dialog.getByRole('button', { name: /1 annotation[.,]/ }).first().click();
    await dialog.getByText(/^Would come back: 1 annotation/).waitFor();
    await dialog.getByText('Read it').click();
    await dialog.getByText('“yellow”').waitFor();
    await dialog.getByText('Or was it green?').waitFor();
    assert.deepEqual(await violationsOn(owner.page), []);
    await dialog.getByRole('button', { name: 'Bring it back' }).click();

    await owner.notices('The earlier version was brought back.');
    for (const reader of [owner, other]) {
      await reader.openCard(theirs);
      assert.deepEqual(await reader.commentsIn(theirs), ['Or was it green?']);
      assert.match(await reader.card(theirs).innerText(), /Bulgarus/, 'it has the author that it had');
    }
    await owner.page.locator('.notice', { hasText: 'brought back' }).getByRole('button', { name: 'Undo' }).click();
    await other.card(theirs).waitFor({ state: 'detached' });
    await owner.says('All saved');
  });

  test('what has come since stays, unless it is shown and asked for', async () => {
    const { owner, other, caseId } = await caseOfTwo(stage, 'Martinus', 'Jacobus');
    const first = await owner.highlight('yellow');
    await keptWith(owner, caseId, 1);
    const later = await other.highlight('came down');
    await owner.card(later).waitFor();
    await keptWith(owner, caseId, 2);
    await owner.openCard(first);
    await owner.fromMenu(first, 'Delete annotation');
    await keptWith(owner, caseId, 1);

    const oldest = await openOldestWith(owner, 1);
    await oldest.getByText('Would come back: 1 annotation.').waitFor();
    assert.equal(await oldest.getByLabel('Also delete what has come since then: 1 annotation').isChecked(), false);
    await oldest.getByRole('button', { name: 'Bring it back' }).click();
    await other.card(first).waitFor();
    assert.equal(await other.card(later).count(), 1);

    const again = await openOldestWith(owner, 1);
    await again.getByText('Nothing of it is missing now.').waitFor();
    const bringBack = again.getByRole('button', { name: 'Bring it back' });
    assert.equal(await bringBack.isDisabled(), true, 'there is nothing to do');
    await again.getByLabel('Also delete what has come since then: 1 annotation').check();
    await bringBack.click();
    await other.card(later).waitFor({ state: 'detached' });
    assert.equal(await other.card(first).count(), 1);
  });

  test('nothing is done that was not shown: what others did while one was looking is shown first', async () => {
    const { owner, other, caseId } = await caseOfTwo(stage, 'Hugo', 'Azo');
    const first = await owner.highlight('yellow');
    const second = await other.highlight('came down');
    await keptWith(owner, caseId, 2);
    await owner.openCard(first);
    await owner.fromMenu(first, 'Delete annotation');
    await keptWith(owner, caseId, 1);

    const dialog = await openOldestWith(owner, 2);
    await dialog.getByText('Would come back: 1 annotation.').waitFor();
    await other.openCard(second);
    await other.fromMenu(second, 'Delete annotation');
    await owner.card(second).waitFor({ state: 'detached' });
    await dialog.getByRole('button', { name: 'Bring it back' }).click();
    await dialog.getByRole('alert').getByText('The case has changed meanwhile.').waitFor();
    assert.equal(await owner.card(first).count(), 0, 'nothing was done yet');
    await dialog.getByText('Would come back: 2 annotations.').waitFor();
    await dialog.getByRole('button', { name: 'Bring it back' }).click();
    await other.card(first).waitFor();
    await other.card(second).waitFor();
  });

  test('notes come back only if that is asked for', async () => {
    const { owner, other, caseId } = await caseOfTwo(stage, 'Placentinus', 'Pillius');
    await owner.highlight('yellow');
    await (await owner.notes()).fill('What we agreed on.');
    await other.notesShow('What we agreed on.');
    await storedWith(owner, caseId, 'What we agreed on.');
    await (await other.notes()).fill('Something else.');
    await owner.notesShow('Something else.');

    const dialog = await openOldestWith(owner, 1, 'What we agreed on.');
    const withNotes = dialog.getByLabel('Also replace the notes by those of then');
    assert.equal(await withNotes.isChecked(), false);
    await withNotes.check();
    await dialog.getByRole('button', { name: 'Bring it back' }).click();
    await other.notesShow('What we agreed on.');
  });

  test('whoever does not own a case is not offered them, and gets none by asking', async () => {
    const { other, caseId } = await caseOfTwo(stage, 'Vacarius', 'Rogerius');
    await other.page.getByRole('button', { name: 'More', exact: true }).click();
    const menu = other.page.locator('.popover.menu:popover-open');
    await menu.getByRole('button', { name: 'Export or print…' }).waitFor();
    assert.equal(await menu.getByRole('button', { name: 'Earlier versions…' }).count(), 0);
    other.expects(/404/);
    for (const path of ['versions', 'versions/1']) {
      assert.equal(await statusOf(other.page, `/api/cases/${caseId}/${path}`), 404, path);
    }
  });

  test('by keys alone, and in a narrow window', async () => {
    const { owner, caseId } = await caseOfTwo(stage, 'Accursius', 'Odofredus');
    const gone = await owner.highlight('yellow');
    await keptWith(owner, caseId, 1);
    await owner.openCard(gone);
    await owner.fromMenu(gone, 'Delete annotation');
    await keptWith(owner, caseId, 0);
    const { keyboard } = owner.page;
    await owner.page.getByRole('button', { name: 'More', exact: true }).focus();
    await keyboard.press('Enter');
    await tabTo(owner.page, /Earlier versions…/);
    await keyboard.press('Enter');
    const dialog = owner.page.getByRole('dialog', { name: 'Earlier versions' });
    await dialog.getByRole('button', { name: /1 annotation/ }).first().waitFor();
    await tabTo(owner.page, /1 annotation[.,]/);
    await keyboard.press('Enter');
    await dialog.getByText('Would come back: 1 annotation.').waitFor();
    const hasFocus = (): Promise<boolean> => dialog.evaluate((element) => element.contains(document.activeElement) && document.activeElement !== element);
    await until('the focus stays in the dialog', hasFocus);
    await tabTo(owner.page, /Bring it back/);
    await keyboard.press('Enter');
    await owner.card(gone).waitFor();
    const place = (): Promise<string> => owner.page.evaluate(() => document.activeElement?.closest('.t-block')?.textContent ?? '');
    await until('the focus is where it stands in the text', async () => (await place()).includes('yellow'));

    await owner.page.setViewportSize({ width: 390, height: 844 });
    await owner.reload();
    const small = await openVersions(owner);
    await small.getByRole('button', { name: /1 annotation/ }).first().click();
    await small.getByRole('button', { name: 'All versions' }).waitFor();
    assert.deepEqual(await violationsOn(owner.page), []);
  });
});

/** A new case of somebody who has signed in, with somebody else who may annotate it; both have it open. */
async function caseOfTwo(stage: PageStage, ownerName: string, otherName: string) {
  const [ownerIs, otherIs] = [await signedIn(stage.browser, ownerName), await signedIn(stage.browser, otherName)];
  const email = `${otherName.toLowerCase()}@unibo.example`;
  await stage.stack.database.query('update users set email = $2 where name = $1', [otherName, email]);
  const caseId = await ask(ownerIs.page, 'POST', '/api/cases', { title: `Case of ${ownerName}`, format: 'text', content: TEXT }, 'id');
  await ask(ownerIs.page, 'PUT', `/api/cases/${caseId}/shares`, { email, role: 'annotate' });
  const [owner, other] = [await ownerIs.person.open(`/c/${caseId}`), await otherIs.person.open(`/c/${caseId}`)];
  await owner.isLive();
  await other.isLive();
  return { owner, other, caseId };
}

/** Asks a route as the page would; gives one field of the answer as text. */
async function ask(page: Page, method: string, path: string, body?: unknown, field?: string): Promise<string> {
  const { status, text } = await page.evaluate(
    async ([verb, where, what]) => {
      const init = what === null ? { method: verb } : { method: verb, headers: { 'content-type': 'application/json' }, body: what };
      const answer = await fetch(where, init);
      return { status: answer.status, text: await answer.text() };
    },
    [method, path, body === undefined ? null : JSON.stringify(body)] as const,
  );
  assert.ok(status < 300, `${method} ${path}: ${status} ${text}`);
  return field === undefined ? '' : String((JSON.parse(text) as Record<string, unknown>)[field]);
}

async function statusOf(page: Page, path: string): Promise<number> {
  return page.evaluate(async (where) => (await fetch(where)).status, path);
}

type Kept = { version: number; highlights: number; is_current: boolean };

/** The earlier versions as the host lists them, newest first. */
async function listed(reader: Reader, caseId: string): Promise<Kept[]> {
  return reader.page.evaluate(
    async (where) => ((await (await fetch(where)).json()) as { versions: Kept[] }).versions,
    `/api/cases/${caseId}/versions`,
  );
}

/** Waits until the newest state that is stored has so many annotations. */
async function keptWith(reader: Reader, caseId: string, highlights: number): Promise<void> {
  await until(`a state with ${highlights} annotations is stored`, async () => (await listed(reader, caseId))[0]?.highlights === highlights);
}

/** Waits until the newest state that is stored has these words. */
async function storedWith(reader: Reader, caseId: string, words: string): Promise<void> {
  await until(`"${words}" is stored`, async () => {
    const [newest] = await listed(reader, caseId);
    return newest !== undefined && atob(await ask(reader.page, 'GET', `/api/cases/${caseId}/versions/${newest.version}`, undefined, 'document')).includes(words);
  });
}

async function openVersions(reader: Reader): Promise<Locator> {
  await reader.fromMore('Earlier versions…');
  const dialog = reader.page.getByRole('dialog', { name: 'Earlier versions' });
  await dialog.getByRole('button', { name: /annotation/ }).first().waitFor();
  return dialog;
}

/** Opens the oldest version that has so many annotations, and these notes if they are given. */
async function openOldestWith(reader: Reader, highlights: number, notes?: string): Promise<Locator> {
  const dialog = await openVersions(reader);
  const versions = dialog.getByRole('button', { name: new RegExp(`\\b${highlights} annotation`) });
  for (let index = (await versions.count()) - 1; index >= 0; index -= 1) {
    await versions.nth(index).click();
    await dialog.getByText('Read it').click();
    if (notes === undefined || (await dialog.getByText(notes).count()) > 0) {
      return dialog;
    }
    await dialog.getByRole('button', { name: 'All versions' }).click();
    await versions.first().waitFor();
  }
  throw new Error(`no version has ${highlights} annotations and the notes "${notes}"`);
}

/** Goes on by the Tab key until the focus is on a button with these words. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press('Tab');
    if (name.test(await page.evaluate(() => (document.activeElement instanceof HTMLButtonElement ? document.activeElement.textContent : '')))) {
      return;
    }
  }
  throw new Error(`the Tab key leads to no button called ${name}`);
}

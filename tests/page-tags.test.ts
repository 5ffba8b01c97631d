// The tags of a case: the ten that are there by default, and changing them, live for all.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Locator } from 'playwright-core';

import { annotationsIn } from './lib/annotations.ts';
import { caseOf } from './lib/cases.ts';
import { BROKEN_SOCKET, FAILED_REQUEST } from './lib/complaints.ts';
import { documentOfRoom } from './lib/clients.ts';
import { documentFrom } from './lib/documents.ts';
import { pageSuite } from './lib/page_suite.ts';
import type { Reader } from './lib/reader.ts';
import { until } from './lib/until.ts';

const TEN = [
  'Jurisdiction', 'Procedural history', 'Legally relevant facts', 'Legal issues', 'Reasons', "Court's reasoning", 'Decision',
  'Order', 'Domestic sources', 'Reflection',
];

pageSuite('the tags of a case', (stage) => {
  test('there are ten by default with the keys 1 to 0, and looking at them writes nothing', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId);
    await azo.select('closed the bridge');
    assert.deepEqual(await azo.toolbar.locator('.bar-name').allInnerTexts(), TEN);
    assert.deepEqual(await azo.toolbar.locator('.bar-tag kbd').allInnerTexts(), [...'1234567890']);
    const patterns = await azo.toolbar.locator('.bar-tag .swatch').evaluateAll((all) => all.map((each) => each.className));
    assert.equal(new Set(patterns).size, 10, 'each has a look of its own');
    await azo.page.keyboard.press('Escape');
    const dialog = await openTags(azo);
    assert.deepEqual((await rowsOf(dialog)).map((row) => row.replace(/\s+$/, '')), TEN);
    const doc = documentFrom(await documentOfRoom(stage.stack.edge.syncUrl, caseId));
    assert.equal(doc.getMap('tags').size, 0);
  });

  test('a tag’s new name and colour show at once in cards, text and toolbars of all', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const [azo, bulgarus] = await stage.browser.pair(caseId);
    const id = await bulgarus.highlight('closed the bridge', '8');
    const dialog = await openTags(azo);
    await dialog.getByRole('button', { name: 'Change Order' }).click();
    await dialog.getByLabel('Name', { exact: true }).fill('Relief');
    await dialog.getByLabel('Name', { exact: true }).press('Tab');
    await dialog.getByRole('radio', { name: 'plum' }).check();
    await dialog.getByRole('radio', { name: 'dotted' }).check();
    await bulgarus.card(id).locator('.card-tag', { hasText: 'Relief' }).waitFor();
    await bulgarus.paints('closed the bridge', /plum.*dotted/);
    await bulgarus.select('amber warning');
    assert.equal(await bulgarus.toolbar.locator('.bar-name').nth(7).innerText(), 'Relief');
  });

  test('a new tag is there for all, in a group, and can be given', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const [azo, bulgarus] = await stage.browser.pair(caseId);
    const dialog = await openTags(azo);
    await dialog.getByLabel('New tag or group').fill('Tone');
    await dialog.getByRole('button', { name: 'Group' }).click();
    await dialog.getByLabel('New tag or group').fill('Irony');
    await dialog.getByRole('button', { name: 'Tag', exact: true }).click();
    await dialog.getByRole('combobox', { name: /^Group/ }).selectOption('Tone');
    await bulgarus.select('more convenient of them');
    await bulgarus.toolbar.getByRole('group', { name: 'Tone' }).getByRole('button', { name: 'Irony' }).click();
    await azo.card('more convenient of them').locator('.card-tag', { hasText: 'Irony' }).waitFor();
  });

  test('the order of tags is the order of their keys, for all', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const [azo, bulgarus] = await stage.browser.pair(caseId);
    const dialog = await openTags(azo);
    await dialog.getByRole('button', { name: 'Move Procedural history up' }).click();
    await until('it is the first', async () => (await rowsOf(dialog))[0]?.trim() === 'Procedural history');
    await azo.page.keyboard.press('Escape');
    await until('the other has it too', async () => {
      await bulgarus.page.keyboard.press('Escape');
      await bulgarus.select('closed the bridge');
      return (await bulgarus.toolbar.locator('.bar-name').first().innerText()) === 'Procedural history';
    });
    await bulgarus.page.keyboard.press('1');
    await azo.paints('closed the bridge', /violet/);
  });

  test('deleting a tag keeps its highlights, and bringing it back gives it back to them', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const [azo, bulgarus] = await stage.browser.pair(caseId);
    const id = await bulgarus.highlight('closed the bridge', '3');
    await bulgarus.comment(id, 'a fact');
    const dialog = await openTags(azo);
    await dialog.getByRole('button', { name: 'Change Legally relevant facts' }).click();
    await dialog.getByRole('button', { name: 'Delete this tag' }).click();
    await bulgarus.card(id).locator('.card-tag', { hasText: 'No tag' }).waitFor();
    await bulgarus.paints('closed the bridge', /slate/);
    assert.deepEqual(await bulgarus.commentsIn(id), ['a fact']);
    assert.deepEqual(Object.keys((await annotationsIn(stage.stack.edge, caseId)).highlights), [id]);

    await dialog.getByText('1 deleted tag').click();
    await dialog.getByRole('button', { name: 'Bring back' }).click();
    await bulgarus.card(id).locator('.card-tag', { hasText: 'Legally relevant facts' }).waitFor();
    await bulgarus.paints('closed the bridge', /amber/);
  });

  test('what one changes of a default tag adds to what another has changed of it', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const [azo, bulgarus] = await stage.browser.pair(caseId);
    const [one, other] = [await openTags(azo), await openTags(bulgarus)];
    const lookOf = (dialog: Locator): Promise<string | null> => dialog.locator('.tag-line .swatch').nth(7).getAttribute('class');
    await other.getByRole('button', { name: 'Change Order' }).click();
    await other.getByRole('radio', { name: 'plum' }).check();
    await until('the other sees it', async () => (await lookOf(one))?.includes('plum'));
    await one.getByRole('button', { name: 'Change Order' }).click();
    await one.getByLabel('Name', { exact: true }).fill('Relief');
    await one.getByLabel('Name', { exact: true }).press('Tab');
    await until('both have both', async () => {
      const rows = await Promise.all([one, other].map((dialog) => rowsOf(dialog)));
      const looks = await Promise.all([one, other].map(lookOf));
      return rows.every((row) => row.length === 10 && row[7]?.trim() === 'Relief') && looks.every((look) => look?.includes('plum'));
    });
  });

  test('what two change of a default tag while they do not hear of each other is both there in the end', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const line = await stage.browser.line();
    const azo = await stage.browser.reader('Azo', caseId);
    const bulgarus = await (await stage.browser.person('Bulgarus', { line })).join(caseId);
    bulgarus.expects(BROKEN_SOCKET, FAILED_REQUEST);
    const [one, other] = [await openTags(azo), await openTags(bulgarus)];
    line.cut();
    await bulgarus.isOffline();
    await other.getByRole('button', { name: 'Change Order' }).click();
    await other.getByLabel('Name', { exact: true }).fill('Relief');
    await other.getByLabel('Name', { exact: true }).press('Tab');
    await one.getByRole('button', { name: 'Change Order' }).click();
    await one.getByRole('radio', { name: 'plum' }).check();
    await azo.says('All saved');
    line.mend();
    await until('both have both', async () => {
      const rows = await Promise.all([one, other].map((dialog) => rowsOf(dialog)));
      const looks = await Promise.all([one, other].map((dialog) => dialog.locator('.tag-line .swatch').nth(7).getAttribute('class')));
      return rows.every((row) => row[7]?.trim() === 'Relief') && looks.every((look) => look?.includes('plum'));
    }, { within: 40_000 });
  });
});

async function openTags(reader: Reader): Promise<Locator> {
  await reader.page.locator('.bar').getByRole('button', { name: 'Tags' }).click();
  const dialog = reader.page.getByRole('dialog', { name: 'Tags of this case' });
  await dialog.waitFor();
  return dialog;
}

/** The tags as listed, without how often each is used. */
async function rowsOf(dialog: Locator): Promise<string[]> {
  return dialog.locator('.tag-line .grow').evaluateAll((rows) => rows.map((row) => row.firstChild?.textContent ?? ''));
}

// What owners do to a case from the lists that it stands in: its name and state, in a class and in none, and its end.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import type { Page } from 'playwright-core';

import { violationsOn } from './lib/axe.ts';
import { FAILED_REQUEST } from './lib/complaints.ts';
import { pageSuite } from './lib/page_suite.ts';
import { Reader } from './lib/reader.ts';
import { bringCase, foundBologna, giveCase, join, newClass, teacher } from './lib/teaching.ts';
import { until } from './lib/until.ts';

pageSuite('changing a case', (stage) => {
  before(() => foundBologna(stage));
  const home = (page: Page): Promise<unknown> => page.goto(`${stage.stack.edge.url}/`);

  test('one that is in no class is renamed, locked, archived and opened again on the first page', async () => {
    const { page, person } = await teacher(stage, 'Irnerius');
    await bringCase(stage, page, 'A case of no class');
    const reader = new Reader(page, 'Irnerius', stage.browser.complaints);
    await reader.isLive();
    const list = await person.open('/');
    await list.page.getByRole('button', { name: 'Change A case of no class' }).click();
    const dialog = list.page.getByRole('dialog', { name: 'Change this case' });
    await dialog.getByLabel('Title').fill('A case of its own');
    assert.equal(await dialog.getByLabel('Visible from').count(), 0, 'there is no class that could see it');
    assert.equal(await dialog.getByRole('button', { name: 'Take out of the class' }).count(), 0);
    await dialog.getByLabel('Archived: nobody writes').check();
    assert.deepEqual(await violationsOn(list.page), []);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    const row = list.page.getByRole('listitem').filter({ has: list.page.getByRole('link', { name: 'A case of its own' }) });
    await row.getByText('archived', { exact: true }).waitFor();
    await list.page.getByText('A case of its own has been changed.').waitFor({ state: 'attached' });
    await reader.says('Read only');

    // Nobody writes in it, and it is one's own all the same.
    await list.page.getByRole('button', { name: 'Change A case of its own' }).click();
    await dialog.getByLabel('Open: each may do what their role allows').check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await row.getByText('archived', { exact: true }).waitFor({ state: 'detached' });
    await reader.says('All saved');
  });

  test('its owner deletes it on the first page, after being told what goes, and it is gone for whoever has it open', async () => {
    const { page } = await teacher(stage, 'Bulgarus');
    await bringCase(stage, page, 'A case to be deleted');
    await bringCase(stage, page, 'A case that stays');
    await home(page);
    await page.getByRole('link', { name: 'A case to be deleted' }).click();
    const reader = new Reader(page, 'Bulgarus', stage.browser.complaints);
    await reader.isLive();
    await reader.comment(await reader.highlight('came down at four'), 'Soon gone.');
    await reader.says('All saved');
    const caseId = new URL(page.url()).pathname;
    const list = await page.context().newPage();
    await home(list);
    await list.getByRole('button', { name: 'Change A case to be deleted' }).click();
    await list.getByRole('button', { name: 'Delete the case…' }).click();
    const question = list.getByRole('dialog', { name: 'Delete this case?' });
    await question.getByText('A case to be deleted').waitFor();
    for (const goes of ['text', 'highlights', 'comments', 'tags', 'notes', 'private notes', 'earlier versions']) {
      assert.ok((await question.innerText()).includes(goes), goes);
    }
    await question.getByRole('button', { name: 'Cancel' }).click();
    await list.getByRole('button', { name: 'Cancel' }).click();
    await list.getByRole('link', { name: 'A case to be deleted' }).waitFor();

    reader.expects(FAILED_REQUEST);
    await list.getByRole('button', { name: 'Change A case to be deleted' }).click();
    await list.getByRole('button', { name: 'Delete the case…' }).click();
    await question.getByRole('button', { name: 'Delete it for good' }).click();
    await list.getByRole('link', { name: 'A case to be deleted' }).waitFor({ state: 'detached' });
    await list.getByText('A case to be deleted has been deleted.').waitFor({ state: 'attached' });
    await list.getByRole('dialog').first().waitFor({ state: 'detached' });
    await until('the focus is where one goes on from', () => list.evaluate(() => document.activeElement?.id === 'content'));
    await list.getByRole('link', { name: 'A case that stays' }).waitFor();
    await page.locator('body[data-state=closed]').waitFor();
    assert.deepEqual(await stage.stack.database.query('select from cases where title = $1', ['A case to be deleted']), []);
    stage.browser.complaints.expect(list, FAILED_REQUEST);
    assert.equal(await list.evaluate(async (path) => (await fetch(path.replace('/c/', '/api/cases/'))).status, caseId), 404);
  });

  test('who leads the class of a case but did not bring it changes it there, and is not offered to delete it', async () => {
    const { page } = await teacher(stage, 'Martinus');
    const link = await newClass(page, 'Volumen');
    await bringCase(stage, page, 'A case of two teachers');
    await giveCase(stage, page, { title: 'A case of two teachers', className: 'Volumen' });
    const { student } = await join(stage, 'Jacobus', link);
    await page.getByRole('link', { name: 'People' }).click();
    await page.reload();
    await page.getByLabel('Role of Jacobus').selectOption('instructor');
    await page.getByText('Jacobus is instructor now.').waitFor({ state: 'attached' });
    await student.reload();
    await student.getByRole('button', { name: 'Change A case of two teachers' }).click();
    const dialog = student.getByRole('dialog', { name: 'Change this case' });
    await dialog.getByRole('button', { name: 'Take out of the class' }).waitFor();
    assert.equal(await dialog.getByRole('button', { name: 'Delete the case…' }).count(), 0);

    await page.getByRole('link', { name: 'Cases', exact: true }).click();
    await page.getByRole('button', { name: 'Change A case of two teachers' }).click();
    await page.getByRole('button', { name: 'Delete the case…' }).click();
    await page.getByRole('button', { name: 'Delete it for good' }).click();
    await page.getByRole('link', { name: 'A case of two teachers' }).waitFor({ state: 'detached' });
    await page.getByText('No case yet.').waitFor();
    await student.reload();
    await student.getByText('No case yet.').waitFor();
  });

  test('what could not be fetched while one was offline comes when it is asked for again, without a reload', async () => {
    const line = await stage.browser.line();
    const { page } = await teacher(stage, 'Hugo', { line });
    await bringCase(stage, page, 'A case by train');
    await home(page);
    const change = page.getByRole('button', { name: 'Change A case by train' });
    await change.waitFor();
    stage.browser.complaints.expect(page, FAILED_REQUEST);
    line.cut();
    await change.click();
    const sorry = page.getByRole('dialog', { name: 'Not available' });
    await sorry.getByText('Try again when the connection is back').waitFor();
    await page.keyboard.press('Escape');
    await sorry.waitFor({ state: 'detached' });
    line.mend();
    await change.click();
    await page.getByRole('dialog', { name: 'Change this case' }).getByLabel('Title').waitFor();
  });
});

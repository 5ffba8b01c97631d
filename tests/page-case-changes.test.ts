// What owners do to a case from the lists that it stands in: its name and state, in a class and in none, and its end.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import type { Page } from 'playwright-core';

import { violationsOn } from './lib/axe.ts';
import { FAILED_REQUEST } from './lib/complaints.ts';
import { pageSuite, type PageStage } from './lib/page_suite.ts';
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

  test('who owns a case and does not lead its class is not offered to take it out; whoever leads it is, on the first page too', async () => {
    const { page } = await teacher(stage, 'Azo');
    const link = await newClass(page, 'Authenticum');
    await bringCase(stage, page, 'A case for an owner');
    const caseId = idIn(page);
    await giveCase(stage, page, { title: 'A case for an owner', className: 'Authenticum' });
    const { student } = await join(stage, 'Odofredus', link);
    await shareWith(stage, page, { caseId, name: 'Odofredus' });

    await home(student);
    await student.getByRole('button', { name: 'Change A case for an owner' }).click();
    const dialog = student.getByRole('dialog', { name: 'Change this case' });
    await dialog.getByLabel('Title').fill('A case of two owners');
    assert.deepEqual(await dialog.getByRole('button').allInnerTexts(), ['', 'Cancel', 'Save'], 'nothing that the host would refuse');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await student.getByRole('link', { name: 'A case of two owners' }).waitFor();

    await home(page);
    await page.getByRole('button', { name: 'Change A case of two owners' }).click();
    await page.getByRole('button', { name: 'Take out of the class' }).click();
    await page.getByText('A case of two owners is not in the class any more.').waitFor({ state: 'attached' });
  });

  test('what an anonymous class has is not offered to be taken out, since it stays there', async () => {
    const { page } = await teacher(stage, 'Hugolinus');
    await newClass(page, 'Novellae', { isAnonymous: true });
    await bringCase(stage, page, 'A case that stays where it is');
    await giveCase(stage, page, { title: 'A case that stays where it is', className: 'Novellae' });
    for (const where of ['its class', 'the first page']) {
      await page.getByRole('button', { name: 'Change A case that stays where it is' }).click();
      const dialog = page.getByRole('dialog', { name: 'Change this case' });
      await dialog.getByRole('button', { name: 'Delete the case…' }).waitFor();
      assert.equal(await dialog.getByRole('button', { name: 'Take out of the class' }).count(), 0, where);
      await home(page);
    }
  });

  test('the dialog shows the state of the case itself, and says what its class adds to that', async () => {
    const { page } = await teacher(stage, 'Pillius');
    await newClass(page, 'Tres libri');
    await bringCase(stage, page, 'A case of a locked class');
    await giveCase(stage, page, { title: 'A case of a locked class', className: 'Tres libri' });
    const address = page.url();
    const dialog = page.getByRole('dialog', { name: 'Change this case' });
    const chosen = async (): Promise<string[]> => {
      await page.getByRole('button', { name: 'Change A case of a locked class' }).click();
      await dialog.getByLabel('Title').waitFor();
      return dialog.getByRole('radio').evaluateAll((radios) =>
        radios.flatMap((radio) => (radio instanceof HTMLInputElement && radio.checked ? [radio.labels?.[0]?.textContent ?? ''] : [])),
      );
    };
    const setClass = async (button: string, action: string): Promise<void> => {
      await page.getByRole('link', { name: 'Settings' }).click();
      await page.getByRole('button', { name: button, exact: true }).click();
      await page.getByRole('button', { name: action }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    };
    await setClass('Lock', 'Lock it');
    for (const where of [address, `${stage.stack.edge.url}/`]) {
      await page.goto(where);
      assert.deepEqual(await chosen(), ['Open: each may do what their role allows'], `that the class is locked says nothing of the case: ${where}`);
      await dialog.getByText('Its class is locked').waitFor();
      assert.equal(await dialog.getByLabel('Visible from').count(), 0, 'no field that nothing can be put into');
      assert.deepEqual(await violationsOn(page), []);
      await page.keyboard.press('Escape');
    }

    // What is chosen is the case's own, and stays when the class is opened.
    await chosen();
    await dialog.getByLabel('Archived: nobody writes').check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.deepEqual(await chosen(), ['Archived: nobody writes'], 'the class allows more');
    await page.goto(address);
    await setClass('Open again', 'Open it');
    await page.getByRole('link', { name: 'Cases', exact: true }).click();
    assert.deepEqual(await chosen(), ['Archived: nobody writes']);
    assert.equal(await dialog.getByText('Its class').count(), 0);
  });
});

function idIn(page: Page): string {
  return /\/c\/([^/?#]+)/.exec(page.url())?.[1] ?? assert.fail(`no case at ${page.url()}`);
}

/** Whoever owns a case makes somebody of its class another owner of it. */
async function shareWith({ stack }: PageStage, page: Page, { caseId, name }: { caseId: string; name: string }): Promise<void> {
  const [other] = await stack.database.query<{ id: string }>('select id::text from users where name = $1', [name]);
  const status = await page.evaluate(
    async ([path, body]) => (await fetch(path, { method: 'PUT', headers: { 'content-type': 'application/json' }, body })).status,
    [`/api/cases/${caseId}/shares`, JSON.stringify({ user: other?.id, role: 'own' })] as const,
  );
  assert.equal(status, 200);
}

// Sharing through the pages: what the dialog says of the class and its students are given by it, programs that are let in and shut out,
// and a case that goes to another class.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import type { Locator, Page } from 'playwright-core';

import { violationsOn } from './lib/axe.ts';
import { BoardTab } from './lib/boards.ts';
import { StockClient } from './lib/clients.ts';
import { roots } from './lib/documents.ts';
import { pageSuite } from './lib/page_suite.ts';
import { Reader } from './lib/reader.ts';
import { bringCase, foundBologna, giveCase, join, newClass, teacher } from './lib/teaching.ts';
import { until } from './lib/until.ts';

pageSuite('sharing', (stage) => {
  before(() => foundBologna(stage));

  test('the dialog says which class has a case, and who of it may do what there, as that is at the moment', async () => {
    const { page } = await teacher(stage, 'Irnerius');
    const link = await newClass(page, 'Digest, old');
    await bringCase(stage, page, 'In re the red flag');
    await openSharing(page, 'In re the red flag', stage.stack.edge.url);
    await sharing(page).getByText('This case is in no class.').waitFor();
    assert.deepEqual(await rows(page), []);
    await page.keyboard.press('Escape');

    await giveCase(stage, page, { title: 'In re the red flag', className: 'Digest, old' });
    await join(stage, 'Bulgarus', link);
    await join(stage, 'Martinus', link);
    await openSharing(page, 'In re the red flag', stage.stack.edge.url);
    await sharing(page).getByRole('link', { name: 'Digest, old' }).waitFor();
    await sharing(page).getByText('3 people').waitFor();
    assert.deepEqual(await rows(page), ['Students 2 may annotate', 'Tutors 0 may annotate', 'Instructors and coordinators 1 own it']);
    assert.deepEqual(await violationsOn(page), []);

    await sharing(page).getByRole('link', { name: 'Change what the class says' }).click();
    await page.getByLabel('Comment on what is highlighted').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The settings have been saved.').waitFor({ state: 'attached' });
    await openSharing(page, 'In re the red flag', stage.stack.edge.url);
    await until('the role of the students is another', async () => (await rows(page))[0] === 'Students 2 may comment');
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Change In re the red flag' }).click();
    await page.getByLabel('Locked: only owners write').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('locked', { exact: true }).waitFor();
    await openSharing(page, 'In re the red flag', stage.stack.edge.url);
    await sharing(page).getByText('The case is locked: only owners write.').waitFor();
    assert.deepEqual(await rows(page), ['Students 2 may read', 'Tutors 0 may read', 'Instructors and coordinators 1 own it']);
  });

  test('what the students of a class may do is said of one case, and those who are in it follow at once', async () => {
    const { page } = await teacher(stage, 'Pillius');
    const link = await newClass(page, 'Libri feudorum');
    for (const title of ['The flag to be read', 'The flag to be marked']) {
      await bringCase(stage, page, title);
      await giveCase(stage, page, { title, className: 'Libri feudorum' });
    }
    const { student, person } = await join(stage, 'Obertus', link);
    const at = async (title: string): Promise<Reader> => {
      const path = await student.getByRole('link', { name: title }).getAttribute('href');
      const reader = await person.open(path ?? assert.fail(`no case ${title}`));
      await reader.isLive();
      return reader;
    };
    const [reading, marking] = [await at('The flag to be read'), await at('The flag to be marked')];
    await reading.says('All saved');

    await openSharing(page, 'The flag to be read', stage.stack.edge.url);
    const students = sharing(page).getByLabel('Students of Libri feudorum may');
    assert.deepEqual(await students.locator('option').allInnerTexts(), ['as the class says (annotate)', 'read', 'comment', 'annotate']);
    assert.deepEqual([await students.inputValue(), (await rows(page))[0]], ['', 'Students 1 may annotate']);
    await students.focus();
    await page.keyboard.press('ArrowDown');
    await sharing(page).getByRole('status').getByText('Students of Libri feudorum may read this case.').waitFor();
    assert.deepEqual([await students.inputValue(), await rows(page)], ['read', ['Students 1 may read', 'Tutors 0 may annotate', 'Instructors and coordinators 1 own it']]);
    assert.ok(await students.evaluate((select) => select === document.activeElement), 'the focus stays');
    assert.deepEqual(await violationsOn(page), []);
    await reading.says('Read only');
    await marking.highlight('came down at four');
    await marking.says('All saved');

    // It is as it was left when the dialog is opened again, and the class is followed again.
    await page.keyboard.press('Escape');
    await openSharing(page, 'The flag to be read', stage.stack.edge.url);
    assert.equal(await students.inputValue(), 'read');
    await students.selectOption('as the class says (annotate)');
    await sharing(page).getByRole('status').getByText('Students of Libri feudorum may annotate, as the class says.').waitFor();
    assert.equal((await rows(page))[0], 'Students 1 may annotate');
    await reading.says('All saved');
    await reading.highlight('came down at four');
  });

  test('of choices that are made while another one is on its way the newest is made too', async () => {
    const { page } = await teacher(stage, 'Martinus Gosia');
    await newClass(page, 'Summa Codicis');
    await bringCase(stage, page, 'The flag in summer');
    await giveCase(stage, page, { title: 'The flag in summer', className: 'Summa Codicis' });
    await openSharing(page, 'The flag in summer', stage.stack.edge.url);
    const students = sharing(page).getByLabel('Students of Summa Codicis may');
    const sent: string[] = [];
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    await page.route('**/api/cases/*', async (route) => {
      if (route.request().method() === 'PATCH') {
        sent.push(route.request().postData() ?? '');
        await held;
      }
      await route.continue();
    });
    await students.selectOption('read');
    await until('the first is on its way', () => Promise.resolve(sent.length === 1));
    await students.selectOption('annotate');
    await students.selectOption('comment');
    letGo();
    await sharing(page).getByRole('status').getByText('Students of Summa Codicis may comment this case.').waitFor();
    assert.deepEqual(sent, ['{"class_role":"read"}', '{"class_role":"comment"}']);
    assert.deepEqual([await students.inputValue(), (await rows(page))[0]], ['comment', 'Students 0 may comment']);
  });

  test('what the students of a class may do is said of a board as of a case', async () => {
    const { page, person } = await teacher(stage, 'Cyprianus');
    const link = await newClass(page, 'Summula');
    await page.getByRole('link', { name: 'Cases', exact: true }).click();
    await page.getByRole('button', { name: 'New board' }).click();
    await page.getByRole('dialog', { name: 'New board' }).getByLabel('Title').fill('Who held the flag');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.waitForURL(/\/boards\//);
    const own = new BoardTab(page, person, '');
    await own.isLive();
    const { student, person: pupil } = await join(stage, 'Albericus', link);
    await student.getByRole('link', { name: 'Who held the flag' }).click();
    const tab = new BoardTab(student, pupil, '');
    await tab.isLive();
    await tab.putNote('I did', 300, 240);
    await tab.says(/saved/i);

    await page.goto(`${stage.stack.edge.url}/`);
    await page.getByRole('button', { name: 'Share Who held the flag' }).click();
    const dialog = page.getByRole('dialog', { name: 'Share this board' });
    await dialog.getByLabel('Students of Summula may').selectOption('read');
    await dialog.getByRole('status').getByText('Students of Summula may read this board.').waitFor();
    await tab.says(/read only/i);
    assert.deepEqual(await violationsOn(page), []);
  });

  test('a program comes in by a token that is shown once, does no more than that says, and is out when it is revoked', async () => {
    const { page } = await teacher(stage, 'Jacobus');
    await bringCase(stage, page, 'A case for programs');
    await page.locator('body[data-state=live]').waitFor();
    const caseId = idIn(page);
    await fromMore(page, 'Share…');
    const programs = sharing(page).getByRole('region', { name: 'Programs' });
    await programs.getByText('No program gets in at the moment.').waitFor();
    await programs.getByLabel('What the program may do').selectOption('annotate');
    await programs.getByLabel('For how long').selectOption('hour');
    await programs.getByRole('button', { name: 'Make a token' }).click();
    const field = programs.getByLabel('The new token: copy it now, it is not shown again');
    const token = await field.inputValue();
    assert.ok((await everythingIn(page)).includes(token), 'where it is shown, it is found');
    assert.deepEqual(await violationsOn(page), []);
    const row = programs.getByRole('list', { name: 'Tokens' }).getByRole('listitem');
    assert.match((await row.innerText()).replaceAll(/\s+/g, ' '), /^may annotate yours · made .+ · ends .+ Revoke$/);

    const program = await StockClient.join(stage.stack.edge.syncUrl, caseId, { token });
    roots.notes(program.doc).insert(0, 'written by a program');
    await page.keyboard.press('Escape');
    await new Reader(page, 'Jacobus', stage.browser.complaints).notesShow('written by a program');
    const { token: forReading } = await page.evaluate(async (path) => {
      const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ role: 'read' }) });
      return (await answer.json()) as { token: string };
    }, `/api/cases/${caseId}/client-tokens`);
    const reading = await StockClient.join(stage.stack.edge.syncUrl, caseId, { token: forReading });
    roots.notes(reading.doc).insert(0, 'not theirs to write');
    assert.equal((await until('it is turned away', () => reading.endings[0])).code, 4403);
    reading.leave();

    await fromMore(page, 'Share…');
    await programs.getByRole('list', { name: 'Tokens' }).waitFor();
    assert.equal(await field.count(), 0, 'what was shown once is not shown again');
    const listed = await page.evaluate(async (path) => (await fetch(path)).text(), `/api/cases/${caseId}/client-tokens`);
    assert.match(listed, /"role":"annotate"/);
    const proof = token.slice(-20);
    for (const [where, words] of Object.entries({ 'the page': await everythingIn(page), 'the list of the host': listed })) {
      assert.equal(words.includes(proof), false, `${where} holds what was shown once`);
    }
    const revoke = programs.getByRole('listitem').filter({ hasText: 'may annotate' }).getByRole('button', { name: /^Revoke the token made/ });
    await revoke.click();
    await programs.getByText('The token is revoked').waitFor();
    await until('the program is shut out', () => program.endings.length > 0);
    program.leave();
    await revoke.waitFor({ state: 'detached' });
    await programs.getByText('1 token has ended.').waitFor();
  });

  test('who only annotates lets programs of their own in, with no more than their role, and shares nothing', async () => {
    const { page } = await teacher(stage, 'Hugo');
    const link = await newClass(page, 'Code, new');
    await bringCase(stage, page, 'A case for annotators');
    await giveCase(stage, page, { title: 'A case for annotators', className: 'Code, new' });
    const { reader, student } = await join(stage, 'Rogerius', link);
    await student.getByRole('link', { name: 'A case for annotators' }).click();
    await reader.isLive();
    await student.getByRole('button', { name: 'More', exact: true }).click();
    const menu = student.locator('.popover.menu:popover-open');
    await menu.getByRole('button', { name: 'Your programs…' }).waitFor();
    assert.equal(await menu.getByRole('button', { name: 'Share…' }).count(), 0);
    await menu.getByRole('button', { name: 'Your programs…' }).click();
    const dialog = student.getByRole('dialog', { name: 'Your programs' });
    assert.deepEqual(await dialog.getByLabel('What the program may do').locator('option').allInnerTexts(), ['may read', 'may comment', 'may annotate']);
    await dialog.getByRole('button', { name: 'Make a token' }).click();
    await dialog.getByRole('list', { name: 'Tokens' }).getByText('may read').waitFor();

    // The owner sees that it is there, and can end it.
    await openSharing(page, 'A case for annotators', stage.stack.edge.url);
    await sharing(page).getByText(/^of Rogerius · made/).waitFor();
    await sharing(page).getByRole('button', { name: /^Revoke the token of Rogerius made/ }).click();
    await sharing(page).getByText('1 token has ended.').waitFor();
  });

  test('of an archived case a program only reads, and its owner shares it and reads its earlier versions from its page', async () => {
    const { page } = await teacher(stage, 'Baldus');
    await bringCase(stage, page, 'A case that is over');
    const reader = new Reader(page, 'Baldus', stage.browser.complaints);
    await reader.isLive();
    await reader.highlight('came down at four');
    await reader.says('All saved');
    const caseId = idIn(page);
    const listed = async (): Promise<number> => page.evaluate(async (path) => ((await (await fetch(path)).json()) as { versions: unknown[] }).versions.length, `/api/cases/${caseId}/versions`);
    await until('there is a version', async () => (await listed()) > 0);
    await page.evaluate(
      (path) => fetch(path, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '{"state":"archived"}' }),
      `/api/cases/${caseId}`,
    );
    await reader.says('Read only');

    await fromMore(page, 'Share…');
    const programs = sharing(page).getByRole('region', { name: 'Programs' });
    const may = programs.getByLabel('What the program may do').locator('option');
    await may.first().waitFor({ state: 'attached' });
    assert.deepEqual(await may.allInnerTexts(), ['may read'], 'no more than anybody may');
    await programs.getByRole('button', { name: 'Make a token' }).click();
    await programs.getByRole('list', { name: 'Tokens' }).getByText('may read').waitFor();
    await sharing(page).getByLabel('Add somebody by e-mail address').fill('accursius@unibo.example');
    await sharing(page).getByRole('button', { name: 'Share', exact: true }).click();
    await sharing(page).getByRole('list', { name: 'People with whom it is shared' }).getByText('accursius@unibo.example').waitFor();
    await page.keyboard.press('Escape');

    await fromMore(page, 'Earlier versions…');
    const versions = page.getByRole('dialog', { name: 'Earlier versions' });
    await versions.getByRole('button', { name: /1 annotation/ }).first().click();
    await versions.getByText('Nobody writes in this case now').waitFor();
    assert.equal(await versions.getByRole('button', { name: 'Bring it back' }).count(), 0);
    assert.deepEqual(await violationsOn(page), []);
    await page.keyboard.press('Escape');

    // Where its state leaves an owner what an owner has, a program may be given that.
    await page.evaluate(
      (path) => fetch(path, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '{"state":"locked"}' }),
      `/api/cases/${caseId}`,
    );
    await reader.says('All saved');
    await openSharing(page, 'A case that is over', stage.stack.edge.url);
    await may.last().waitFor({ state: 'attached' });
    assert.deepEqual(await may.allInnerTexts(), ['may read', 'may comment', 'may annotate', 'owns it too']);
  });

  test('a case is copied into another class, with its tags and nothing that was written in it', async () => {
    const { page } = await teacher(stage, 'Placentinus');
    await newClass(page, 'Morning');
    await page.goto(`${stage.stack.edge.url}/`);
    const evening = await newClass(page, 'Evening');
    await bringCase(stage, page, 'The flag of two halls');
    await page.locator('body[data-state=live]').waitFor();
    await page.locator('.bar').getByRole('button', { name: 'Tags' }).click();
    const tags = page.getByRole('dialog', { name: 'Tags of this case' });
    await tags.getByLabel('New tag or group').fill('Of two halls');
    await tags.getByRole('button', { name: 'Tag', exact: true }).click();
    await page.keyboard.press('Escape');
    // What is copied is what Postgres has.
    const stored = 'select from annotation_document_state where case_id = $1';
    await until('it is archived', async () => (await stage.stack.database.query(stored, [idIn(page)])).length > 0);
    await giveCase(stage, page, { title: 'The flag of two halls', className: 'Morning' });

    await page.getByRole('button', { name: 'Copy The flag of two halls' }).click();
    const dialog = page.getByRole('dialog', { name: 'Copy into another class' });
    await dialog.getByLabel('Class').waitFor();
    assert.deepEqual(await dialog.getByLabel('Class').locator('option').allInnerTexts(), ['Evening'], 'those that one leads, but this one');
    assert.deepEqual(await violationsOn(page), []);
    await dialog.getByRole('button', { name: 'Copy it' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('The case has been copied.').waitFor({ state: 'attached' });

    const { reader, student } = await join(stage, 'Vacarius', evening);
    await student.getByRole('link', { name: 'The flag of two halls' }).click();
    await reader.isLive();
    assert.equal(await student.locator('.card').count(), 0);
    await student.locator('.bar').getByRole('button', { name: 'Tags' }).click();
    await student.getByRole('dialog', { name: 'Tags of this case' }).getByText('Of two halls').waitFor();
  });
});

/** The dialog for sharing. */
function sharing(page: Page): Locator {
  return page.getByRole('dialog', { name: 'Share this case' });
}

/** Opens it from whichever list of cases the page shows, or else from the first page. */
async function openSharing(page: Page, title: string, url: string): Promise<void> {
  const button = page.getByRole('button', { name: `Share ${title}` });
  if (!(await button.isVisible())) {
    await page.goto(`${url}/`);
  }
  await button.click();
  await sharing(page).getByRole('region', { name: 'The class' }).locator('p:not([role])').first().waitFor();
}

/** What it says of the class, a line for each kind of member. */
async function rows(page: Page): Promise<string[]> {
  const found = await sharing(page).getByRole('list', { name: 'What the class may do' }).getByRole('listitem').allInnerTexts();
  return found.map((row) => row.replaceAll(/\s+/g, ' '));
}

/** All that stands in the page, what fields hold included. */
function everythingIn(page: Page): Promise<string> {
  return page.evaluate(() => {
    const fields = [...document.querySelectorAll<HTMLInputElement>('input, textarea')].map(({ value }) => value);
    return [document.documentElement.outerHTML, ...fields].join('\n');
  });
}

async function fromMore(page: Page, words: string): Promise<void> {
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.locator('.popover.menu:popover-open').getByRole('button', { name: words }).click();
}

function idIn(page: Page): string {
  return /\/c\/([^/?#]+)/.exec(page.url())?.[1] ?? assert.fail(`no case at ${page.url()}`);
}

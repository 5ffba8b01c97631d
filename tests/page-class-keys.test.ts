// A term begins, by keys alone: no pointer touches the page of a class.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import type { Locator, Page } from 'playwright-core';

import { focused, isFocusShown, tabTo } from './lib/focus.ts';
import { pageSuite } from './lib/page_suite.ts';
import { bringCase, foundBologna, join, teacher } from './lib/teaching.ts';
import { until } from './lib/until.ts';

/** More stops than any page here has. */
const STOPS_MAX = 120;

pageSuite('a class by keys', (stage) => {
  before(() => foundBologna(stage));

  test('a class is made, people are invited and given a role, a case is added and locked, and it is archived', async () => {
    const { page } = await teacher(stage, 'Irnerius');
    await bringCase(stage, page, 'The flag by keys');
    await page.goto(`${stage.stack.edge.url}/`);
    const { to, press, goTo, focusIsOn } = keysOf(page);
    await press('New class');
    await page.getByLabel('Name', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await focusIsOn('New class', 'where it was before the dialog');
    await page.keyboard.press('Enter');
    await to(page.getByLabel('Name', { exact: true }));
    await page.keyboard.type('Institutes, by keys');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Institutes, by keys' }).waitFor();

    await press('Add a case');
    await to(page.getByLabel('Case', { exact: true }));
    await page.keyboard.type('The flag');
    await press('Add it');
    await page.getByRole('link', { name: 'The flag by keys' }).waitFor();
    await focusIsOn('Add a case', 'where it was before the dialog');

    await goTo('People');
    await page.getByRole('heading', { name: 'Invite by link' }).waitFor();
    const { student } = await join(stage, 'Bulgarus', await copiedLink(page));
    await page.reload();
    const role = page.getByLabel('Role of Bulgarus');
    await to(role);
    await page.keyboard.type('Tutor');
    await page.getByText('Bulgarus is tutor now.').waitFor({ state: 'attached' });
    await focusIsOn('Role of Bulgarus', 'where it was');
    await student.reload();
    await student.getByRole('link', { name: 'Progress' }).waitFor();

    await goTo('Cases');
    await press('Change The flag by keys');
    await to(page.getByLabel('Open: each may do what their role allows'));
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByText('locked', { exact: true }).waitFor();
    await focusIsOn('Change The flag by keys', 'on what was pressed');

    await goTo('Settings');
    await press('Archive');
    await press('Archive it');
    await page.getByRole('button', { name: 'Open again' }).waitFor();
    await focusIsOn('Open again', 'in the place of what was pressed');
  });

  test('a class gets sections, which are renamed and removed, and its link is switched off', async () => {
    const { page } = await teacher(stage, 'Martinus');
    const { to, press, goTo, focusIsOn } = keysOf(page);
    await press('New class');
    await to(page.getByLabel('Name', { exact: true }));
    await page.keyboard.type('Code, by keys');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Code, by keys' }).waitFor();
    await goTo('People');
    await page.getByRole('heading', { name: 'Sections' }).waitFor();
    await press('New section');
    await to(page.getByLabel('Name', { exact: true }));
    await page.keyboard.type('Tuesdays');
    await page.keyboard.press('Enter');
    await page.getByText('Tuesdays', { exact: true }).waitFor();
    await focusIsOn('New section', 'on what was pressed');

    await press('Rename section Tuesdays');
    await to(page.getByLabel('Name', { exact: true }));
    await page.keyboard.press('Escape');
    await focusIsOn('Rename section Tuesdays', 'on what was pressed');
    await press('Remove section Tuesdays');
    await press('Remove the section');
    await page.getByText('Tuesdays', { exact: true }).waitFor({ state: 'detached' });
    await focusIsOn('New section', 'in the part that the section was in');

    await copiedLink(page);
    await press('Switch off');
    await press('Switch it off');
    await page.getByRole('button', { name: 'Make a link' }).waitFor();
    await focusIsOn('Make a link', 'in the place of what was pressed');
  });
});

/** Somebody at a page without a pointer. Each place that they come to shows that it has the focus. */
function keysOf(page: Page) {
  const to = async (wanted: Locator): Promise<void> => {
    await tabTo(page, wanted, STOPS_MAX);
    assert.ok(await isFocusShown(page), `one sees that the focus is on ${await focused(page)}`);
  };
  const enter = async (wanted: Locator): Promise<void> => {
    await to(wanted);
    await page.keyboard.press('Enter');
  };
  return {
    to,
    press: (name: string): Promise<void> => enter(page.getByRole('button', { name, exact: true }).last()),
    goTo: (name: string): Promise<void> => enter(page.getByRole('link', { name, exact: true })),
    focusIsOn: async (name: string, where: string): Promise<void> => {
      await until(`the focus is ${where}`, async () => (await focused(page)) === name, { explain: () => focused(page) });
      assert.ok(await isFocusShown(page), `one sees that the focus is on ${name}`);
    },
  };
}

/** The link for joining, as it comes out of the clipboard; it is made before, if there is none. */
async function copiedLink(page: Page): Promise<string> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const { press, focusIsOn } = keysOf(page);
  if (await page.getByRole('button', { name: 'Make a link' }).isVisible()) {
    await press('Make a link');
    await focusIsOn('Link', 'in the place of what was pressed');
  }
  await press('Copy the link');
  await page.getByText('The link has been copied.').waitFor({ state: 'attached' });
  await focusIsOn('Copy the link', 'where it was');
  return page.evaluate(() => navigator.clipboard.readText());
}

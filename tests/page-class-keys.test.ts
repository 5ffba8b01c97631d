// A term begins, by keys alone: no pointer touches the page of a class.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { tabTo } from './lib/focus.ts';
import { pageSuite } from './lib/page_suite.ts';
import { bringCase, foundBologna, join, teacher } from './lib/teaching.ts';
import { until } from './lib/until.ts';

pageSuite('a class by keys', (stage) => {
  before(() => foundBologna(stage));

  test('a class is made, people are invited and given a role, a case is added and locked, and it is archived', async () => {
    const { page } = await teacher(stage, 'Irnerius');
    await bringCase(stage, page, 'The flag by keys');
    await page.goto(`${stage.stack.edge.url}/`);
    const press = async (name: string | RegExp): Promise<void> => {
      await tabTo(page, page.getByRole('button', { name }).last(), 120);
      await page.keyboard.press('Enter');
    };
    const goTo = async (name: string): Promise<void> => {
      await tabTo(page, page.getByRole('link', { name, exact: true }), 120);
      await page.keyboard.press('Enter');
    };

    await press('New class');
    await page.getByLabel('Name', { exact: true }).waitFor();
    await tabTo(page, page.getByLabel('Name', { exact: true }));
    await page.keyboard.type('Institutes, by keys');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Institutes, by keys' }).waitFor();

    await press('Add a case');
    const which = page.getByLabel('Case', { exact: true });
    await tabTo(page, which);
    await page.keyboard.type('The flag');
    await press('Add it');
    await page.getByRole('link', { name: 'The flag by keys' }).waitFor();

    await goTo('People');
    const link = page.getByLabel('Link', { exact: true });
    const make = page.getByRole('button', { name: 'Make a link' });
    await make.or(link).first().waitFor();
    if (await make.isVisible()) {
      await press('Make a link');
    }
    const { student } = await join(stage, 'Bulgarus', await link.inputValue());
    await page.reload();
    await tabTo(page, page.getByLabel('Role of Bulgarus'), 120);
    await page.keyboard.type('Tutor');
    await page.getByText('Bulgarus is tutor now.').waitFor({ state: 'attached' });
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Role of Bulgarus', 'the focus stays where it was');
    await student.reload();
    await student.getByRole('link', { name: 'Progress' }).waitFor();

    await goTo('Cases');
    await press('Change The flag by keys');
    await tabTo(page, page.getByLabel('Open: each may do what their role allows'));
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByText('locked', { exact: true }).waitFor();
    await until('the focus is back on what was pressed', () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'Change The flag by keys'));

    await goTo('Settings');
    await press('Archive');
    await press('Archive it');
    await page.getByRole('button', { name: 'Open again' }).waitFor();
  });
});

// From the first page to a posted comment and beyond, without any pointer.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { annotationsIn, commentsIn } from './lib/annotations.ts';
import { caseOf } from './lib/cases.ts';
import { pageSuite } from './lib/page_suite.ts';
import type { Reader } from './lib/reader.ts';
import { until } from './lib/until.ts';

const NIGHT_DESK = 'a-rule-for-the-night-desk';

pageSuite('the page by keyboard alone', (stage) => {
  /** Somebody whose pages count every use of a pointer. */
  const withoutPointer = async (name: string): Promise<Awaited<ReturnType<typeof stage.browser.person>>> => {
    const person = await stage.browser.person(name);
    await person.context.addInitScript(() => {
      for (const event of ['pointerdown', 'mousedown', 'touchstart']) {
        addEventListener(event, () => console.error('a pointer was used'), true);
      }
    });
    return person;
  };
  const press = async ({ page }: Reader, ...keys: readonly string[]): Promise<void> => {
    for (const key of keys) {
      await page.keyboard.press(key);
    }
  };
  /** Presses Tab until the focus is on something of that name. */
  const tabTo = async (reader: Reader, name: string | RegExp, key = 'Tab'): Promise<void> => {
    for (let step = 0; step < 60; step += 1) {
      await press(reader, key);
      const focused = await reader.page.evaluate(() => {
        const at = document.activeElement;
        return at === document.body ? '' : (at?.getAttribute('aria-label') ?? at?.textContent ?? '');
      });
      if (typeof name === 'string' ? focused.includes(name) : name.test(focused)) {
        return;
      }
    }
    throw new Error(`60 Tabs do not lead to ${String(name)}`);
  };
  /** Shows the caret in the text. */
  const showCaret = async (reader: Reader): Promise<void> => {
    await press(reader, 'v');
    await reader.page.locator('.t-caret-mode').waitFor();
  };

  test('from the list of cases to a posted comment', async () => {
    const person = await withoutPointer('Azo');
    const list = await person.open('/');
    await tabTo(list, 'A rule for the night desk');
    await press(list, 'Enter');
    await list.page.getByRole('dialog').waitFor();
    await list.page.keyboard.type('Azo');
    await press(list, 'Enter');
    await list.isLive();

    await showCaret(list);
    await press(list, 'Shift+Control+ArrowRight', 'Shift+Control+ArrowRight', 'Shift+Control+ArrowRight', 'Enter');
    await list.toolbar.waitFor();
    await press(list, 'c');
    await list.page.locator('.composer textarea:focus').waitFor();
    await list.page.keyboard.type('written without a mouse');
    await press(list, 'Control+Enter');
    await list.page.locator('.comment .words', { hasText: 'written without a mouse' }).waitFor();
    await until('the room has it', async () =>
      (await commentsIn(stage.stack.edge, NIGHT_DESK)).includes('written without a mouse'));
    const { highlights } = await annotationsIn(stage.stack.edge, NIGHT_DESK);
    const [highlight] = Object.values(highlights);
    assert.match(String(highlight?.['quote']), /^User\s+I$/, 'it is what the keys have selected');
  });

  test('who has come to a link of the first page stays there when the stored cases come', async () => {
    const person = await withoutPointer('Azo');
    let answer = (): void => {};
    const mayAnswer = new Promise<void>((resolve) => (answer = resolve));
    await person.context.route('**/api/cases', async (route) => {
      await mayAnswer;
      await route.continue();
    });
    const list = await person.open('/');
    await tabTo(list, 'A rule for the night desk');
    answer();
    await list.page.getByRole('heading', { name: 'Cases', exact: true }).waitFor();
    assert.equal(await list.page.evaluate(() => document.activeElement?.textContent), 'A rule for the night desk');
  });

  test('a sentence is selected with one key and tagged from the toolbar with Tab and Enter', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await (await withoutPointer('Azo')).join(caseId);
    await showCaret(azo);
    await press(azo, 'Control+ArrowDown', 'Control+ArrowDown', 's');
    await azo.toolbar.waitFor();
    const selected = await azo.page.evaluate(() => String(getSelection()));
    await tabTo(azo, 'Decision');
    await press(azo, 'Enter');
    const card = azo.page.locator('.card.is-active');
    await card.waitFor();
    assert.equal(await card.locator('.card-tag').innerText(), 'Decision');
    assert.equal(await card.locator('.card-quote').innerText(), selected.trim());
    assert.match(selected, /\.$/);
  });

  test('cards are walked through, retagged, resolved, left and deleted by key, and deletion is undone', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const bulgarus = await stage.browser.reader('Bulgarus', caseId);
    const azo = await (await withoutPointer('Azo')).join(caseId);
    await showCaret(azo);
    await press(azo, 's', '2');
    await azo.page.locator('.card.is-active').waitFor();
    const id = (await azo.page.locator('.card.is-active').getAttribute('data-id')) ?? '';
    await bulgarus.highlight('amber warning', '4');
    await azo.page.locator('.card').nth(1).waitFor();

    await press(azo, 'n');
    await azo.page.locator('.card.is-active', { hasText: 'amber warning' }).waitFor();
    await press(azo, 'p');
    await azo.page.locator(`[id="card-${id}"].is-active`).waitFor();
    await press(azo, '5');
    await bulgarus.card(id).locator('.card-tag', { hasText: 'Reasons' }).waitFor();
    await press(azo, 'r');
    await bulgarus.card(id).locator('.card-mark', { hasText: 'Resolved' }).waitFor();
    await press(azo, 'r');
    await bulgarus.card(id).locator('.card-mark').waitFor({ state: 'detached' });

    await press(azo, 's');
    await azo.page.locator(`[id="card-${id}"]:focus`).waitFor();
    await press(azo, 'Shift+S');
    await azo.page.locator('#text *:focus').waitFor();
    await press(azo, 's');
    await tabTo(azo, 'More about this annotation');
    await press(azo, 'Enter');
    await azo.page.locator('.popover.menu:popover-open :focus').waitFor();
    await press(azo, 'ArrowUp', 'Enter');
    await bulgarus.card(id).waitFor({ state: 'detached' });
    await press(azo, 'Control+z');
    await bulgarus.card(id).waitFor();
  });

  test('digits and letters are words in a field, and no commands', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await (await withoutPointer('Azo')).join(caseId);
    await showCaret(azo);
    await press(azo, 's', 'c');
    await azo.page.locator('.composer textarea:focus').waitFor();
    await azo.page.keyboard.type('1 c n p s v r m / ?');
    assert.equal(await azo.page.locator('.composer textarea:focus').inputValue(), '1 c n p s v r m / ?');
    assert.equal(await azo.page.locator('.card').count(), 1);
    assert.equal(await azo.page.locator('.card-tag').innerText(), 'No tag');
    assert.equal(await azo.page.locator('dialog').count(), 0);
    // The field's own undo is the browser's.
    await press(azo, 'Control+z');
    assert.equal(await azo.page.locator('.card').count(), 1);
  });
});

// The page without eyes, without a pointer, and with a thumb: what no program's rules can check for us.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';

import type { Page } from 'playwright-core';

import { KEY_LINES } from '../web/src/page/keys/key_lines.ts';
import { addComment, addHighlight, spanOf } from './lib/annotating.ts';
import { Browser } from './lib/browser.ts';
import { caseOf } from './lib/cases.ts';
import { StockClient } from './lib/clients.ts';
import { reachable, walk } from './lib/focus.ts';
import { amara, atSeminar, LONG_THREAD, PHONE, phoneSheet, selectWord, startSeminar, type World } from './lib/page_states.ts';
import { PEOPLE, SEMINAR_CASE } from './lib/seminar.ts';
import { promptArchive, Stack } from './lib/stack.ts';
import { smallTargets } from './lib/targets.ts';
import { until } from './lib/until.ts';

describe('the page can be operated', () => {
  let world: World;

  before(async () => {
    const stack = await Stack.start({ variables: promptArchive });
    world = { stack, browser: await Browser.start(stack) };
    await startSeminar(world);
  });

  afterEach(() => world?.browser.empty());

  after(async () => {
    await world?.browser.stop();
    await world?.stack.stop();
  });

  test('the Tab key reaches everything, in the order of the page, and shows where it is', async () => {
    const page = await atShortCase(world);
    const stops = await walk(page);
    const wanted = await reachable(page);
    const reached = new Set(stops.map(({ order }) => order));
    assert.deepEqual(wanted.filter(({ order }) => !reached.has(order)).map(({ name }) => name), [], 'out of reach');
    assert.deepEqual(stops.map(({ order }) => order), stops.map(({ order }) => order).toSorted((a, b) => a - b));
    assert.deepEqual(stops.filter(({ isShown }) => !isShown).map(({ name }) => name), [], 'nothing shows the focus');
    assert.deepEqual(stops.filter(({ isInSight }) => !isInSight).map(({ name }) => name), [], 'focused out of sight');
    assert.deepEqual(
      stops.map(({ landmark }) => landmark).filter((landmark, index, all) => landmark !== all[index - 1]),
      ['nav', 'header', 'main', 'aside'],
    );
    assert.deepEqual(stops.slice(0, 2).map(({ name }) => name), ['a Skip to the text', 'a Skip to the annotations']);
  });

  test('of all paragraph numbers the Tab key stops at one, and the arrow keys lead on from it', async () => {
    const page = await atSeminar(world);
    const stops = page.locator('.t-number:not([tabindex="-1"])');
    const isAt = (words: string): Promise<unknown> =>
      until(`the focus is on "${words}"`, () => page.evaluate((wanted) => document.activeElement?.getAttribute('aria-label') === wanted, words), {
        explain: () => page.evaluate(() => String(document.activeElement?.outerHTML.slice(0, 120))),
      });
    assert.ok((await page.locator('.t-number').count()) > 300);
    assert.deepEqual(await stops.allInnerTexts(), ['1']);
    await page.locator('.t-contents summary').focus();
    await page.keyboard.press('Tab');
    await isAt('Paragraph 1');
    // What listens to the arrow keys is fetched with the first focus in the text.
    await until('the arrow keys lead on', async () => {
      await page.keyboard.press('ArrowDown');
      return page.evaluate(() => document.activeElement?.getAttribute('aria-label') !== 'Paragraph 1');
    });
    await page.keyboard.press('ArrowUp');
    await isAt('Paragraph 1');
    await page.keyboard.press('ArrowUp');
    await isAt('Paragraph 323');
    assert.deepEqual(await stops.allInnerTexts(), ['323']);
    await page.keyboard.press('Enter');
    assert.equal(new URL(page.url()).hash, '#p323');
  });

  test('the skip links lead to the text and to the annotations', async () => {
    const page = await atSeminar(world);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await focusIsWithin(page, '#text');
    await page.locator('.skip').nth(1).focus();
    await page.keyboard.press('Enter');
    await focusIsWithin(page, '#annotations');
    await page.keyboard.press('Tab');
    await focusIsWithin(page, '#card-h-0');
  });

  test('it has one heading of the first level, and each landmark once, by name where there are several', async () => {
    const page = await atSeminar(world);
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
    for (const landmark of ['banner', 'main', 'search'] as const) {
      assert.equal(await page.getByRole(landmark).count(), 1, landmark);
    }
    assert.equal(await page.getByRole('complementary', { name: /annotations$/i }).count(), 1);
    assert.equal(await page.getByRole('navigation', { name: 'Skip' }).count(), 1);
    const levels = await page.locator('h1, h2, h3, h4, h5, h6').evaluateAll((all) => all.map(({ localName }) => Number(localName[1])));
    assert.deepEqual(levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1), [], 'a level is left out');
  });

  test('a button at each annotated paragraph says how many annotations it has, and leads to them one by one', async () => {
    const page = await atSeminar(world);
    const names = await page.locator('.paragraph-button').evaluateAll((all) => all.map((button) => button.getAttribute('aria-label')));
    assert.deepEqual(names.slice(0, 3), ['1 annotation on paragraph 1', '1 annotation on paragraph 2', '3 annotations on paragraph 3']);
    const paragraphs = await page.locator('.card-para').evaluateAll((all) => all.map(({ textContent }) => textContent));
    assert.equal(names.length, new Set(paragraphs).size, 'one for each paragraph');
    const inWords = await page.locator('.t-body').evaluateAll((bodies) => bodies.filter((body) => body.querySelector('button') !== null).length);
    assert.equal(inWords, 0, 'none amid the words');

    const button = page.getByRole('button', { name: '3 annotations on paragraph 3' });
    for (const card of ['#card-h-2', '#card-h-4', '#card-h-3', '#card-h-2']) {
      await button.focus();
      await page.keyboard.press('Enter');
      await focusIsWithin(page, card);
    }
  });

  test('a question mark lists every key', async () => {
    const page = await atSeminar(world);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    const lines = await page.locator('.keys > div').allInnerTexts();
    assert.equal(lines.length, KEY_LINES.length);
    KEY_LINES.forEach(({ keys, does }, index) => {
      for (const words of [...keys.filter((key) => key !== '…'), does]) {
        assert.ok(lines[index]?.includes(words), `${words} in ${lines[index]}`);
      }
    });
  });

  test('single keys can be switched off, and then letters and digits do nothing', async () => {
    const page = await atSeminar(world, {}, LONG_THREAD);
    await page.keyboard.press('?');
    await page.getByLabel(/^Single keys work/).uncheck();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.locator('#card-h-3').focus();
    const before = await standing(page);
    for (const key of ['1', '0', 'c', 'n', 'p', 's', 'Shift+S', 'v', 'r', 'm', '/', '?']) {
      await page.keyboard.press(key);
      assert.deepEqual(await standing(page), before, `after ${key}`);
    }
    await page.reload();
    await page.locator('.card article').first().waitFor();
    await page.keyboard.press('m');
    // Keys with Ctrl and the Escape key work all the same, and the reload has not forgotten the choice.
    await selectWord(page);
    await page.keyboard.press('1');
    assert.equal(await page.locator('.card').count(), 18);
    await page.keyboard.press('Escape');
    await page.locator('.selection-bar').waitFor({ state: 'detached' });
    assert.equal(await page.locator('#notes').count(), 0);
  });

  test('what others do is announced in one sentence at a time, and not at all when that is switched off', async () => {
    const page = await atSeminar(world);
    const said = await listen(page);
    const other = await StockClient.join(world.stack.edge.syncUrl, SEMINAR_CASE, { user: PEOPLE.rui.id });
    for (const words of ['one', 'two', 'three', 'four', 'five']) {
      addComment(other.doc, 'h-12', words, PEOPLE.rui);
    }
    await until('the five are announced', async () => (await said()).length > 0);
    assert.deepEqual(await said(), ['5 new comments.']);

    await page.keyboard.press('?');
    await page.getByLabel(/^Screen readers are told/).uncheck();
    addComment(other.doc, 'h-13', 'unheard', PEOPLE.rui);
    await page.locator('#card-h-13', { hasText: 'unheard' }).waitFor();
    await page.getByLabel(/^Screen readers are told/).check();
    addComment(other.doc, 'h-14', 'heard', PEOPLE.rui);
    // Had the one before been counted, it would have been said by now, or with this one.
    await until('the last is announced', async () => (await said()).length > 1);
    addComment(other.doc, 'h-15', 'heard too', PEOPLE.rui);
    await until('so is another', async () => (await said()).length > 2);
    assert.deepEqual(await said(), ['5 new comments.', '1 new comment.', '1 new comment.']);
    other.leave();
  });

  test('under a thumb everything is at least 44 px large, but for links within text', async () => {
    const page = await atSeminar(world, PHONE);
    // Away from both bars, which would lie over what is measured.
    await page.locator('#p3').evaluate((paragraph) => paragraph.scrollIntoView({ block: 'center', behavior: 'instant' }));
    assert.deepEqual(await smallTargets(page), [], 'the text');
    await page.getByRole('button', { name: 'More', exact: true }).tap();
    await page.locator('.menu:popover-open button').first().waitFor();
    assert.deepEqual(await smallTargets(page), [], 'the menu');
    await world.browser.empty();

    const sheet = await phoneSheet(world);
    await sheet.locator('#card-h-0 .card-title').tap();
    await sheet.locator('#card-h-0 .composer').waitFor();
    await sheet.locator('#card-h-0 .composer textarea').fill('A word');
    assert.deepEqual(await smallTargets(sheet), [], 'the cards');
    await world.browser.empty();

    const selecting = await atSeminar(world, PHONE);
    await selectWord(selecting);
    assert.deepEqual(await smallTargets(selecting), [], 'the toolbar at a selection');
    await world.browser.empty();

    for (const [button, what] of [['Filter', '.filter'], ['Tags', '.tag-list']] as const) {
      const other = await atSeminar(world, PHONE);
      await other.getByRole('button', { name: button, exact: true }).tap();
      await other.locator(what).first().waitFor();
      assert.deepEqual(await smallTargets(other), [], button);
      await world.browser.empty();
    }
  });
});

/** A case of twelve paragraphs with three annotations, the second of them open. */
async function atShortCase(world: World): Promise<Page> {
  const caseId = await caseOf(world.stack.edge);
  const { page } = await (await amara(world)).join(caseId);
  const text = await page.locator('.t-body').allInnerTexts();
  const writer = await StockClient.join(world.stack.edge.syncUrl, caseId, { user: PEOPLE.mei.id });
  for (const [index, paragraph] of [0, 0, 5].entries()) {
    const words = text[paragraph]?.slice(0, 40) ?? '';
    const id = addHighlight(writer.doc, text.join('\n\n'), spanOf(text.join('\n\n'), words), PEOPLE.mei, { id: `short-${index}` });
    addComment(writer.doc, id, 'Something to answer to.', PEOPLE.mei);
  }
  await page.locator('#card-short-1 .card-title').click();
  await page.locator('#card-short-1 .composer').waitFor();
  await page.locator('#card-short-2 article').waitFor();
  writer.leave();
  return page;
}

/** Waits until the focus is on or in an element. */
async function focusIsWithin(page: Page, selector: string): Promise<void> {
  await until(`the focus is in ${selector}`, () => page.evaluate((wanted) => document.activeElement?.closest(wanted) !== null, selector), {
    explain: () => page.evaluate(() => `it is on ${document.activeElement?.outerHTML.slice(0, 120)}`),
  });
}

/** What a key could have changed. */
async function standing(page: Page): Promise<unknown> {
  return page.evaluate(() => ({
    active: document.querySelector('.card.is-active')?.id,
    tag: document.querySelector('.card.is-active .card-tag')?.textContent,
    isResolved: document.querySelector('.card.is-active.is-resolved') !== null,
    focus: document.activeElement?.id,
    dialogs: document.querySelectorAll('dialog, .selection-bar, .notes-panel').length,
    caret: document.querySelector('[role="status"]')?.textContent?.includes('Caret'),
  }));
}

/** Gathers what the live region says of others. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const region = document.querySelector('[data-testid="tidings"]');
    const heard: string[] = [];
    Object.assign(window, { heard });
    let last = region?.textContent ?? '';
    new MutationObserver(() => {
      const words = region?.textContent ?? '';
      if (words !== '' && words !== last) {
        heard.push(words.trim());
      }
      last = words;
    }).observe(region ?? document.body, { childList: true, characterData: true, subtree: true });
  });
  return () => page.evaluate(() => [...(window as unknown as { heard: string[] }).heard]);
}

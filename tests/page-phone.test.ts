// A phone: selecting with a finger, the drawer of cards, and everything that has to fit.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { annotationsIn, commentsIn } from './lib/annotations.ts';
import type { PersonOptions } from './lib/browser.ts';
import { caseOf } from './lib/cases.ts';
import { pageSuite } from './lib/page_suite.ts';
import type { Reader } from './lib/reader.ts';
import { until } from './lib/until.ts';

const PHONE: PersonOptions = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

pageSuite('the page on a phone', (stage) => {
  test('words that are pressed long and widened by their handles are tagged with a tap', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const [azo, bulgarus] = await Promise.all([
      stage.browser.reader('Azo', caseId, PHONE),
      stage.browser.reader('Bulgarus', caseId),
    ]);
    await longPress(azo, 'bridge');
    await azo.toolbar.waitFor();
    await dragHandles(azo, 'closed the bridge');
    await azo.toolbar.locator('.bar-tag', { hasText: 'Legally relevant facts' }).tap();
    await bulgarus.paints('closed the bridge', /amber/);
    const { highlights } = await annotationsIn(stage.stack.edge, caseId);
    assert.deepEqual(Object.values(highlights).map(({ quote }) => quote), ['closed the bridge']);
  });

  test('the toolbar of a finger stands within the screen and not over the words', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId, PHONE);
    for (const words of ['Before', 'quay', 'agreed']) {
      await longPress(azo, words);
      await azo.toolbar.waitFor();
      const bar = await azo.toolbar.boundingBox();
      const { from, to } = await placeOfSelection(azo);
      assert.ok(bar !== null);
      assert.ok(bar.x >= 0 && bar.x + bar.width <= 390 && bar.y >= 0 && bar.y + bar.height <= 780, JSON.stringify(bar));
      assert.ok(bar.y >= to.y || bar.y + bar.height <= from.y, `the bar ${JSON.stringify(bar)} lies over ${words}`);
      await azo.page.evaluate(() => getSelection()?.removeAllRanges());
      await azo.toolbar.waitFor({ state: 'detached' });
    }
  });

  test('a tap on a highlight opens its card in the drawer, where one comments; the words stay in sight', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const [azo, bulgarus] = await Promise.all([
      stage.browser.reader('Azo', caseId, PHONE),
      stage.browser.reader('Bulgarus', caseId),
    ]);
    const id = await bulgarus.highlight('more convenient of them');
    await azo.paints('more convenient of them', /azure/);
    const { middle } = await azo.placeOf('more convenient of them');
    await azo.page.touchscreen.tap(middle.x, middle.y);
    const drawer = azo.page.locator('#annotations.is-open');
    await drawer.waitFor();
    await azo.composer(id).tap();
    await azo.page.keyboard.type('from a phone');
    await azo.card(id).getByRole('button', { name: 'Comment', exact: true }).tap();
    await bulgarus.openCard(id);
    await bulgarus.card(id).locator('.words', { hasText: 'from a phone' }).waitFor();
    assert.deepEqual(await commentsIn(stage.stack.edge, caseId), ['from a phone']);
    const words = await azo.page.evaluate(() => {
      const body = [...document.querySelectorAll('#text .t-body')].find((each) => each.textContent?.includes('more convenient'));
      return body?.getBoundingClientRect().top ?? -1;
    });
    const top = (await drawer.boundingBox())?.y ?? 0;
    assert.ok(words >= 0 && words < top, `the paragraph stands at ${words}, the drawer begins at ${top}`);
    await azo.page.getByRole('button', { name: 'Close the annotations' }).tap();
    await drawer.waitFor({ state: 'detached' });
  });

  test('nothing is wider than the screen, and panels open from the lower edge', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId, PHONE);
    const isNarrow = async (): Promise<boolean> => azo.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    assert.ok(await isNarrow());
    const panels = azo.page.getByRole('navigation', { name: 'Panels' });
    await panels.getByRole('button', { name: 'Notes' }).tap();
    await azo.page.locator('#notes').fill('from a phone');
    await until('the room has it', async () => (await annotationsIn(stage.stack.edge, caseId)).notes === 'from a phone');
    assert.ok(await isNarrow());
    await azo.page.getByRole('button', { name: 'Close the notes' }).tap();
    await panels.getByRole('button', { name: 'Search' }).tap();
    await azo.page.locator('#search:focus').waitFor();
    assert.ok(await isNarrow());
  });
});

/**
 * Presses a word long. Chromium selects nothing by itself where there is no touch screen, so the system's part is played:
 * after the finger is down the word is selected, the pointer is taken away, and the system shows its menu.
 */
async function longPress(reader: Reader, word: string): Promise<void> {
  const { middle } = await reader.placeOf(word);
  const touch = await reader.page.context().newCDPSession(reader.page);
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [middle] });
  await selectAsTheSystemDoes(reader, word);
  await touch.send('Input.dispatchTouchEvent', { type: 'touchCancel', touchPoints: [] });
  await reader.page.evaluate(({ x, y }) => {
    document.elementFromPoint(x, y)?.dispatchEvent(new PointerEvent('contextmenu', { bubbles: true, pointerType: 'touch' }));
  }, middle);
  await touch.detach();
}

/** Drags the handles of a selection, which pages see only as changes of the selection. */
async function dragHandles(reader: Reader, words: string): Promise<void> {
  await selectAsTheSystemDoes(reader, words);
}

async function selectAsTheSystemDoes(reader: Reader, words: string): Promise<void> {
  await reader.page.evaluate((wanted) => {
    const nodes = document.createTreeWalker(document.querySelector('#text') ?? document, NodeFilter.SHOW_TEXT);
    for (let node = nodes.nextNode(); node !== null; node = nodes.nextNode()) {
      const at = (node.textContent ?? '').indexOf(wanted);
      if (at >= 0 && node.parentElement?.closest('.t-body') !== null) {
        getSelection()?.setBaseAndExtent(node, at, node, at + wanted.length);
        return;
      }
    }
    throw new Error(`the text has no words "${wanted}"`);
  }, words);
}

async function placeOfSelection(reader: Reader): Promise<{ from: { y: number }; to: { y: number } }> {
  return reader.page.evaluate(() => {
    const box = getSelection()?.getRangeAt(0).getBoundingClientRect();
    return { from: { y: box?.top ?? 0 }, to: { y: box?.bottom ?? 0 } };
  });
}

// Texts that are hard to count in: characters of two units, combining marks, joined emoji, right-to-left words. On the page
// itself, and claim by claim on the text's own modules in a real browser.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Page } from 'playwright-core';

import { textPage } from '../web/test/browser/bundle.ts';
import { annotationsIn } from './lib/annotations.ts';
import type { PersonOptions } from './lib/browser.ts';
import { caseOf } from './lib/cases.ts';
import { claimsHold } from './lib/claims.ts';
import { pageSuite } from './lib/page_suite.ts';
import { until } from './lib/until.ts';

const HARD = [
  '[1] The judge 👩‍⚖️ and the family 👨‍👩‍👧‍👦 stood before the flag 🇨🇭 of 𝑝𝑜𝑙𝑖𝑡𝑦.',
  '[2] A cafe\u0301 in Zu\u0308rich, na\u00EFve and o\u0302\u0323ften combined.',
  '[3] The court said “שלום עליכם” to the parties, and the parties said “عدالة للجميع” in turn.',
  '[4] בית המשפט דחה את הערעור ללא צו להוצאות.',
  '[5] The end 😀 of it.',
].join('\n\n');
const HARD_TEXT = HARD.replaceAll(/^\[\d+\] /gm, '');

pageSuite('texts that are hard to count in', (stage) => {
  for (const [way, options] of [['ranges', {}], ['marks', { withoutHighlightApi: true }]] as const) {
    hardClaims(way, options);
  }

  test('a selection may begin on a link in the text, and the link is followed by a click only', async () => {
    const caseId = await caseOf(stage.stack.edge, '[1] The flag was yellow.\n\n[2] As was said at [1], it came down at four.');
    const azo = await stage.browser.reader('Azo', caseId);
    const link = azo.page.locator('#text .t-body a');
    const address = await link.getAttribute('href');
    assert.equal(address, '#p1');
    const words = `${await link.innerText()}, it came down`;
    await azo.select(words);
    assert.equal(await azo.page.evaluate(() => String(getSelection())), words);
    assert.deepEqual([await link.getAttribute('href'), new URL(azo.page.url()).hash], [address, '']);
    await azo.page.keyboard.press('1');
    await azo.paints(words, /azure/);
    await azo.page.keyboard.press('Escape');
    await link.click();
    await until('the address leads to the paragraph', () => new URL(azo.page.url()).hash === address);
  });

  test('what the text’s modules promise holds in a real browser', async () => {
    const person = await stage.browser.person('Azo');
    // A document without any policy or request of its own.
    const page = await person.context.newPage();
    await page.setContent(await textPage());
    await claimsHold(page, 20);
  });

  function hardClaims(way: string, options: PersonOptions): void {
    test(`painted by ${way}, every selection is stored as exactly the units that it covers, and painted so for others`, async () => {
      const caseId = await caseOf(stage.stack.edge, HARD);
      const [azo, bulgarus] = await stage.browser.pair(caseId, options);
      const selections = [
        ['👨‍👩‍👧‍👦 stood', '1'],
        ['🇨🇭 of 𝑝𝑜𝑙𝑖𝑡𝑦', '2'],
        ['cafe\u0301 in Zu\u0308rich', '3'],
        ['o\u0302\u0323ften', '4'],
        ['😀 of', '5'],
        ['judge 👩‍⚖️ … Zu\u0308rich', '6'],
      ] as const;
      for (const [words, key] of selections) {
        await azo.highlight(words, key);
      }
      const { highlights } = await annotationsIn(stage.stack.edge, caseId);
      const stored = Object.values(highlights);
      for (const { start, end, quote, prefix, suffix } of stored) {
        assert.equal(HARD_TEXT.slice(Number(start), Number(end)), quote);
        assert.ok(HARD_TEXT.slice(0, Number(start)).endsWith(String(prefix)));
        assert.ok(HARD_TEXT.slice(Number(end)).startsWith(String(suffix)));
        assert.ok([quote, prefix, suffix].every((part) => String(part).isWellFormed()), 'no half of a pair is stored');
      }
      const wanted = selections.map(([words]) => {
        const [first = '', last = first] = words.split(' … ');
        return HARD_TEXT.slice(HARD_TEXT.indexOf(first), HARD_TEXT.indexOf(last) + last.length);
      });
      assert.deepEqual(stored.map(({ quote }) => quote).toSorted(), wanted.toSorted());
      await bulgarus.paints('o\u0302\u0323ften', /coral/);
      await bulgarus.paints('😀 of', /green/);
      await bulgarus.paints('cafe\u0301 in Zu\u0308rich', /amber/);
    });

    test(`painted by ${way}, right-to-left words are stored and painted as they read`, async () => {
      const caseId = await caseOf(stage.stack.edge, HARD);
      const [azo, bulgarus] = await stage.browser.pair(caseId, options);
      for (const [words, key] of [['שלום עליכם', '1'], ['عدالة للجميع', '2'], ['דחה את הערעור', '3']] as const) {
        await selectByKeys(azo.page, words);
        await azo.toolbar.waitFor();
        await azo.page.keyboard.press(key);
        await azo.card(words).waitFor();
        await bulgarus.paints(words, /azure|violet|amber/);
      }
      const { highlights } = await annotationsIn(stage.stack.edge, caseId);
      for (const { start, end, quote } of Object.values(highlights)) {
        assert.equal(HARD_TEXT.slice(Number(start), Number(end)), quote);
      }
      assert.equal(await azo.card('דחה את הערעור').locator('.card-quote').evaluate((quote) => getComputedStyle(quote).direction), 'rtl');
    });
  }
});

/** Selects words as the browser's own selection would be after Shift and arrows, which in two directions a mouse cannot. */
async function selectByKeys(page: Page, words: string): Promise<void> {
  await page.keyboard.down('Shift');
  await page.evaluate((wanted) => {
    const body = [...document.querySelectorAll('#text .t-body')].find((each) => each.textContent?.includes(wanted) === true);
    const nodes = document.createTreeWalker(body ?? document, NodeFilter.SHOW_TEXT);
    const at = body?.textContent?.indexOf(wanted) ?? -1;
    const ends = [at, at + wanted.length].map((offset) => ({ offset, node: null as Node | null, within: 0 }));
    let passed = 0;
    for (let node = nodes.nextNode(); node !== null; node = nodes.nextNode()) {
      const { length } = node as Text;
      for (const end of ends) {
        if (end.node === null && end.offset <= passed + length) {
          [end.node, end.within] = [node, end.offset - passed];
        }
      }
      passed += length;
    }
    const [from, to] = ends;
    getSelection()?.setBaseAndExtent(from?.node ?? document, from?.within ?? 0, to?.node ?? document, to?.within ?? 0);
  }, words);
  await page.keyboard.up('Shift');
}

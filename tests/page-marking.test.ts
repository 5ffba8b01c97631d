// Highlighting, with both ways to paint: with the CSS Custom Highlight API, and with <mark> where a browser has none.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { annotationsIn, projectedQuotes } from './lib/annotations.ts';
import type { PersonOptions } from './lib/browser.ts';
import { caseOf } from './lib/cases.ts';
import { pageSuite, type PageStage } from './lib/page_suite.ts';
import { until } from './lib/until.ts';

pageSuite('highlighting', (stage) => {
  marking(stage, 'painted by ranges', {});
  marking(stage, 'painted by marks', { withoutHighlightApi: true });

  test('a page paints with marks only where the browser has no highlights of its own', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId);
    const old = await stage.browser.reader('Odofredus', caseId, { withoutHighlightApi: true });
    await azo.highlight('amber warning');
    await old.paints('amber warning', /g-mark/);
    assert.equal(await azo.page.locator('#text mark').count(), 0);
  });
});

function marking(stage: PageStage, way: string, options: PersonOptions): void {
  const claim = (name: string, check: (caseId: string) => Promise<void>): void => {
    test(`${way}, ${name}`, async () => check(await caseOf(stage.stack.edge)));
  };

  claim('a highlight in one page appears in the other, and in the projection', async (caseId) => {
    const [azo, bulgarus] = await stage.browser.pair(caseId, options);
    const id = await azo.highlight('closed the bridge', '3');
    await bulgarus.paints('closed the bridge', /amber.*solid/);
    await bulgarus.card(id).locator('.card-tag', { hasText: 'Legally relevant facts' }).waitFor();
    assert.equal(await bulgarus.card(id).locator('.card-quote').innerText(), 'closed the bridge');
    assert.match(await bulgarus.card(id).innerText(), /Azo/);
    assert.match(await bulgarus.card(id).locator('.card-para').innerText(), /3/);
    const { database } = stage.stack;
    await until('Postgres has it', async () => (await projectedQuotes(database, caseId)).join() === 'closed the bridge');
  });

  claim('a selection over three paragraphs is stored and painted exactly', async (caseId) => {
    const [azo, bulgarus] = await stage.browser.pair(caseId, options);
    const id = await azo.highlight('told the pilots … the world through', '4');
    const stored = (await annotationsIn(stage.stack.edge, caseId)).highlights[id];
    assert.match(String(stored?.['quote']), /^told the pilots either\.\n\nThe trial judge[^]*all the same\.\n\nThere is[^]*the world through$/);
    for (const words of ['told the pilots either.', 'no duty of care', 'the world through']) {
      await bulgarus.paints(words, /coral.*wavy/);
    }
  });

  claim('retagging changes the look and the card everywhere', async (caseId) => {
    const [azo, bulgarus] = await stage.browser.pair(caseId, options);
    const id = await azo.highlight('amber warning', '1');
    await bulgarus.paints('amber warning', /azure.*solid/);
    // The card is open, so a tag's key means it.
    await azo.page.keyboard.press('7');
    await bulgarus.paints('amber warning', /rose.*double/);
    await bulgarus.card(id).locator('.card-tag', { hasText: 'Decision' }).waitFor();
    await azo.card(id).getByLabel('Change the tag').selectOption('No tag');
    await bulgarus.paints('amber warning', /slate.*solid/);
  });

  claim('a highlight is given other words, and is nowhere else then', async (caseId) => {
    const [azo, bulgarus] = await stage.browser.pair(caseId, options);
    const id = await azo.highlight('amber warning');
    await azo.fromMenu(id, 'Mark other words…');
    await azo.select('withdrew the amber warning at once');
    await azo.page.getByRole('button', { name: 'Mark these words instead' }).click();
    await bulgarus.paints('withdrew the amber warning at once', /azure/);
    await bulgarus.card(id).locator('.card-quote', { hasText: /^withdrew the amber warning at once$/ }).waitFor();
    const { highlights } = await annotationsIn(stage.stack.edge, caseId);
    assert.deepEqual(Object.keys(highlights), [id]);
  });

  claim('undo takes back one’s own highlight and not the other’s, and redo brings it back', async (caseId) => {
    const [azo, bulgarus] = await stage.browser.pair(caseId, options);
    const mine = await azo.highlight('closed the bridge');
    const theirs = await bulgarus.highlight('amber warning', '2');
    await azo.card(theirs).waitFor();
    await azo.page.keyboard.press('Control+z');
    await bulgarus.card(mine).waitFor({ state: 'detached' });
    await azo.page.keyboard.press('Control+z');
    await azo.paints('amber warning', /violet/);
    await azo.page.keyboard.press('Control+Shift+z');
    await bulgarus.paints('closed the bridge', /azure/);
    assert.equal(await bulgarus.card(theirs).count(), 1);
  });

  claim('deleting removes card and paint everywhere, and the notice’s undo brings the comments back too', async (caseId) => {
    const [azo, bulgarus] = await stage.browser.pair(caseId, options);
    const id = await azo.highlight('closed the bridge');
    await azo.comment(id, 'At noon, of all times.');
    await azo.fromMenu(id, 'Delete annotation');
    await bulgarus.card(id).waitFor({ state: 'detached' });
    await until('nothing is painted', async () => (await bulgarus.painted()).length === 0);
    await azo.page.locator('.notice').getByRole('button', { name: 'Undo' }).click();
    await bulgarus.paints('closed the bridge', /azure/);
    await bulgarus.openCard(id);
    assert.deepEqual(await bulgarus.commentsIn(id), ['At noon, of all times.']);
  });

  claim('overlapping highlights are told apart: a click opens the smallest and offers the others', async (caseId) => {
    const [azo, bulgarus] = await stage.browser.pair(caseId, options);
    const long = await azo.highlight('the harbour master closed the bridge', '1');
    const short = await bulgarus.highlight('closed the bridge', '3');
    const inner = await bulgarus.highlight('the bridge', '5');
    await azo.card(inner).waitFor();
    await azo.page.keyboard.press('Escape');
    await azo.clickText('bridge');
    const chooser = azo.page.getByRole('group', { name: '3 annotations here' });
    await chooser.waitFor();
    assert.equal(await azo.page.locator('.card.is-active').getAttribute('data-id'), inner);
    assert.deepEqual(await chooser.locator('.chooser-quote').allInnerTexts(), [
      'the bridge', 'closed the bridge', 'the harbour master closed the bridge',
    ]);
    await chooser.getByRole('button').nth(2).click();
    await azo.page.locator(`[id="card-${long}"].is-active`).waitFor();
    await azo.page.keyboard.press('Escape');
    // Clicks at one place go round.
    for (const id of [inner, short, long, inner]) {
      await azo.clickText('bridge');
      await azo.page.locator(`[id="card-${id}"].is-active`).waitFor();
      await azo.page.keyboard.press('Escape');
      await chooser.waitFor({ state: 'detached' });
    }
  });

  claim('words stay selectable and anchor exactly where highlights lie already', async (caseId) => {
    const azo = await stage.browser.reader('Azo', caseId, options);
    await azo.highlight('the harbour master closed the bridge');
    await azo.highlight('master closed', '2');
    const id = await azo.highlight('noon the harbour master clo', '3');
    const { highlights } = await annotationsIn(stage.stack.edge, caseId);
    const { quote, prefix, suffix } = highlights[id] ?? {};
    assert.deepEqual({ quote, prefix, suffix }, {
      quote: 'noon the harbour master clo',
      prefix: 'he strait was fit to cross.\n\nAt ',
      suffix: 'sed the bridge. Nobody had told ',
    });
  });
}

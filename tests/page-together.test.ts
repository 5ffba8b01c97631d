// Two and three people in one case: discussing a highlight, each other's tags, and what must not move or vanish while
// somebody else writes.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Locator } from 'playwright-core';

import { annotationsIn, commentsIn, projectedComments, writeComment, writeHighlight } from './lib/annotations.ts';
import { caseOf } from './lib/cases.ts';
import { StockClient } from './lib/clients.ts';
import { pageSuite } from './lib/page_suite.ts';
import { until } from './lib/until.ts';

pageSuite('discussing a case', (stage) => {
  test('a comment appears at once while the other types in the same card, whose words, caret, focus and nodes stay', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const [azo, bulgarus] = await stage.browser.pair(caseId);
    const id = await azo.highlight('closed the bridge');
    await azo.comment(id, 'At noon?');
    await bulgarus.openCard(id);
    const field = bulgarus.composer(id);
    await field.pressSequentially('A half-written thought');
    for (let step = 0; step < 8; step += 1) {
      await field.press('ArrowLeft');
    }
    const nodes = await nodesOf(bulgarus.card(id), field, bulgarus.card(id).locator('.comment').first());
    const before = await typingIn(field);
    assert.equal(before.caret, 'A half-written thought'.length - 8);

    await azo.comment(id, 'And why was nobody told?');
    await bulgarus.card(id).locator('.comment .words', { hasText: 'why was nobody told' }).waitFor();
    assert.deepEqual(await typingIn(field), before);
    await nodes.areTheSame();

    await bulgarus.page.keyboard.type('!');
    assert.equal(await field.inputValue(), 'A half-written! thought');
  });

  test('nothing that others do to a card takes the caret from it: retag, edit, resolve, reply, extend', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const [azo, bulgarus] = await stage.browser.pair(caseId);
    const id = await azo.highlight('closed the bridge');
    await azo.comment(id, 'At noon?');
    await bulgarus.openCard(id);
    const field = bulgarus.composer(id);
    await field.pressSequentially('unfinished');
    await field.press('Home');
    const nodes = await nodesOf(bulgarus.card(id), field);
    const before = await typingIn(field);

    await azo.card(id).getByLabel('Change the tag').selectOption('Decision');
    await bulgarus.card(id).locator('.card-tag', { hasText: 'Decision' }).waitFor();
    const comment = azo.card(id).locator('.comment').first();
    await comment.getByRole('button', { name: 'Edit' }).click();
    await azo.card(id).getByLabel('Change the comment').fill('At noon sharp?');
    await azo.card(id).getByRole('button', { name: 'Save' }).click();
    await bulgarus.card(id).locator('.words', { hasText: 'At noon sharp?' }).waitFor();
    await bulgarus.card(id).locator('.mark', { hasText: 'edited' }).waitFor();
    await comment.getByRole('button', { name: 'Reply' }).click();
    await azo.card(id).getByLabel('Reply to Azo').fill('Sharp indeed.');
    await azo.card(id).getByLabel('Reply to Azo').press('Control+Enter');
    await bulgarus.card(id).locator('[data-depth="1"] .words', { hasText: 'Sharp indeed.' }).waitFor();
    await azo.card(id).getByRole('button', { name: 'Resolve' }).click();
    await bulgarus.card(id).locator('.card-mark', { hasText: 'Resolved' }).waitFor();
    await azo.fromMenu(id, 'Mark other words…');
    await azo.select('harbour master closed the bridge');
    await azo.page.getByRole('button', { name: 'Mark these words instead' }).click();
    await bulgarus.card(id).locator('.card-quote', { hasText: /^harbour master closed/ }).waitFor();

    assert.deepEqual(await typingIn(field), before);
    await nodes.areTheSame();
  });

  test('cards that others add above and below move neither what one reads nor the card one writes into', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId, { viewport: { width: 1280, height: 420 } });
    const id = await azo.highlight('more convenient of them');
    const client = await StockClient.join(stage.stack.edge.syncUrl, caseId);
    await azo.composer(id).pressSequentially('unfinished');
    const nodes = await nodesOf(azo.card(id), azo.composer(id), azo.page.locator('#text'));
    const before = await placeOf(azo.composer(id));
    const text = await textOf(azo.page.locator('#text .t-body'));
    for (const words of ['Before dawn', 'thirty passengers', 'the pilots', 'duty of care', 'rightly so', 'costs to be agreed']) {
      const start = text.indexOf(words);
      writeHighlight(client, { start, end: start + words.length, quote: words, tag: 'tag-reasons' });
    }
    await until('seven cards', async () => (await azo.page.locator('.card').count()) === 7);
    await throughoutFrames(azo.page.locator('.card'), async () => {
      assert.deepEqual(await placeOf(azo.composer(id)), before);
    });
    await nodes.areTheSame();
    const order = await azo.page.locator('.card .card-quote').allInnerTexts();
    assert.deepEqual(order.toSorted((a, b) => text.indexOf(a) - text.indexOf(b)), order, 'cards follow the text');
  });

  test('cards that others add do not move the one that is read', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId, { viewport: { width: 1280, height: 420 } });
    const id = await azo.highlight('more convenient of them');
    await azo.page.keyboard.press('Escape');
    await azo.page.locator('.card.is-active').waitFor({ state: 'detached' });
    await azo.placeOf('more convenient of them');
    const topOf = (): Promise<number> => azo.card(id).evaluate((card) => card.getBoundingClientRect().top);
    const before = await topOf();
    const text = await textOf(azo.page.locator('#text .t-body'));
    const client = await StockClient.join(stage.stack.edge.syncUrl, caseId);
    for (const words of ['The master had', 'before her', 'two accounts', 'of one sea', 'and chose']) {
      const start = text.indexOf(words);
      writeHighlight(client, { start, end: start + words.length, quote: words, tag: 'tag-reasons' });
      await azo.card(words).waitFor();
    }
    await throughoutFrames(azo.page.locator('.card'), async () => assert.equal(await topOf(), before));
  });

  test('a comment reaches the room and the projection', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId);
    const id = await azo.highlight('closed the bridge');
    await azo.comment(id, 'At noon 😀?');
    assert.deepEqual(await commentsIn(stage.stack.edge, caseId), ['At noon 😀?']);
    const { database } = stage.stack;
    await until('Postgres has it', async () => (await projectedComments(database, caseId)).join() === 'At noon 😀?');
  });

  test('blank comments are ignored', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId);
    const id = await azo.highlight('closed the bridge');
    const field = azo.composer(id);
    for (const blank of ['', '   ', '\n\n\t', '\u00A0\u2003']) {
      await field.fill(blank);
      await field.press('Control+Enter');
    }
    assert.deepEqual(await azo.page.locator('.notice').allInnerTexts(), []);
    await azo.comment(id, 'a word');
    assert.deepEqual(await azo.commentsIn(id), ['a word']);
    assert.deepEqual(await commentsIn(stage.stack.edge, caseId), ['a word']);
  });

  test('a half-written comment, reply and change survive a reload, and a posted one leaves no draft', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId);
    const id = await azo.highlight('closed the bridge');
    await azo.comment(id, 'posted');
    await azo.composer(id).pressSequentially('half a com');
    const comment = azo.card(id).locator('.comment').first();
    await comment.getByRole('button', { name: 'Reply' }).click();
    await azo.card(id).getByLabel('Reply to Azo').pressSequentially('half a reply');
    await azo.reload();
    await azo.openCard(id);
    assert.equal(await azo.composer(id).inputValue(), 'half a com');
    await comment.getByRole('button', { name: 'Reply' }).click();
    assert.equal(await azo.card(id).getByLabel('Reply to Azo').inputValue(), 'half a reply');
    await azo.composer(id).press('End');
    await azo.composer(id).pressSequentially('ment');
    await azo.composer(id).press('Control+Enter');
    await azo.card(id).locator('.words', { hasText: 'half a comment' }).waitFor();
    await azo.reload();
    await azo.openCard(id);
    assert.equal(await azo.composer(id).inputValue(), '');
  });

  test('a draft is kept when its card is closed and opened again', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId);
    const one = await azo.highlight('closed the bridge');
    const two = await azo.highlight('amber warning', '2');
    await azo.openCard(one);
    await azo.composer(one).pressSequentially('for later');
    await azo.openCard(two);
    await azo.openCard(one);
    assert.equal(await azo.composer(one).inputValue(), 'for later');
  });

  test('nothing of one case shows in another', async () => {
    const [here, there] = [await caseOf(stage.stack.edge), await caseOf(stage.stack.edge)];
    const person = await stage.browser.person('Azo');
    const [azo, elsewhere, bulgarus] = [await person.join(here), await person.join(there), await stage.browser.reader('Bulgarus', there)];
    const id = await azo.highlight('closed the bridge');
    await azo.comment(id, 'only here');
    await (await azo.notes()).pressSequentially('only here');
    await until('the room has it', async () => (await annotationsIn(stage.stack.edge, here)).notes === 'only here');
    // What was done after it in the other case arrives there; what was done here has had longer to.
    await bulgarus.highlight('amber warning', '2');
    await elsewhere.card('amber warning').waitFor();
    for (const reader of [elsewhere, bulgarus]) {
      assert.deepEqual(await reader.page.locator('.card-quote').allInnerTexts(), ['amber warning']);
      assert.doesNotMatch(await reader.page.locator('body').innerText(), /only here/);
      await reader.notesShow('');
      assert.deepEqual((await reader.people()).toSorted().map((name) => name.replace(' (you)', '')), ['Azo', 'Bulgarus']);
    }
    assert.deepEqual(await azo.people(), ['Azo (you)']);
    assert.equal((await annotationsIn(stage.stack.edge, there)).notes, '');
  });

  test('who comes late sees everything that was done before', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const [azo, bulgarus] = await stage.browser.pair(caseId);
    const one = await azo.highlight('closed the bridge');
    const two = await bulgarus.highlight('amber warning', '4');
    await azo.card(two).waitFor();
    await azo.comment(one, 'At noon?');
    await bulgarus.comment(one, 'So it seems.');
    await azo.page.close();
    await bulgarus.page.close();
    const late = await stage.browser.reader('Odofredus', caseId);
    await late.paints('closed the bridge', /azure/);
    await late.paints('amber warning', /coral/);
    await late.openCard(one);
    assert.deepEqual(await late.commentsIn(one), ['At noon?', 'So it seems.']);
  });

  test('resolving and reopening show everywhere', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const [azo, bulgarus] = await stage.browser.pair(caseId);
    const id = await azo.highlight('closed the bridge');
    await bulgarus.openCard(id);
    await bulgarus.card(id).getByRole('button', { name: 'Resolve' }).click();
    await azo.card(id).locator('.card-mark', { hasText: 'Resolved' }).waitFor();
    await azo.card(id).getByRole('button', { name: 'Reopen' }).click();
    await bulgarus.card(id).locator('.card-mark').waitFor({ state: 'detached' });
  });

  test('nobody can change or delete what another has written, and everybody can resolve it', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const [azo, bulgarus] = await stage.browser.pair(caseId);
    const id = await azo.highlight('closed the bridge');
    await azo.comment(id, 'mine');
    await bulgarus.openCard(id);
    const card = bulgarus.card(id);
    assert.deepEqual(await card.locator('.comment-tools button').allInnerTexts(), ['Reply']);
    assert.equal(await card.getByLabel('Change the tag').count(), 0);
    await card.getByRole('button', { name: 'More about this annotation' }).click();
    const menu = bulgarus.page.locator('.popover.menu:popover-open');
    await menu.waitFor();
    assert.deepEqual(await menu.getByRole('button').allInnerTexts(), ['Show in the text', 'Copy link']);
  });

  test('what a stock client writes is text on the page and never markup', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId);
    const text = await textOf(azo.page.locator('#text .t-body'));
    const client = await StockClient.join(stage.stack.edge.syncUrl, caseId);
    const start = text.indexOf('closed the bridge');
    const markup = '<img src=x onerror="document.body.id=1"><script>document.body.id=2</script>';
    const id = writeHighlight(client, { start, end: start + 17, quote: 'closed the bridge', tag: markup, author: markup, para: markup });
    writeComment(client, id, markup);
    await azo.openCard(id);
    await azo.card(id).locator('.words', { hasText: '<img src=x' }).waitFor();
    assert.equal(await azo.page.locator('.card img, .card script, body[id]').count(), 0);
  });
});

/** What a person would notice of a field that they write into. */
async function typingIn(field: Locator): Promise<{ value: string; caret: number; end: number; isFocused: boolean; scroll: number }> {
  return field.evaluate((area: HTMLTextAreaElement) => ({
    value: area.value,
    caret: area.selectionStart,
    end: area.selectionEnd,
    isFocused: document.activeElement === area,
    scroll: Math.round(scrollY),
  }));
}

/** And where on the screen it is. */
async function placeOf(field: Locator): Promise<Record<string, unknown>> {
  const top = await field.evaluate((area) => Math.round(area.getBoundingClientRect().top));
  return { ...(await typingIn(field)), top };
}

/** Remembers the very elements, so that one that was made anew with the same content is told from the one before. */
async function nodesOf(...locators: readonly Locator[]): Promise<{ areTheSame(): Promise<void> }> {
  const handles = await Promise.all(locators.map((locator) => locator.elementHandle()));
  return {
    async areTheSame() {
      for (const [index, locator] of locators.entries()) {
        const isSame = await locator.evaluate((now, before) => now.isSameNode(before as Node), handles[index]);
        assert.ok(isSame, `${String(locator)} is another element than before`);
      }
    },
  };
}

async function throughoutFrames(shown: Locator, check: () => Promise<void>): Promise<void> {
  await check();
  // Cards are placed in the next frames: what is moved by them is moved by then.
  await shown.page().evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await check();
}

async function textOf(bodies: Locator): Promise<string> {
  return (await bodies.allTextContents()).join('\n\n');
}

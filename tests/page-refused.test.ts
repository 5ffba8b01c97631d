// What a room does not take: the page says so, keeps the rest, and gives the lost words back.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { annotationsIn, commentsIn } from './lib/annotations.ts';
import { caseOf } from './lib/cases.ts';
import { StockClient } from './lib/clients.ts';
import { roots } from './lib/documents.ts';
import { begin, roomHolds } from './lib/edits.ts';
import { pageSuite } from './lib/page_suite.ts';
import type { Reader } from './lib/reader.ts';
import { until } from './lib/until.ts';

/** What the room refuses from Azo: in its place it is sent what only owners may write. */
const FORBIDDEN = 'quod-non-licet';
const MIB = 1024 * 1024;

pageSuite('what a room refuses', (stage) => {
  /** A case whose room has begun: a page whose frames pass through the test would write to a socket that was closed. */
  const begunCase = async (content?: string): Promise<string> => {
    const caseId = await caseOf(stage.stack.edge, content);
    await begin(stage.stack.edge, caseId);
    return caseId;
  };
  const refusal = (reader: Reader) => reader.page.getByRole('dialog', { name: 'A change was not accepted' });

  test('a refused comment is taken back, given to its author, and what was written around it stays', async () => {
    const caseId = await begunCase();
    const azo = await stage.browser.reader('Azo', caseId, { forbidden: FORBIDDEN });
    const bulgarus = await stage.browser.reader('Bulgarus', caseId);
    const id = await azo.highlight('closed the bridge');
    await azo.comment(id, 'before');
    await bulgarus.openCard(id);
    await azo.composer(id).fill(`this is ${FORBIDDEN}, surely`);
    await azo.composer(id).press('Control+Enter');
    const dialog = refusal(azo);
    await dialog.waitFor();
    await dialog.getByText('You are not allowed to make this change in this case.').waitFor();
    assert.match(await dialog.locator('.lost').innerText(), new RegExp(`Comment:\\s+this is ${FORBIDDEN}, surely`));
    await dialog.getByRole('button', { name: 'Go on' }).click();
    await azo.isLive();
    await azo.comment(id, 'after');
    await bulgarus.card(id).locator('.words', { hasText: 'after' }).waitFor();
    for (const reader of [azo, bulgarus]) {
      assert.deepEqual(await reader.commentsIn(id), ['before', 'after']);
    }
    assert.deepEqual((await commentsIn(stage.stack.edge, caseId)).toSorted(), ['after', 'before']);
    await azo.says('All saved');
  });

  test('what else was unsent when something was refused is sent again and kept', async () => {
    const caseId = await begunCase();
    const line = await stage.browser.line();
    const azo = await stage.browser.reader('Azo', caseId, { line, forbidden: FORBIDDEN });
    azo.expects(/^WebSocket connection to .* failed/);
    const id = await azo.highlight('closed the bridge');
    await azo.says('All saved');
    line.cut('sockets');
    await azo.isOffline();
    await (await azo.notes()).pressSequentially('notes too');
    await azo.page.keyboard.press('Escape');
    await azo.page.getByRole('button', { name: 'Close the notes' }).click();
    const kept = await azo.highlight('amber warning', '3');
    await azo.comment(id, 'good one');
    await azo.comment(id, `bad one, ${FORBIDDEN}`);
    await azo.comment(id, 'good two');
    line.mend();
    await refusal(azo).waitFor();
    await refusal(azo).getByText(/sent again and are kept/).waitFor();
    const lost = await refusal(azo).locator('.lost').innerText();
    assert.match(lost, /bad one/);
    assert.doesNotMatch(lost, /good|notes too/);
    await refusal(azo).getByRole('button', { name: 'Go on' }).click();
    await azo.says('All saved');
    const { highlights, notes } = await annotationsIn(stage.stack.edge, caseId);
    assert.deepEqual(Object.keys(highlights).toSorted(), [id, kept].toSorted());
    assert.equal(notes, 'notes too');
    assert.deepEqual((await commentsIn(stage.stack.edge, caseId)).toSorted(), ['good one', 'good two']);
    await azo.reload();
    await azo.openCard(id);
    assert.deepEqual((await azo.commentsIn(id)).toSorted(), ['good one', 'good two']);
    assert.equal(await refusal(azo).count(), 0, 'it is said once');
  });

  test('a refused highlight loses its paint and its card, and its words are given back', async () => {
    const caseId = await begunCase(
      `[1] Nobody may mark ${FORBIDDEN} here, but everybody who reads as far as this may well mark this.`,
    );
    const azo = await stage.browser.reader('Azo', caseId, { forbidden: FORBIDDEN });
    const kept = await azo.highlight('well mark this');
    await azo.select(`mark ${FORBIDDEN} here`);
    await azo.page.keyboard.press('2');
    await refusal(azo).waitFor();
    assert.match(await refusal(azo).locator('.lost').innerText(), new RegExp(`Highlight:\\s+mark ${FORBIDDEN} here`));
    await refusal(azo).getByRole('button', { name: 'Go on' }).click();
    await until('one card', async () => (await azo.page.locator('.card').count()) === 1);
    assert.deepEqual((await azo.painted()).filter(({ look }) => /azure|violet/.test(look)).map(({ words }) => words), ['well mark this']);
    assert.deepEqual(Object.keys((await annotationsIn(stage.stack.edge, caseId)).highlights), [kept]);
  });

  test('what one tab had refused does not come back through another tab of the same browser', async () => {
    const caseId = await begunCase();
    const person = await stage.browser.person('Azo', { forbidden: FORBIDDEN });
    const [one, two] = [await person.join(caseId), await person.join(caseId)];
    const id = await one.highlight('closed the bridge');
    await two.openCard(id);
    await one.composer(id).fill(`once ${FORBIDDEN}`);
    await one.composer(id).press('Control+Enter');
    await refusal(one).getByRole('button', { name: 'Go on' }).click();
    await two.comment(id, 'from the other tab');
    await one.card(id).locator('.words', { hasText: 'from the other tab' }).waitFor();
    await one.reload();
    await one.openCard(id);
    for (const tab of [one, two]) {
      assert.deepEqual(await tab.commentsIn(id), ['from the other tab']);
    }
    assert.deepEqual(await commentsIn(stage.stack.edge, caseId), ['from the other tab']);
  });

  test('a document that is nearly full is said to be, and what does not fit any more is refused in words', async () => {
    const caseId = await begunCase();
    const filler = await StockClient.join(stage.stack.edge.syncUrl, caseId, { user: 'Accursius' });
    const azo = await stage.browser.reader('Azo', caseId);
    const id = await azo.highlight('closed the bridge');
    roots.list(filler.doc).push(['x'.repeat(7 * MIB)]);
    await azo.says('Saved, nearly full', 40_000);
    assert.match(await azo.explains(), /This case is nearly full/);
    await azo.comment(id, 'short enough');
    roots.list(filler.doc).push(['y'.repeat(1.5 * MIB - 6_000)]);
    await roomHolds(stage.stack.edge, caseId, filler);
    await azo.openCard(id);
    await azo.composer(id).fill(`too long: ${'words '.repeat(3_000)}`);
    await azo.composer(id).press('Control+Enter');
    await refusal(azo).waitFor({ timeout: 40_000 });
    await refusal(azo).getByText('The change does not fit: a case has only so much room.').waitFor();
    assert.match(await refusal(azo).locator('.lost').innerText(), /too long: words words/);
    await refusal(azo).getByRole('button', { name: 'Go on' }).click();
    // Deleting always works.
    await azo.fromMenu(id, 'Delete annotation');
    await until('it is deleted', async () =>
      Object.keys((await annotationsIn(stage.stack.edge, caseId)).highlights).length === 0, { within: 30_000 });
  });
});

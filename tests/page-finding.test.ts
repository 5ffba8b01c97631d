// Finding annotations: the filter hides, the search fades, one steps from one to the next, a link leads to one; and those
// whose words are not in the text are listed and never painted.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { writeComment, writeHighlight } from './lib/annotations.ts';
import { caseOf, textOf } from './lib/cases.ts';
import { StockClient } from './lib/clients.ts';
import { pageSuite } from './lib/page_suite.ts';
import type { Reader } from './lib/reader.ts';
import { until } from './lib/until.ts';

const HIGHLIGHTS = [
  { quote: 'thirty passengers', tag: 'tag-legally_relevant_facts', author: 'Azo', comment: 'and mail' },
  { quote: 'no duty of care', tag: 'tag-decision', author: 'Bulgarus', comment: 'Dobson v Mere' },
  { quote: 'silence is nothing', tag: 'tag-legal_issues', author: 'Azo', comment: '' },
  { quote: 'allow the appeal', tag: 'tag-decision', author: 'Azo', comment: 'Dobson again', resolved_at: '2026-01-01T00:00:00Z' },
];

pageSuite('finding annotations', (stage) => {
  /** A case with four highlights of two people, and a third who reads it. */
  const annotated = async (): Promise<{ reader: Reader; caseId: string; ids: string[]; client: StockClient }> => {
    const caseId = await caseOf(stage.stack.edge);
    const come = (user: string): Promise<StockClient> => StockClient.join(stage.stack.edge.syncUrl, caseId, { user });
    const [client, azo, bulgarus] = [await come('u-stock'), await come('u-Azo'), await come('u-Bulgarus')];
    const text = textOf();
    const ids = HIGHLIGHTS.map(({ quote, author, comment, ...more }) => {
      const start = text.indexOf(quote);
      const marker = author === 'Azo' ? azo : bulgarus;
      const id = writeHighlight(marker, { start, end: start + quote.length, quote, author, ...more });
      if (comment !== '') {
        writeComment(client, id, comment);
      }
      return id;
    });
    const reader = await stage.browser.reader('Odofredus', caseId);
    await until('all cards are there', async () => (await reader.page.locator('.card').count()) === 4);
    return { reader, caseId, ids, client };
  };
  const shown = (reader: Reader): Promise<string[]> => reader.page.locator('.card:visible .card-quote').allInnerTexts();
  const faded = (reader: Reader): Promise<string[]> => reader.page.locator('.card.is-faded .card-quote').allInnerTexts();
  const isFaded = async (reader: Reader, words: string): Promise<boolean> =>
    (await reader.painted()).some((each) => each.look === 'g-dimmed' && each.words === words);

  test('the filter by tag, person and resolution hides the other cards and fades their text', async () => {
    const { reader } = await annotated();
    await reader.page.getByRole('button', { name: /^Filter/ }).click();
    const form = reader.page.locator('.filter');
    await form.getByLabel(/^Decision/).check();
    await until('two cards', async () => (await shown(reader)).join() === 'no duty of care,allow the appeal');
    assert.ok(await isFaded(reader, 'thirty passengers'));
    assert.ok(!(await isFaded(reader, 'no duty of care')));

    await form.getByLabel('Unresolved').check();
    await until('one card', async () => (await shown(reader)).join() === 'no duty of care');
    await reader.page.getByRole('button', { name: 'Filter, 2 on' }).waitFor();
    await form.getByRole('button', { name: 'Show everything' }).click();
    await until('four cards', async () => (await shown(reader)).length === 4);
    await form.getByLabel('Person').selectOption({ label: 'Bulgarus (1)' });
    await until('his card', async () => (await shown(reader)).join() === 'no duty of care');
    await form.getByRole('button', { name: 'Show everything' }).click();
    assert.equal(await isFaded(reader, 'thirty passengers'), false);
  });

  test('“mine” shows what I have marked, and what I mark while it is on', async () => {
    const { reader } = await annotated();
    await reader.page.getByRole('button', { name: /^Filter/ }).click();
    await reader.page.locator('.filter').getByLabel('Mine').check();
    await until('none', async () => (await shown(reader)).length === 0);
    await reader.page.keyboard.press('Escape');
    await reader.highlight('closed the bridge');
    await until('mine', async () => (await shown(reader)).join() === 'closed the bridge');
  });

  test('the search looks through quotes and comments, fades what it does not find, and moves nothing', async () => {
    const { reader } = await annotated();
    const tops = (): Promise<number[]> =>
      reader.page.locator('.card').evaluateAll((cards) => cards.map((card) => card.getBoundingClientRect().top));
    const before = await tops();
    await reader.page.keyboard.press('/');
    await reader.page.keyboard.type('dobson');
    await until('two are faded', async () => (await faded(reader)).join() === 'thirty passengers,silence is nothing');
    assert.ok(await isFaded(reader, 'silence is nothing'));
    assert.deepEqual(await tops(), before, 'cards stay where they are');
    assert.equal(await reader.page.locator('.search-count').innerText(), '2 cards');
    await reader.page.keyboard.press('Control+a');
    await reader.page.keyboard.type('PASSENGERS');
    await until('three are faded', async () => (await faded(reader)).length === 3);
    await reader.page.keyboard.press('Escape');
    await until('none is faded', async () => (await faded(reader)).length === 0);
  });

  test('next and previous walk through what was found, around the end, and bring it into sight', async () => {
    const { reader, ids } = await annotated();
    const isOpen = async (index: number): Promise<void> => {
      await reader.page.locator(`[id="card-${ids[index]}"].is-active`).waitFor();
      await until('its text is in sight', () => inSight(reader, HIGHLIGHTS[index]?.quote ?? ''));
    };
    for (const index of [0, 1, 2, 3, 0]) {
      await reader.page.keyboard.press('n');
      await isOpen(index);
    }
    await reader.page.keyboard.press('p');
    await isOpen(3);
    const field = reader.page.getByLabel('Search text and annotations');
    await field.fill('dobson');
    await counts(reader, '2 cards');
    await field.press('Enter');
    await isOpen(1);
    await field.press('Enter');
    await isOpen(3);
    await field.press('Enter');
    await isOpen(1);
    await field.press('Shift+Enter');
    await isOpen(3);
  });

  test('the text is searched too: matches are painted above annotations, counted, and minded neither by capitals nor accents', async () => {
    const { reader } = await annotated();
    const field = reader.page.getByLabel('Search text and annotations');
    await field.fill('DÓBSON');
    await counts(reader, '2 cards');
    await field.fill('silence');
    await counts(reader, '3 in the text');
    await until('three matches are painted', async () => (await matches(reader)).join() === 'silence,silence,silence');
    await field.fill('Pàssengers');
    await counts(reader, '1 in the text');
    await until('another match is painted', async () => (await matches(reader)).join() === 'passengers');
    assert.ok((await reader.painted()).some(({ look, words }) => !MATCH.test(look) && words === 'thirty passengers'), 'the highlight stays');
    await field.fill('nowhere to be found');
    await counts(reader, 'Nothing found');
    await until('nothing is painted', async () => (await matches(reader)).length === 0);
  });

  for (const withoutHighlightApi of [false, true]) {
    test(`next and previous walk through text and cards in reading order${withoutHighlightApi ? ', with marks' : ''}`, async () => {
      const { caseId, client, ids } = await annotated();
      writeComment(client, ids[1] ?? '', 'silence, again');
      const reader = await stage.browser.reader('Hugo', caseId, { viewport: { width: 1280, height: 420 }, withoutHighlightApi });
      const field = reader.page.getByLabel('Search text and annotations');
      await field.fill('silence');
      // The third highlight holds one of the matches, and opens there.
      await counts(reader, '3 in the text, 1 more card');
      const opened = [ids[1], undefined, ids[2], undefined];
      const paragraphs = ['no duty of care', 'silence is an answer', 'silence is nothing', 'took its silence'];
      for (const [index, id] of opened.entries()) {
        await field.press('Enter');
        await counts(reader, `${index + 1} of 4`);
        await reader.page.locator(id === undefined ? '.cards:not(:has(.is-active))' : `[id="card-${id}"].is-active`).waitFor();
        await until('it is in sight', () => inSight(reader, paragraphs[index] ?? ''));
        assert.equal((await current(reader)).join(), index === 0 ? '' : 'silence');
      }
      await field.press('Shift+Enter');
      await counts(reader, '3 of 4');
      await field.press('Shift+Enter');
      await field.press('Shift+Enter');
      await field.press('Shift+Enter');
      await counts(reader, '4 of 4');
      await reader.page.locator('#text').focus();
      await reader.page.keyboard.press('n');
      await counts(reader, '1 of 4');
      await reader.page.keyboard.press('n');
      await reader.page.keyboard.press('Shift+S');
      await until('the paragraph of the match has the focus', () =>
        reader.page.evaluate(() => document.activeElement?.textContent?.includes('silence is an answer') === true && document.activeElement.classList.contains('t-block')),
      );
    });
  }

  test('Escape leads back to where one read, and reading on where the search has led keeps the place', async () => {
    const { caseId } = await annotated();
    const reader = await stage.browser.reader('Hugo', caseId, { viewport: { width: 1280, height: 420 } });
    const field = reader.page.getByLabel('Search text and annotations');
    const place = (): Promise<number> => reader.page.evaluate(() => Math.round(scrollY));
    await reader.page.evaluate(() => scrollTo({ top: 120, behavior: 'instant' }));
    await reader.page.keyboard.press('/');
    await reader.page.keyboard.type('costs to be agreed');
    await counts(reader, '1 in the text');
    assert.equal(await place(), 120, 'neither the focus nor a letter moves the text');
    await field.press('Enter');
    await until('the last paragraph is in sight', () => inSight(reader, 'costs to be agreed'));
    await field.press('Escape');
    await until('one is back', async () => (await place()) === 120, { explain: async () => String(await place()) });
    assert.equal(await field.inputValue(), '');
    assert.deepEqual(await matches(reader), []);

    await field.fill('costs to be agreed');
    await field.press('Enter');
    await until('the last paragraph is in sight', () => inSight(reader, 'costs to be agreed'));
    await reader.clickText('costs to be agreed');
    const there = await place();
    await field.focus();
    await field.press('Escape');
    assert.ok(Math.abs((await place()) - there) <= 1 && there > 200, `from ${there} to ${await place()}`);
  });

  test('what is searched for before the search has been fetched is found once it is, and nothing is counted before', async () => {
    const { reader } = await annotated();
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await reader.page.route(/\/assets\/.*\.js$/, async (route) => {
      await released;
      await route.continue();
    });
    const count = reader.page.locator('.search-count');
    const before = await count.innerText();
    await reader.page.getByLabel('Search text and annotations').fill('again');
    await reader.page.getByLabel('Search text and annotations').press('Enter');
    assert.deepEqual([await count.innerText(), await faded(reader)], [before, []]);
    release();
    await until('one is found', async () => (await count.innerText()) === '1 card');
    assert.equal((await faded(reader)).length, 3);
  });

  test('a link to a highlight opens its card and brings its text into sight', async () => {
    const { reader, caseId, ids } = await annotated();
    await reader.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await reader.openCard(ids[3] ?? '');
    await reader.fromMenu(ids[3] ?? '', 'Copy link');
    await reader.notices('Link copied.');
    const link = new URL(await reader.page.evaluate(() => navigator.clipboard.readText()));
    assert.equal(link.pathname, `/c/${caseId}`);
    const person = await stage.browser.person('Hugo', { viewport: { width: 1280, height: 420 } });
    const late = await person.join(caseId, link.hash);
    await late.page.locator(`[id="card-${ids[3]}"].is-active`).waitFor();
    await until('its text is in sight', () => inSight(late, 'allow the appeal'));
    await late.page.evaluate((hash) => (location.hash = hash), `#h=${ids[0]}`);
    await late.page.locator(`[id="card-${ids[0]}"].is-active`).waitFor();
  });

  test('a link to a highlight that is gone says so', async () => {
    const { caseId } = await annotated();
    const person = await stage.browser.person('Hugo');
    const late = await person.join(caseId, '#h=gone');
    await late.notices('The annotation that this link leads to is not here.');
  });

  test('a highlight whose quote is not in the text is listed with its discussion and painted nowhere', async () => {
    const { reader, client } = await annotated();
    const id = writeHighlight(client, { start: 10, end: 30, quote: 'words of another text', tag: 'tag-decision' });
    writeComment(client, id, 'still worth reading');
    const list = reader.page.locator('.orphans');
    await list.getByText('1 annotation has no certain place in this text').click();
    await list.getByText('words of another text').waitFor();
    await list.getByText('still worth reading').waitFor();
    assert.equal(await reader.page.locator('.card').count(), 4, 'it has no card at a place');
    const painted = (await reader.painted()).map(({ words }) => words);
    assert.deepEqual(painted.toSorted(), HIGHLIGHTS.map(({ quote }) => quote).toSorted());
  });

  test('a highlight whose offsets are wrong stands where its quote and context stand once', async () => {
    const { reader, client } = await annotated();
    const wanted = { quote: 'silence', prefix: 'system took its ', suffix: ' for calm' };
    const id = writeHighlight(client, { start: 3, end: 10, ...wanted, tag: 'tag-order' });
    await reader.paints('silence', /sienna/);
    // A card out of sight is not laid out, and then has no inner text.
    assert.match((await reader.card(id).locator('.card-para').textContent()) ?? '', /7/);
  });
});

const MATCH = /(^| )g-match( |$)/;

/** The words that are painted as matches. */
async function matches(reader: Reader): Promise<string[]> {
  return (await reader.painted()).filter(({ look }) => MATCH.test(look)).map(({ words }) => words);
}

/** The words that are painted as the match that one stands at. */
async function current(reader: Reader): Promise<string[]> {
  return (await reader.painted()).filter(({ look }) => /(^| )g-match-current( |$)/.test(look)).map(({ words }) => words);
}

/** Waits for the words beside the search. */
async function counts(reader: Reader, words: string): Promise<void> {
  const count = async (): Promise<string> => (await reader.page.locator('.search-count').innerText()).replaceAll('\n', ' ');
  await until(`the count is "${words}"`, async () => (await count()) === words, { explain: count });
}

async function inSight(reader: Reader, words: string): Promise<boolean> {
  return reader.page.evaluate((wanted) => {
    const bodies = [...document.querySelectorAll('#text .t-body')];
    const body = bodies.find((each) => each.textContent?.includes(wanted) === true);
    const box = body?.getBoundingClientRect();
    return box !== undefined && box.bottom > 0 && box.top < innerHeight;
  }, words);
}

// Taking annotations out of a case, and into another one with the same text.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { annotationsIn, writeHighlight } from './lib/annotations.ts';
import { caseOf, shortJudgment, textOf } from './lib/cases.ts';
import { StockClient } from './lib/clients.ts';
import { pageSuite } from './lib/page_suite.ts';
import type { Reader } from './lib/reader.ts';
import { until } from './lib/until.ts';

pageSuite('taking annotations out', (stage) => {
  /** A case with two highlights of Azo, a thread with a reply, a tag of their own and a resolved one. */
  const discussed = async (): Promise<{ azo: Reader; caseId: string; one: string; two: string }> => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId);
    const one = await azo.highlight('closed the bridge', '3');
    await azo.comment(one, 'At noon, "sharp"; 😀\nor so?');
    await azo.card(one).getByRole('button', { name: 'Reply' }).click();
    await azo.card(one).getByLabel('Reply to Azo').fill('=SUM(A1)');
    await azo.card(one).getByLabel('Reply to Azo').press('Control+Enter');
    await azo.card(one).locator('[data-depth="1"]').waitFor();
    const two = await azo.highlight('told the pilots … the world through', '4');
    await azo.card(two).getByRole('button', { name: 'Resolve' }).click();
    await azo.says(/^(All s|S)aved$/);
    return { azo, caseId, one, two };
  };

  test('what is exported as JSON-LD and imported into another case with the same text is the same there', async () => {
    const { azo, one, two, caseId } = await discussed();
    const file = await download(azo, /^JSON-LD/);
    assert.match(file.name, /\.jsonld$/);
    const exported = JSON.parse(file.text) as { '@context': unknown };
    assert.ok(JSON.stringify(exported['@context']).includes('http://www.w3.org/ns/anno.jsonld'));

    const other = await caseOf(stage.stack.edge, { title: 'The same again', format: 'text', content: shortJudgment });
    const [bulgarus, watcher] = [await stage.browser.reader('Bulgarus', other), await stage.browser.reader('Hugo', other)];
    const dialog = await importInto(bulgarus, file);
    await dialog.getByText('It adds 2 annotations and 2 comments.').waitFor();
    await dialog.getByRole('button', { name: 'Import' }).click();
    await bulgarus.notices('Imported: 2 annotations and 2 comments.');
    await watcher.paints('closed the bridge', /amber/);
    await watcher.paints('no duty of care', /coral/);
    const [before, after] = [await annotationsIn(stage.stack.edge, caseId), await annotationsIn(stage.stack.edge, other)];
    assert.deepEqual(sayings(after.highlights), sayings(before.highlights));
    assert.deepEqual(sayings(after.comments), sayings(before.comments));

    const card = watcher.page.locator('.card', { hasText: 'closed the bridge' });
    await card.locator('.card-title').click();
    await card.locator('[data-depth="1"] .words', { hasText: '=SUM(A1)' }).waitFor();
    assert.ok((await card.locator('.mark', { hasText: 'imported' }).count()) >= 2, 'it is marked as imported');
    await watcher.page.locator('.card.is-resolved', { hasText: 'told the pilots' }).waitFor();
    assert.ok(one !== two);
  });

  test('importing twice adds nothing the second time, and one undo takes an import back', async () => {
    const { azo } = await discussed();
    const file = await download(azo, /^JSON-LD/);
    const other = await caseOf(stage.stack.edge);
    const bulgarus = await stage.browser.reader('Bulgarus', other);
    await (await importInto(bulgarus, file)).getByRole('button', { name: 'Import' }).click();
    await bulgarus.notices('Imported:');
    const dialog = await importInto(bulgarus, file);
    await dialog.getByText('There is nothing new in it.').waitFor();
    await bulgarus.page.keyboard.press('Escape');
    await bulgarus.page.locator('.notice').getByRole('button', { name: 'Undo' }).click();
    await until('nothing is left', async () => (await bulgarus.page.locator('.card').count()) === 0);
    await until('nor in the room', async () => {
      const { highlights, comments } = await annotationsIn(stage.stack.edge, other);
      return Object.keys(highlights).length + Object.keys(comments).length === 0;
    });
  });

  test('into a case with another text only what stands in it word for word is taken', async () => {
    const { azo } = await discussed();
    const file = await download(azo, /^JSON-LD/);
    const other = await caseOf(stage.stack.edge, shortJudgment.replace('told the pilots', 'told the captains'));
    const bulgarus = await stage.browser.reader('Bulgarus', other);
    const dialog = await importInto(bulgarus, file);
    await dialog.getByText('The file is about another text').waitFor();
    await dialog.getByText('It adds 1 annotation and 2 comments.').waitFor();
    await dialog.getByRole('button', { name: 'Import' }).click();
    await bulgarus.paints('closed the bridge', /amber/);
    assert.equal(await bulgarus.page.locator('.card').count(), 1);
  });

  test('a file that is no export is refused in words, and changes nothing', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId);
    for (const text of ['', 'not JSON', '{"type":"Person"}', '[1,2,3]']) {
      const dialog = await importInto(azo, { name: 'file.json', text });
      await dialog.getByRole('alert').waitFor();
      assert.ok((await dialog.getByRole('alert').innerText()).length > 10);
      assert.equal(await dialog.getByRole('button', { name: 'Import' }).count(), 0);
      await azo.page.keyboard.press('Escape');
    }
    assert.deepEqual((await annotationsIn(stage.stack.edge, caseId)).highlights, {});
  });

  test('the CSV has a line for each comment, and no cell that a spreadsheet would compute', async () => {
    const { azo } = await discussed();
    const file = await download(azo, /^CSV/);
    assert.match(file.name, /\.csv$/);
    const rows = cellsOf(file.text);
    const [head = [], ...lines] = rows;
    assert.ok(lines.every((line) => line.length === head.length), 'every line has as many cells as the head');
    const cells = lines.flat();
    assert.ok(cells.includes('At noon, "sharp"; 😀\nor so?'));
    assert.ok(cells.some((cell) => cell.includes('=SUM(A1)')));
    assert.deepEqual(cells.filter((cell) => /^[=+@\t\r-]/.test(cell)), []);
    assert.equal(lines.length, 3, 'two comments, and a highlight without any');
  });

  test('the page for printing has the text, its highlights and their discussions, and leads back', async () => {
    const { azo, caseId } = await discussed();
    const client = await StockClient.join(stage.stack.edge.syncUrl, caseId);
    writeHighlight(client, { start: 0, end: 5, quote: 'words of another text', tag: 'tag-decision' });
    await azo.page.locator('.orphans').waitFor();
    await azo.fromMore('Export or print…');
    await azo.page.getByRole('button', { name: /^Page for printing/ }).click();
    const view = azo.page.locator('main.print-view');
    await view.getByRole('button', { name: 'Print', exact: true }).waitFor();
    for (const words of ['closed the bridge', 'or so?', '=SUM(A1)', 'words of another text', 'costs to be agreed']) {
      await view.getByText(words).first().waitFor();
    }
    assert.equal(await view.locator('mark', { hasText: 'closed the bridge' }).count(), 1);
    assert.equal(await azo.page.locator('.bar').isVisible(), false);
    await azo.page.emulateMedia({ media: 'print' });
    assert.equal(await view.getByRole('button', { name: 'Back to the case' }).isVisible(), false, 'paper has no buttons');
    await azo.page.emulateMedia({ media: null });
    await view.getByRole('button', { name: 'Back to the case' }).click();
    await azo.page.locator('.bar').waitFor();
    assert.equal(await azo.page.locator('.card').count(), 2);
  });

  test('the export holds what was written offline too', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const line = await stage.browser.line();
    const azo = await stage.browser.reader('Azo', caseId, { line });
    azo.expects(/^WebSocket connection to .* failed/);
    const id = await azo.highlight('closed the bridge');
    line.cut('sockets');
    await azo.isOffline();
    await azo.comment(id, 'nowhere else');
    assert.match((await download(azo, /^CSV/)).text, /nowhere else/);
    assert.equal(textOf().includes('closed the bridge'), true);
  });
});

type File = { name: string; text: string };

/** Chooses a way to export and gives the file that the browser saves. */
async function download(reader: Reader, way: RegExp): Promise<File> {
  await reader.fromMore('Export or print…');
  const [saved] = await Promise.all([
    reader.page.waitForEvent('download'),
    reader.page.getByRole('button', { name: way }).click(),
  ]);
  return { name: saved.suggestedFilename(), text: await readFile(await saved.path(), 'utf8') };
}

async function importInto(reader: Reader, { name, text }: File): Promise<ReturnType<Reader['page']['getByRole']>> {
  await reader.fromMore('Import annotations…');
  const dialog = reader.page.getByRole('dialog', { name: 'Import annotations' });
  await dialog.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
  return dialog;
}

/** What entries say, apart from their ids and whose they are now. */
function sayings(entries: Record<string, Record<string, unknown>>): unknown[] {
  const kept = ['start', 'end', 'quote', 'prefix', 'suffix', 'tag', 'text', 'author', 'created_at', 'resolved_at', 'resolved_by'];
  return Object.values(entries)
    .map((entry) => Object.fromEntries(kept.map((name) => [name, entry[name]])))
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** Reads CSV as RFC 4180 has it. */
function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.replace(/^\uFEFF/, '').matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end !== ',') {
      rows.push([]);
    }
  }
  return rows.filter((row) => row.join('') !== '');
}

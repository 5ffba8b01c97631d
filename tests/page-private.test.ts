// Private notes: written beside a case, and seen by nobody else in any way.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Page } from 'playwright-core';

import { setGrant } from './lib/authority.ts';
import { violationsOn } from './lib/axe.ts';
import type { PersonOptions } from './lib/browser.ts';
import { BROKEN_SOCKET, FAILED_REQUEST } from './lib/complaints.ts';
import { PHONE, QUIET_CASE } from './lib/page_states.ts';
import { pageSuite, type PageStage } from './lib/page_suite.ts';
import type { Reader } from './lib/reader.ts';
import { askHost } from './lib/signed.ts';
import { signInHere } from './lib/signing_in.ts';
import type { Stack } from './lib/stack.ts';
import { until } from './lib/until.ts';

const SECRET = 'quincunx';

pageSuite('private', (stage) => {
  test('what one notes for oneself is in one’s own document, and no byte of it reaches anybody else', async () => {
    const owner = await inCase(stage, 'Irnerius');
    const heard = framesOf(owner.page);
    const author = await inCase(stage, 'Azo');
    const [row] = await stage.stack.database.query<{ id: string }>(`select id from users where name = 'Irnerius'`);
    await setGrant(stage.stack, QUIET_CASE, row?.id ?? '', 'own', 'Irnerius');
    await owner.page.reload();
    await owner.isLive();
    const note = await noteOn(author, 'a small harbour', `The ${SECRET} of the matter`);
    await author.page.getByLabel('Private notes on the whole').fill(`More ${SECRET}`);
    await note.waitFor();
    await author.paints('a small harbour', /^g-private-dashed-/);
    await saved(author);

    // The owner is there all the time: what comes after shows that they would have heard of it.
    const shared = await author.highlight('One page');
    await author.comment(shared, 'For everybody to see');
    await owner.card(shared).waitFor();
    assert.deepEqual(await owner.painted().then((all) => all.filter(({ look }) => look.includes('private'))), []);
    assert.equal(await owner.page.locator('.card').count(), 1);
    await until('the shared comment has come', () => heard().includes('For everybody'));
    assert.ok(!heard().includes(SECRET), 'in no frame');
    const held = async (where: string): Promise<number> => {
      const rows = await stage.stack.database.query<{ n: string }>(
        `select count(*) as n from annotation_document_state where ${where} and position($1::bytea in crdt_state) > 0`,
        [Buffer.from(SECRET)],
      );
      return Number(rows[0]?.n);
    };
    await until('the notes are stored', async () => (await held('case_id in (select document_id from private_notes)')) === 1);
    assert.equal(await held(`case_id = '${QUIET_CASE}'`), 0, 'the case’s own document does not hold it');
  });

  test('they are there again after a reload, are undone by themselves, and are erased by signing out', async () => {
    const reader = await inCase(stage, 'Bulgarus');
    await noteOn(reader, 'a small harbour', `My ${SECRET}`);
    await saved(reader);
    const shared = await reader.highlight('One page');
    await reader.page.keyboard.press('Control+z');
    await reader.card(shared).waitFor({ state: 'detached' });
    await panelOf(reader.page).getByLabel(/^Private note on/).waitFor();
    await panelOf(reader.page).getByRole('button', { name: 'Undo' }).click();
    await until('the words are taken back', async () => (await panelOf(reader.page).getByLabel(/^Private note on/).inputValue()) === '');
    await panelOf(reader.page).getByRole('button', { name: 'Redo' }).click();
    await saved(reader);
    await reader.reload();
    await reader.paints('a small harbour', /^g-private-dashed-/);
    await reader.clickText('a small harbour');
    const field = panelOf(reader.page).getByLabel(/^Private note on/);
    await until('the note is open', async () => field.evaluate((area) => area === document.activeElement));
    assert.equal(await field.inputValue(), `My ${SECRET}`);
    await panelOf(reader.page).getByRole('button', { name: 'Close your private notes' }).click();
    await reader.fromMore('Name, sign out…');
    await reader.page.getByRole('button', { name: 'Sign out of this browser' }).click();
    await reader.page.waitForURL(`${stage.stack.edge.url}/`);
    const left = await reader.page.evaluate(async () => [
      ...(await indexedDB.databases()).map(({ name }) => name ?? ''),
      ...Object.keys(localStorage).filter((key) => key.includes('private')),
    ]);
    assert.deepEqual(left, []);
  });

  test('search finds them for their author, and leads to the note', async () => {
    const reader = await inCase(stage, 'Albericus');
    await noteOn(reader, 'a small harbour', `Of the ${SECRET}s in the harbour`);
    await saved(reader);
    const found = 'select from private_note_words where body like $1';
    const words = `Of the ${SECRET}s%`;
    await until('search knows it', async () => (await stage.stack.database.query(found, [words])).length > 0, { within: 40_000, every: 200 });
    const { page } = reader;
    await page.goto(`${stage.stack.edge.url}/search?q=${SECRET}s`);
    const hit = page.getByRole('link', { name: 'Only you' });
    await hit.locator('mark', { hasText: `${SECRET}s` }).waitFor();
    await hit.click();
    const field = panelOf(page).getByLabel(/^Private note on/);
    await until('the note is open', async () => field.evaluate((area) => area === document.activeElement));
    assert.equal(await field.inputValue(), `Of the ${SECRET}s in the harbour`);
  });

  test('offline they can be written, and are sent later', async () => {
    const line = await stage.browser.line();
    const reader = await inCase(stage, 'Martinus', { line });
    await noteOn(reader, 'a small harbour', 'before');
    await saved(reader);
    reader.expects(BROKEN_SOCKET, FAILED_REQUEST);
    line.cut();
    await panelOf(reader.page).getByText('Not connected.').waitFor();
    await panelOf(reader.page).getByLabel(/^Private note on/).fill('written without a line');
    line.mend();
    await saved(reader);
    await until('it is stored', async () => {
      const rows = await stage.stack.database.query(
        `select from annotation_document_state where case_id in (select document_id from private_notes)
         and position(convert_to('written without a line', 'UTF8') in crdt_state) > 0`,
      );
      return rows.length === 1;
    });
  });

  test('with marks in the text instead of the browser’s own highlights they look the same', async () => {
    const reader = await inCase(stage, 'Placentinus', { withoutHighlightApi: true });
    await noteOn(reader, 'a small harbour', 'mine');
    await reader.paints('a small harbour', /g-private-dashed-/);
    const line = await reader.page.locator('mark.g-mark').first().evaluate((mark) => getComputedStyle(mark).textDecorationStyle);
    assert.equal(line, 'dashed');
  });

  test('by keys alone, on a desk and on a phone, and without a violation that axe-core finds', async () => {
    const reader = await inCase(stage, 'Vacarius');
    await reader.page.getByRole('button', { name: 'More', exact: true }).press('Enter');
    await reader.page.getByRole('button', { name: /^Private notes/ }).press('Enter');
    const panel = panelOf(reader.page);
    await panel.getByText('Private: nobody else sees').waitFor();
    await panel.getByLabel('Private notes on the whole').waitFor();
    assert.deepEqual(await violationsOn(reader.page), []);
    await reader.page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });

    const phone = await inCase(stage, 'Rogerius', PHONE);
    await phone.fromMore(/^Private notes/);
    await panelOf(phone.page).getByLabel('Private notes on the whole').fill('on the way');
    assert.deepEqual(await violationsOn(phone.page), []);
    assert.ok((await phone.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
  });

  test('whoever may not read the case any more is shut out of their notes on it, and a deleted case takes them along', async () => {
    const { stack } = stage;
    const reader = await inCase(stage, 'Hugo');
    await noteOn(reader, 'a small harbour', 'mine');
    await saved(reader);
    const [row] = await stack.database.query<{ id: string; user: string }>(
      `select n.document_id as id, u.id as user from private_notes n join users u on u.id = n.user_id where u.name = 'Hugo'`,
    );
    const { id, user } = row ?? { id: '', user: '' };
    const other = await inCase(stage, 'Jacobus');
    other.expects(FAILED_REQUEST);
    assert.equal(await askForTicket(other.page, id), 403, 'nobody else gets in');
    reader.expects(FAILED_REQUEST, BROKEN_SOCKET);
    await setGrant(stack, QUIET_CASE, user, null);
    await panelOf(reader.page).getByText('These notes cannot be opened any more').waitFor();
    assert.equal(await askForTicket(reader.page, id), 403, 'nor the author without the case');
    await setGrant(stack, QUIET_CASE, user, 'read', 'Hugo');
    assert.equal(await askForTicket(reader.page, id), 201);

    await until('the notes are stored', async () => (await stored(stack, id)) === 1);
    const gone = await askHost(stack.host.url, stack.key, 'DELETE', `/snapshots/${QUIET_CASE}`);
    assert.equal(gone.status, 200);
    assert.equal(await stored(stack, id), 0);
    assert.equal(await askForTicket(reader.page, id), 403);
    await until('its object has wiped itself', async () => {
      const rows = await stack.database.query('select from outbox where case_id = $1', [id]);
      return rows.length === 0;
    });
  });
});

/** Somebody who has signed in, in the case. */
async function inCase(stage: PageStage, name: string, options: PersonOptions = {}): Promise<Reader> {
  const reader = await (await stage.browser.person(name, options)).open(`/sign-in?to=${encodeURIComponent(`/c/${QUIET_CASE}`)}`);
  await signInHere(reader);
  await reader.isLive();
  return reader;
}

async function askForTicket(page: Page, id: string): Promise<number> {
  return page.evaluate(async (document) => {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(`/api/cases/${document}/ticket`, { method: 'POST', headers, body: '{}' })).status;
  }, id);
}

async function stored({ database }: Stack, id: string): Promise<number> {
  const rows = await database.query('select from annotation_document_state where case_id = $1 and crdt_state is not null', [id]);
  return rows.length;
}

function panelOf(page: Page): ReturnType<Page['getByRole']> {
  return page.getByRole('complementary', { name: 'Only me' });
}

/** Makes a private note on words; gives its field. */
async function noteOn(reader: Reader, words: string, note: string): Promise<ReturnType<Page['getByRole']>> {
  await reader.select(words);
  await reader.toolbar.getByRole('button', { name: 'Only me' }).click();
  const field = panelOf(reader.page).getByLabel(/^Private note on/).first();
  await until('the field has the focus', () => field.evaluate((area) => area === document.activeElement));
  await reader.page.keyboard.insertText(note);
  await field.blur();
  return field;
}

/** Waits until what is written is in the room of the notes. */
async function saved(reader: Reader): Promise<void> {
  await panelOf(reader.page).getByText('Saved.', { exact: true }).waitFor();
}

/** Everything that comes to a page by its sockets, as text as far as it is any. */
function framesOf(page: Page): () => string {
  let all = '';
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => (all += payload.toString('latin1')));
  });
  return () => all;
}

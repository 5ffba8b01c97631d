// Boards through the page: notes and strokes, live between people, by mouse, finger and keys, each as far as their role goes.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as Y from 'yjs';

import { newTicket, setGrant } from './lib/authority.ts';
import { violationsOn } from './lib/axe.ts';
import { BoardTab, comeTo, makeBoard } from './lib/boards.ts';
import { StockClient } from './lib/clients.ts';
import { BROKEN_SOCKET, FAILED_REQUEST } from './lib/complaints.ts';
import { OurPeer } from './lib/ours.ts';
import { PHONE } from './lib/page_states.ts';
import { pageSuite } from './lib/page_suite.ts';
import { signedIn } from './lib/signing_in.ts';
import { until } from './lib/until.ts';

pageSuite('boards', (stage) => {
  test('what one writes, moves and draws, the other sees at once, with where one points; each undoes their own', async () => {
    const ada = await makeBoard(stage, 'Ada', 'Theories of the case');
    const ben = await comeTo(stage, ada.boardId, 'Ben', 'annotate');
    await ada.putNote('The flag was yellow', 300, 200);
    await ben.note('The flag was yellow').waitFor();
    await ben.putNote('It was amber', 700, 200);
    await ada.note('It was amber').waitFor();
    await ben.page.mouse.move(640, 420);
    await ada.page.locator('.cursor', { hasText: 'Ben' }).waitFor();

    const before = await ada.placeOf('The flag was yellow');
    const grip = await ben.note('The flag was yellow').boundingBox();
    await ben.page.mouse.move((grip?.x ?? 0) + 60, (grip?.y ?? 0) + 100);
    await ben.page.mouse.down();
    await ben.page.mouse.move((grip?.x ?? 0) + 60, (grip?.y ?? 0) + 260, { steps: 6 });
    await ben.page.mouse.up();
    await until('she sees where it is put', async () => (await ada.placeOf('The flag was yellow')).y > before.y + 100);
    await ben.says(/saved/i);

    await ada.tool('Pen').click();
    await ada.stroke([[200, 420], [260, 470], [330, 400]]);
    await until('he sees the stroke', async () => (await ben.strokes.count()) === 1);

    await ada.page.keyboard.press('Control+z');
    await until('her stroke is gone for both', async () => (await ben.strokes.count()) === 0 && (await ada.strokes.count()) === 0);
    await ben.page.keyboard.press('Control+z');
    await until('his moving is undone', async () => (await ada.placeOf('The flag was yellow')).y === before.y);
    assert.equal(await ada.notes.count(), 2);
    await ada.page.keyboard.press('Control+y');
    await until('the stroke is back', async () => (await ben.strokes.count()) === 1);
    await ada.reload();
    await ada.note('It was amber').waitFor();
    assert.deepEqual([await ada.notes.count(), await ada.strokes.count()], [2, 1]);
  });

  test('everything is done by keys: a note is made, written, found, moved, coloured and deleted, a stroke erased', async () => {
    const ada = await makeBoard(stage, 'Ada Keys', 'By keys');
    const { page } = ada;
    await ada.board.focus();
    for (const words of ['first', 'second']) {
      await page.keyboard.press('n');
      await page.keyboard.type(words);
      await page.keyboard.press('Control+Enter');
      await until('the note has the focus', () => page.evaluate(() => document.activeElement?.classList.contains('note')));
      for (let step = 0; words === 'second' && step < 12; step += 1) {
        await page.keyboard.press('ArrowRight');
      }
    }
    const [first, second] = [await ada.placeOf('first'), await ada.placeOf('second')];
    assert.ok(second.x > first.x + 190 && second.y === first.y, JSON.stringify([first, second]));
    await ada.board.focus();
    const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.querySelector('.note-words')?.textContent ?? '');
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'first', 'in reading order');
    await page.keyboard.press('Enter');
    await page.keyboard.type(', and last');
    await page.keyboard.press('Escape');
    await ada.note('first, and last').waitFor();
    await page.getByRole('button', { name: 'Colour rose' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.note.paper-rose', { hasText: 'first' }).waitFor();
    await ada.note('first').focus();
    await page.keyboard.press('Delete');
    await ada.note('first').waitFor({ state: 'detached' });
    await until('its neighbour has the focus', async () => (await focused()) === 'second');
    await page.keyboard.press('Control+z');
    await ada.note('first, and last').waitFor();

    await page.keyboard.press('p');
    await ada.stroke([[120, 120], [180, 160]]);
    await page.keyboard.press('e');
    await page.getByRole('button', { name: 'Erase the stroke by Ada Keys' }).focus();
    await page.keyboard.press('Enter');
    await until('it is erased', async () => (await ada.strokes.count()) === 0);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByText('To the next note, in reading order').waitFor();
  });

  test('a finger draws and moves, two fingers enlarge, and a note is moved without dragging', async () => {
    const ada = await makeBoard(stage, 'Ada Finger', 'By finger', PHONE);
    const { page } = ada;
    const touch = await page.context().newCDPSession(page);
    const fingers = async (type: 'touchStart' | 'touchMove' | 'touchEnd', ...points: readonly (readonly [number, number])[]): Promise<void> => {
      const at = await Promise.all(points.map(([x, y]) => ada.at(x, y)));
      await touch.send('Input.dispatchTouchEvent', { type, touchPoints: at.map((point, id) => ({ ...point, id })) });
    };
    await ada.tool('Pen').tap();
    await fingers('touchStart', [60, 120]);
    await fingers('touchMove', [120, 180]);
    await fingers('touchMove', [200, 130]);
    await fingers('touchEnd');
    await until('it is drawn', async () => (await ada.strokes.count()) === 1);

    await fingers('touchStart', [100, 200]);
    await fingers('touchStart', [100, 200], [200, 200]);
    await fingers('touchMove', [60, 200], [260, 200]);
    await fingers('touchEnd');
    await page.getByRole('button', { name: /^Actual size, now (19|20)\d%/ }).waitFor();
    assert.equal(await ada.strokes.count(), 1, 'two fingers draw nothing');
    await page.getByRole('button', { name: /^Actual size/ }).tap();

    await ada.tool('Note').tap();
    const at = await ada.at(120, 260);
    await page.touchscreen.tap(at.x, at.y);
    await page.locator('.note.is-editing textarea').fill('by finger');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Move it' }).tap();
    const before = await ada.placeOf('by finger');
    const place = await ada.at(60, 420);
    await page.touchscreen.tap(place.x, place.y);
    await until('it stands elsewhere', async () => (await ada.placeOf('by finger')).y > before.y + 60);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.equal(wide, 0);
  });

  test('a reader sees and changes nothing; whoever comments has notes of their own; what is taken is told', async () => {
    const ada = await makeBoard(stage, 'Ada Roles', 'Roles');
    await ada.putNote('hers', 300, 200);
    const reader = await comeTo(stage, ada.boardId, 'Rea', 'read');
    await reader.note('hers').waitFor();
    assert.equal(await reader.page.getByRole('toolbar').count(), 0);
    await reader.note('hers').focus();
    for (const key of ['Delete', 'ArrowRight', 'Enter', 'n']) {
      await reader.page.keyboard.press(key);
    }
    assert.deepEqual([await reader.notes.count(), await reader.page.locator('textarea').count()], [1, 0]);
    assert.equal(await reader.page.locator('.note-tools').count(), 0);

    const cam = await comeTo(stage, ada.boardId, 'Cam', 'comment');
    assert.equal(await cam.tool('Pen').count(), 0);
    await cam.putNote('his', 700, 200);
    await ada.note('his').waitFor();
    const before = await cam.placeOf('hers');
    await cam.note('hers').focus();
    await cam.page.keyboard.press('ArrowDown');
    await cam.note('his').focus();
    await cam.page.keyboard.press('ArrowDown');
    await until('his own is moved', async () => (await ada.placeOf('his')).y > before.y);
    assert.deepEqual(await cam.placeOf('hers'), before);

    await setGrant(stage.stack, ada.boardId, cam.user, 'read', 'Cam');
    await cam.page.getByText('You may now only look at this board.').first().waitFor();
    await cam.page.getByRole('toolbar').waitFor({ state: 'detached' });
    await cam.isLive();
    await setGrant(stage.stack, ada.boardId, cam.user, null, 'Cam');
    stage.browser.complaints.expect(cam.page, FAILED_REQUEST);
    await cam.page.locator('.banner', { hasText: 'No permission' }).waitFor();
    await cam.note('hers').waitFor();
  });

  test('what is done without a connection is kept, and is with everybody when it is back', async () => {
    const line = await stage.browser.line();
    const ada = await makeBoard(stage, 'Ada Away', 'Away', { line });
    const ben = await comeTo(stage, ada.boardId, 'Ben Away', 'annotate');
    await ada.putNote('before', 300, 200);
    await ben.note('before').waitFor();
    stage.browser.complaints.expect(ada.page, BROKEN_SOCKET);
    line.cut('sockets');
    await ada.page.locator('body[data-state=waiting]').waitFor();
    await ada.putNote('meanwhile', 300, 420);
    await ben.putNote('his elsewhere', 700, 420);
    await ada.says(/unsent/);
    ada.page.once('dialog', (dialog) => void dialog.accept());
    await ada.page.reload();
    await ada.note('meanwhile').waitFor();
    line.mend();
    await ada.isLive();
    await until('both have all', async () => (await ada.notes.count()) === 3 && (await ben.notes.count()) === 3);
  });

  test('offline a board says what becomes of one’s work, and has its keys and all words there once these have come', async () => {
    const line = await stage.browser.line();
    const ada = await makeBoard(stage, 'Ada Adrift', 'Adrift', { line });
    const banner = ada.page.locator('.banner');
    // What is seldom needed comes some seconds after the board: the line breaks before.
    line.cut();
    stage.browser.complaints.expect(ada.page, BROKEN_SOCKET, FAILED_REQUEST);
    await banner.getByText('Changes are kept in this browser and sent when the connection is back.').waitFor();
    await ada.page.keyboard.press('?');
    const missing = ada.page.getByRole('dialog', { name: 'Not available' });
    await missing.getByText('could not be fetched').waitFor();
    await ada.page.keyboard.press('Escape');
    await missing.waitFor({ state: 'detached' });

    line.mend();
    await ada.isLive();
    const keys = ada.page.getByRole('dialog', { name: 'Keys' });
    await ada.page.keyboard.press('?');
    await keys.waitFor();
    await ada.page.keyboard.press('Escape');
    await keys.waitFor({ state: 'detached' });
    line.cut();
    await banner.getByText('You can go on working: changes are kept in this browser').waitFor();
    await ada.page.keyboard.press('?');
    await keys.waitFor();
    line.mend();
    await ada.isLive();
  });

  test('a board that is deleted is gone for everybody who is at it, and nobody finds it again', async () => {
    const ada = await makeBoard(stage, 'Ada Gone', 'To be deleted');
    const ben = await comeTo(stage, ada.boardId, 'Ben Gone', 'annotate');
    const id = ada.boardId;
    await ben.putNote('the last word', 300, 200);
    await ada.note('the last word').waitFor();
    await ada.page.getByRole('button', { name: 'More' }).click();
    await ada.page.getByRole('button', { name: 'Delete', exact: true }).click();
    await ada.page.getByRole('button', { name: 'Delete it' }).click();
    await ada.page.waitForURL(({ pathname }) => pathname === '/');
    await ben.page.locator('.banner', { hasText: 'Board deleted' }).waitFor();
    assert.equal(await ben.page.getByRole('toolbar').count(), 0);
    stage.browser.complaints.expect(ben.page, FAILED_REQUEST);
    await ben.page.reload();
    await ben.page.getByRole('heading', { name: 'No board here' }).waitFor();
    const left = 'select (select count(*) from boards where board_id = $1) + (select count(*) from snapshot_history where case_id = $1) as left';
    const [row] = await stage.stack.database.query<{ left: string }>(left, [id]);
    assert.equal(Number(row?.left), 0);
  });

  test('who owns a board and did not make it is not offered to delete it, or told that only its maker does', async () => {
    const ada = await makeBoard(stage, 'Ada Maker', 'Of two owners');
    const ben = await comeTo(stage, ada.boardId, 'Ben Owner', 'own');
    // A host of before does not say whose it is to delete.
    let isOfBefore = false;
    await ben.page.route(`**/api/boards/${ada.boardId}`, async (route) => {
      if (!isOfBefore || route.request().method() !== 'GET') {
        await route.continue();
        return;
      }
      const response = await route.fetch();
      const { deletable: _said, ...head } = (await response.json()) as Readonly<Record<string, unknown>>;
      await route.fulfill({ response, json: head });
    });
    const menu = async (): Promise<string[]> => {
      await ben.reload();
      await ben.page.getByRole('button', { name: 'More' }).click();
      return ben.page.locator('.popover.menu:popover-open').getByRole('button').allInnerTexts();
    };
    assert.deepEqual((await menu()).slice(0, -1), ['Share', 'Rename or lock']);
    isOfBefore = true;
    assert.deepEqual((await menu()).slice(0, -1), ['Share', 'Rename or lock', 'Delete']);
    stage.browser.complaints.expect(ben.page, FAILED_REQUEST);
    await ben.page.getByRole('button', { name: 'Delete', exact: true }).click();
    await ben.page.getByRole('button', { name: 'Delete it' }).click();
    await ben.page.getByRole('alert').getByText('Only whoever made a board deletes it.').waitFor();
    assert.equal((await stage.stack.database.query('select from boards where board_id = $1', [ada.boardId])).length, 1);
  });

  test('a class has boards: whoever leads it makes one there, and its students are at it with their role', async () => {
    await stage.stack.host.command('admin', 'institution', 'pavia', 'University of Pavia', '--domain', 'unipv.example');
    const { page, person } = await signedIn(stage.browser, 'Lanfrancus');
    await page.locator('.site-person').waitFor();
    await stage.stack.database.query(
      `insert into memberships (user_id, institution_id, role, source)
       select id, 'pavia', 'instructor', 'granted' from users where name = 'Lanfrancus'`,
    );
    await page.reload();
    await page.getByRole('button', { name: 'New class' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Lombard law');
    await page.getByRole('button', { name: 'Create the class' }).click();
    await page.getByRole('heading', { name: 'Lombard law' }).waitFor();
    const address = page.url();
    await page.getByRole('link', { name: 'People' }).click();
    await page.getByRole('button', { name: 'Make a link' }).click();
    const link = await page.getByLabel('Link', { exact: true }).inputValue();
    await page.goto(address);
    await page.getByRole('button', { name: 'New board' }).click();
    await page.getByRole('dialog', { name: 'New board' }).getByLabel('Title').fill('First thoughts');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.waitForURL(/\/boards\//);
    const teacher = new BoardTab(page, person, '');
    await teacher.isLive();

    const { page: student, person: who } = await signedIn(stage.browser, 'Walfredus', new URL(link).pathname);
    await student.getByRole('button', { name: 'Join the class' }).click();
    await student.getByRole('link', { name: 'First thoughts' }).click();
    const tab = new BoardTab(student, who, '');
    await tab.isLive();
    await tab.putNote('from the back row', 400, 250);
    await teacher.note('from the back row').waitFor();
    await student.getByRole('link', { name: 'Class' }).click();
    assert.equal(await student.getByRole('button', { name: 'New board' }).count(), 0);
  });

  test('frames that no page sends: what is another’s, too large or too much changes nothing', async () => {
    const ada = await makeBoard(stage, 'Ada Raw', 'Raw');
    await ada.putNote('untouched', 300, 200);
    const id = ada.boardId;
    await setGrant(stage.stack, id, 'mal', 'annotate', 'Mal');
    const attacks: ((doc: Y.Doc) => void)[] = [
      (doc) => first(doc).set('text', 'forged'),
      (doc) => first(doc).set('author_id', 'mal'),
      (doc) => doc.getMap('stickies').clear(),
      (doc) => put(doc, 'stickies', { author_id: ada.user, text: 'in her name' }),
      (doc) => put(doc, 'stickies', { author_id: 'mal', text: 'x'.repeat(2_001) }),
      (doc) => put(doc, 'stickies', { author_id: 'mal', text: new Y.Text('grows') }),
      (doc) => put(doc, 'stickies', { author_id: 'mal', x: 1e300, y: 0 }),
      (doc) => put(doc, 'strokes', { author_id: 'mal', points: Array.from({ length: 2_002 }, () => 1) }),
      (doc) => put(doc, 'strokes', { author_id: 'mal', points: 'M0 0', width: 1e6 }),
    ];
    for (const [index, attack] of attacks.entries()) {
      const ticket = await newTicket(stage.stack, id, 'mal');
      const peer = await OurPeer.joinWith(stage.stack.edge.syncUrl, id, ticket, stage.stack.edge.url);
      await until('it has the board', () => peer.doc.getMap('stickies').size === 1);
      const n = peer.edit(attack);
      await until(`attack ${index} is refused`, () => peer.said().some((said) => said.kind === 'refused' && said.n === n));
      peer.peer.cut();
    }
    const witness = await StockClient.join(stage.stack.edge.syncUrl, id, { user: 'mal' });
    await until('the witness has it', () => witness.doc.getMap('stickies').size > 0);
    assert.deepEqual([witness.doc.getMap('stickies').size, witness.doc.getMap('strokes').size, first(witness.doc).get('text')], [1, 0, 'untouched']);
    witness.leave();
    assert.equal(await ada.notes.count(), 1);
  });

  test('on a desk and on a phone, with a note in hand and without, axe-core finds nothing', async () => {
    const found: Record<string, unknown> = {};
    for (const [where, options] of [['desk', {}], ['phone', PHONE], ['dark', { colorScheme: 'dark' }], ['forced', { forcedColors: 'active' }]] as const) {
      const ada = await makeBoard(stage, `Ada at ${where}`, `Seen at ${where}`, options);
      const look = async (state: string): Promise<void> => {
        const violations = await violationsOn(ada.page);
        if (violations.length > 0) {
          found[`${state} at ${where}`] = violations;
        }
      };
      await look('empty');
      await ada.putNote('A note', 180, 160);
      await ada.note('A note').focus();
      await look('selected');
      await ada.tool('Pen').click();
      await ada.stroke([[60, 300], [160, 330]]);
      await look('pen');
      await ada.tool('Eraser').click();
      await look('eraser');
      await ada.page.keyboard.press('Escape');
      await ada.page.keyboard.press('?');
      await look('keys');
    }
    assert.deepEqual(found, {});
  });
});

function first(doc: Y.Doc): Y.Map<unknown> {
  const [sticky] = doc.getMap<Y.Map<unknown>>('stickies').values();
  assert.ok(sticky !== undefined);
  return sticky;
}

function put(doc: Y.Doc, root: 'stickies' | 'strokes', fields: Readonly<Record<string, unknown>>): void {
  doc.getMap(root).set('forged', new Y.Map(Object.entries(fields)));
}

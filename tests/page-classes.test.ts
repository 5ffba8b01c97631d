// Classes through the page: made, joined, given cases, watched by their teachers, and seen by students as students see them.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import type { Page } from 'playwright-core';

import { violationsOn } from './lib/axe.ts';
import { BoardTab } from './lib/boards.ts';
import type { Person } from './lib/browser.ts';
import { FAILED_REQUEST } from './lib/complaints.ts';
import { PHONE } from './lib/page_states.ts';
import { pageSuite } from './lib/page_suite.ts';
import { signedIn } from './lib/signing_in.ts';
import { bringCase, foundBologna, join, newClass, teacher } from './lib/teaching.ts';
import { until } from './lib/until.ts';

pageSuite('classes', (stage) => {
  before(() => foundBologna(stage));

  test('a class is made, joined by its link, and its people have the roles that they are given', async () => {
    const { page } = await teacher(stage, 'Irnerius');
    const link = await newClass(page, 'Digest, first part');
    const { student, reader } = await join(stage, 'Bulgarus', link);
    await student.getByRole('heading', { name: 'Digest, first part' }).waitFor();
    assert.equal(await student.getByRole('navigation', { name: 'Parts of the class' }).count(), 0);
    assert.doesNotMatch(await student.locator('body').innerText(), /Irnerius/, 'students are not shown who else is there');

    await page.reload();
    const role = page.getByLabel('Role of Bulgarus');
    await role.selectOption('tutor');
    await page.getByText('Bulgarus is tutor now.').waitFor({ state: 'attached' });
    await reader.page.reload();
    await student.getByRole('link', { name: 'People' }).click();
    await student.getByRole('list', { name: 'Members' }).getByText('Irnerius').waitFor();
    assert.equal(await student.getByRole('combobox').count(), 0, 'a tutor sees roles and gives none');

    await page.getByRole('button', { name: 'Remove Bulgarus' }).click();
    await page.getByRole('button', { name: 'Remove from the class' }).click();
    await role.waitFor({ state: 'detached' });
    reader.expects(FAILED_REQUEST);
    await reader.page.reload();
    await student.getByRole('heading', { name: 'No class here' }).waitFor();
  });

  test('a class says where most of its people are, or nothing', async () => {
    const { page } = await teacher(stage, 'Vacarius');
    const regions: (string | null)[] = [];
    for (const [name, choice] of [['Liber pauperum', 'Western Europe'], ['Summa de matrimonio', null]] as const) {
      await page.goto(`${stage.stack.edge.url}/`);
      await page.getByRole('button', { name: 'New class' }).click();
      await page.getByLabel('Name', { exact: true }).fill(name);
      if (choice !== null) {
        await page.getByLabel('Where most of its people are').selectOption(choice);
      }
      await page.getByRole('button', { name: 'Create the class' }).click();
      await page.getByRole('heading', { name }).waitFor();
      const [made] = await stage.stack.database.query<{ region: string | null }>('select region from classes where name = $1', [name]);
      regions.push(made?.region ?? null);
    }
    assert.deepEqual(regions, ['weur', null]);
  });

  test('an invitation that was renewed or switched off lets nobody in any more', async () => {
    const { page } = await teacher(stage, 'Martinus');
    const link = await newClass(page, 'Code, books one to three');
    await page.getByRole('button', { name: 'Renew' }).click();
    await page.getByRole('button', { name: 'Make a new one' }).click();
    await until('another link is shown', async () => (await page.getByLabel('Link', { exact: true }).inputValue()) !== link);
    const { page: other } = await signedIn(stage.browser, 'Jacobus', new URL(link).pathname);
    await other.getByRole('button', { name: 'Join the class' }).click();
    await other.getByRole('alert').getByText(/./).waitFor();
    const fresh = await page.getByLabel('Code', { exact: true }).inputValue();
    await page.getByRole('button', { name: 'Switch off' }).click();
    await page.getByRole('button', { name: 'Switch it off' }).click();
    await page.getByRole('button', { name: 'Make a link' }).waitFor();
    await other.goto(`${stage.stack.edge.url}/`);
    await other.getByRole('button', { name: 'Join a class' }).click();
    await other.getByLabel('Code or link').fill(fresh);
    await other.getByRole('button', { name: 'Join', exact: true }).click();
    await other.getByRole('alert').getByText(/./).waitFor();
  });

  test('a list of people is enrolled, and of each line that was refused it is said why', async () => {
    const { page } = await teacher(stage, 'Hugo');
    await newClass(page, 'Institutes');
    const lines = ['First name,Surname,Email address', 'Ugo,Uno,ugo@unibo.example', 'Ada,Due,not-an-address', '<b>,=1+1,"x""@y"', 'Iva,Tre,iva@unibo.example'];
    await page.locator('input[type=file]').setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\r\n')) });
    const report = page.getByRole('dialog', { name: 'The list has been read' });
    await report.getByText('not-an-address').waitFor();
    assert.ok((await report.getByRole('row').count()) >= 2);
    assert.equal(await report.locator('b').count(), 0, 'what a file says is shown and nothing else');
    assert.deepEqual(await violationsOn(page), []);
    await page.keyboard.press('Escape');
    await page.getByRole('list', { name: 'Invited' }).getByText('iva@unibo.example').waitFor();
  });

  test('a class is given a case; its teachers see who has begun, and search finds what was written', async () => {
    const { page } = await teacher(stage, 'Placentinus');
    const link = await newClass(page, 'Three books');
    await bringCase(stage, page, 'In re the yellow flag');
    await page.goto(link.replace(/\/join\/.*/, '/'));
    await page.getByRole('link', { name: 'Three books' }).click();
    await page.getByRole('button', { name: 'Add a case' }).click();
    await page.getByLabel('Case', { exact: true }).selectOption({ label: 'In re the yellow flag' });
    await page.getByRole('button', { name: 'Add it' }).click();
    await page.getByRole('link', { name: 'In re the yellow flag' }).waitFor();

    const { reader, student } = await join(stage, 'Vacarius', link);
    await join(stage, 'Rogerius', link);
    await student.getByRole('link', { name: 'In re the yellow flag' }).click();
    await reader.isLive();
    const id = await reader.highlight('came down at four');
    await reader.comment(id, 'By whose order, one wonders.');
    await reader.says('All saved');

    await page.getByRole('link', { name: 'Progress' }).click();
    await until('the teacher sees it', async () => {
      await page.reload();
      const row = page.getByRole('row', { name: /Vacarius/ });
      await page.getByText(/students? ha(s|ve) begun/).first().waitFor();
      return (await row.count()) === 1 && /Vacarius\s+Highlights: Jurisdiction 1\s+Comments: Jurisdiction 1\s+1\s+1\s/.test(await row.innerText());
    }, { explain: () => page.locator('main').innerText() });
    await page.locator('.not-begun').getByText('Rogerius').waitFor();

    await page.getByLabel('Search all cases').fill('wonders');
    await page.keyboard.press('Enter');
    await page.locator('mark', { hasText: 'wonders' }).waitFor();
    const { page: stranger } = await signedIn(stage.browser, 'Nobody at all', '/search?q=wonders');
    await stranger.getByText('Nothing was found for “wonders”.').waitFor();
  });

  test('what search finds is turned over page by page: by keys, without losing one’s place or a find, and back by the browser', async () => {
    const { page } = await teacher(stage, 'Hugolinus');
    const wanted = 24;
    const statuses = await page.evaluate(async (count) => {
      const made: number[] = [];
      for (let number = 1; number <= count; number += 1) {
        const body = JSON.stringify({ title: `Replevin, question ${number}`, format: 'text', content: `The beasts were taken, and replevin lies: ${number}.` });
        // One after the other, as one person brings them.
        made.push((await fetch('/api/cases', { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status);
      }
      return made;
    }, wanted);
    assert.deepEqual(new Set(statuses), new Set([201]));

    await page.goto(`${stage.stack.edge.url}/search?q=replevin`);
    const [status, pages] = [page.getByRole('status'), page.getByRole('navigation', { name: 'Pages of results' })];
    const found = (): Promise<string[]> => page.locator('main a[href^="/c/"]').evaluateAll((links) => links.map((link) => new URL((link as HTMLAnchorElement).href).pathname));
    await status.getByText('20 places on this page; there are more.').waitFor();
    const first = new Set(await found());
    assert.equal(await pages.getByRole('button', { name: 'Previous' }).count(), 0);
    await pages.getByRole('button', { name: 'Next' }).press('Enter');
    await status.getByText('4 places.').waitFor();
    assert.match(page.url(), /[?&]page=2\b/);
    const second = new Set(await found());
    assert.deepEqual([first.size, second.size, new Set([...first, ...second]).size], [20, 4, wanted], 'each is on one page');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'content', 'Tab goes on from the results');
    assert.equal(await pages.getByRole('button', { name: 'Next' }).count(), 0);
    assert.deepEqual(await violationsOn(page), []);

    await page.goBack();
    await status.getByText('20 places on this page; there are more.').waitFor();
    assert.deepEqual(new Set(await found()), first);
    await page.goForward();
    await pages.getByRole('button', { name: 'Previous' }).click();
    await status.getByText('20 places on this page; there are more.').waitFor();
    assert.deepEqual(new Set(await found()), first);
  });

  test('a class in sections reads one text apart: each student sees their section’s, and is moved', async () => {
    const { page } = await teacher(stage, 'Rolandus');
    const link = await newClass(page, 'Lectures in two rooms');
    for (const name of ['Tuesdays', 'Fridays']) {
      await page.getByRole('button', { name: 'New section' }).click();
      await page.getByLabel('Name', { exact: true }).fill(name);
      await page.getByRole('button', { name: 'Make it' }).click();
      await page.getByRole('list', { name: 'Sections' }).getByText(name).waitFor();
    }
    await bringCase(stage, page, 'The case of two rooms');
    await page.goto(link.replace(/\/join\/.*/, '/'));
    await page.getByRole('link', { name: 'Lectures in two rooms' }).click();
    await page.getByRole('button', { name: 'Add a case' }).click();
    await page.getByLabel('Each section by itself').check();
    await page.getByRole('button', { name: 'Add it' }).click();
    await page.getByRole('button', { name: 'Change The case of two rooms of Fridays' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'The case of two rooms' }).count(), 2);

    const { student } = await join(stage, 'Passagerius', link);
    await student.getByText('No case yet.').waitFor();
    await page.getByRole('link', { name: 'People' }).click();
    await page.reload();
    await page.getByText('1 student is in none').waitFor();
    await page.getByRole('button', { name: 'Deal out 1 student' }).click();
    await page.getByRole('button', { name: 'Deal them out' }).click();
    await page.getByText('Every student is in one').waitFor();
    await student.reload();
    const given = student.getByRole('link', { name: 'The case of two rooms' });
    await given.waitFor();
    assert.equal(await given.count(), 1);
    const [before, section] = [await given.getAttribute('href'), page.getByLabel('Section of Passagerius')];
    const now = await section.locator('option:checked').innerText();
    await section.selectOption({ label: now === 'Tuesdays' ? 'Fridays' : 'Tuesdays' });
    await page.getByText(/Passagerius is in (Tuesdays|Fridays) now/).waitFor({ state: 'attached' });
    await student.reload();
    await given.waitFor();
    assert.notEqual(await given.getAttribute('href'), before, 'the other section’s, in the place of this one’s');
    assert.deepEqual(await violationsOn(page), []);
  });

  test('in an anonymous class nothing that a student’s browser receives tells who another one is, and its staff see names', async () => {
    const { page } = await teacher(stage, 'Cynus');
    const link = await newClass(page, 'Lectures behind a curtain', { isAnonymous: true });
    await bringCase(stage, page, 'The case behind a curtain');
    await page.goto(link.replace(/\/join\/.*/, '/'));
    await page.getByRole('link', { name: 'Lectures behind a curtain' }).click();
    await page.getByRole('button', { name: 'Add a case' }).click();
    await page.getByLabel('Case', { exact: true }).selectOption({ label: 'The case behind a curtain' });
    await page.getByRole('button', { name: 'Add it' }).click();
    const { reader: first, student: bartolus } = await join(stage, 'Bartolus', link);
    const { reader: second, student: baldus } = await join(stage, 'Baldus', link);
    const received = hear(baldus);

    await bartolus.getByRole('link', { name: 'The case behind a curtain' }).click();
    await first.isLive();
    await baldus.reload();
    const persona = await baldus.locator('.class-page > .hint strong').innerText();
    await baldus.getByRole('link', { name: 'The case behind a curtain' }).click();
    await second.isLive();
    const id = await first.highlight('came down at four');
    await first.comment(id, 'Who drew the curtain, one wonders.');
    await first.says('All saved');
    await baldus.getByText('Who drew the curtain, one wonders.').waitFor();
    await baldus.getByRole('button', { name: /Who is here/ }).click();
    const other = (await baldus.getByRole('list', { name: 'People here' }).getByRole('listitem').last().innerText()).trim();
    const search = `${stage.stack.edge.url}/search?q=`;
    const [named] = await stage.stack.database.query<{ id: string }>("select id::text from users where name = 'Bartolus'");
    const account = named?.id ?? assert.fail('nobody is called that');
    const written = "select from highlight_comment where body = 'Who drew the curtain, one wonders.'";
    await until('search knows what was written', async () => (await stage.stack.database.query(written)).length > 0, { within: 40_000, every: 200 });
    await baldus.goto(`${search}wonders`);
    await baldus.locator('mark', { hasText: 'wonders' }).waitFor();
    await baldus.goto(`${search}Bartolus`);
    await baldus.getByText('Nothing was found for “Bartolus”.').waitFor();
    const all = Buffer.concat(received.map((bytes) => Buffer.from(bytes)));
    assert.ok(received.length > 20 && all.includes('one wonders') && all.includes(other.split('\n')[0] ?? ''), 'it was listened to');
    assert.notEqual(other, persona);
    for (const secret of ['Bartolus', account, account.replaceAll('-', '')]) {
      assert.equal(all.includes(secret), false, `${secret} was told`);
    }
    assert.equal(all.includes(Buffer.from(account.replaceAll('-', ''), 'hex')), false, 'in bytes');

    await page.getByRole('link', { name: 'The case behind a curtain' }).click();
    await page.locator('.author', { hasText: /^\w+ \w+ \(Bartolus\)$/ }).first().waitFor();
  });

  test('on a board of an anonymous class nothing tells a student who another one is, and its staff see names', async () => {
    const { page } = await teacher(stage, 'Hugolinus');
    const link = await newClass(page, 'Sketches behind a curtain', { isAnonymous: true });
    await page.getByRole('link', { name: 'Cases', exact: true }).click();
    await page.getByRole('button', { name: 'New board' }).click();
    await page.getByRole('dialog', { name: 'New board' }).getByLabel('Title').fill('Who held the curtain');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.waitForURL(/\/boards\//);
    const { student: lothair, person: first } = await join(stage, 'Lothair', link);
    const { student: pillius, person: second } = await join(stage, 'Pillius', link);
    const received = hear(pillius);
    const at = async (who: Page, person: Person): Promise<BoardTab> => {
      await who.getByRole('link', { name: 'Who held the curtain' }).click();
      const tab = new BoardTab(who, person, '');
      await tab.isLive();
      return tab;
    };
    const his = await at(lothair, first);
    const others = await at(pillius, second);
    await his.putNote('I held it', 300, 240);
    await his.tool('Pen').click();
    await his.stroke([[200, 420], [260, 470]]);
    await his.says(/saved/i);
    await others.note('I held it').waitFor();
    await pillius.getByRole('button', { name: /Who is here/ }).click();
    const here = pillius.getByRole('list', { name: 'People here' }).getByRole('listitem');
    await until('everybody is here', async () => (await here.count()) === 3);
    const author = await others.note('I held it').locator('.note-author').innerText();
    const [named] = await stage.stack.database.query<{ id: string }>("select id::text from users where name = 'Lothair'");
    const account = named?.id ?? assert.fail('nobody is called that');
    const all = Buffer.concat(received.map((bytes) => Buffer.from(bytes)));
    assert.match(author, /^\w+ \w+$/);
    assert.ok(all.includes('I held it') && all.includes(author), 'it was listened to');
    for (const secret of ['Lothair', account, account.replaceAll('-', '')]) {
      assert.equal(all.includes(secret), false, `${secret} was told`);
    }
    assert.equal(all.includes(Buffer.from(account.replaceAll('-', ''), 'hex')), false, 'in bytes');
    // Who has come since is asked for once a minute.
    await page.reload();
    await page.locator('.note-author', { hasText: `${author} (Lothair)` }).waitFor();
  });

  test('what is hidden until later, a student does not see; what is locked, everybody reads', async () => {
    const { page } = await teacher(stage, 'Azo');
    const link = await newClass(page, 'Summa');
    await bringCase(stage, page, 'The second flag');
    await page.goto(link.replace(/\/join\/.*/, '/'));
    await page.getByRole('link', { name: 'Summa' }).click();
    await page.getByRole('button', { name: 'Add a case' }).click();
    await page.getByLabel('Visible from').fill('2199-01-01T09:00');
    await page.getByRole('button', { name: 'Add it' }).click();
    await page.getByText(/^hidden until/).waitFor();
    const { student } = await join(stage, 'Accursius', link);
    await student.getByText('No case yet.').waitFor();
    await page.getByRole('button', { name: 'Change The second flag' }).click();
    await page.getByLabel('Visible from').fill('');
    await page.getByLabel('Locked: only owners write').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('locked', { exact: true }).waitFor();
    await student.reload();
    await student.getByRole('link', { name: 'The second flag' }).waitFor();
  });

  test('a case is shared by e-mail with somebody who has never been here, and that is taken back', async () => {
    const { page } = await teacher(stage, 'Odofredus');
    await bringCase(stage, page, 'A case to share');
    await page.goto(`${stage.stack.edge.url}/`);
    await page.getByRole('button', { name: 'Share A case to share' }).click();
    const dialog = page.getByRole('dialog', { name: 'Share this case' });
    await dialog.getByLabel('Add somebody by e-mail address').fill('guest@unibo.example');
    await dialog.getByLabel('What they may do').selectOption('comment');
    await dialog.getByRole('button', { name: 'Share', exact: true }).click();
    await dialog.getByText('whoever has this address').waitFor();
    assert.equal(await dialog.getByLabel('What guest@unibo.example may do').inputValue(), 'comment');
    await dialog.getByRole('button', { name: 'Remove guest@unibo.example' }).click();
    await dialog.getByText('whoever has this address').waitFor({ state: 'detached' });
  });

  test('on a desk and on a phone no part of a class has a violation that axe-core finds, or is too wide', async () => {
    const found: Record<string, unknown> = {};
    for (const [where, options] of [['desk', {}], ['phone', PHONE]] as const) {
      const { page } = await teacher(stage, `Tancredus at a ${where}`, options);
      await newClass(page, `Ordo, at the ${where}`);
      for (const part of ['Cases', 'People', 'Progress', 'Settings']) {
        await page.getByRole('link', { name: part, exact: true }).click();
        await page.locator(`.parts a[aria-current=page]`, { hasText: part }).waitFor();
        const violations = await violationsOn(page);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (violations.length > 0 || wide > 0) {
          found[`${part} on a ${where}`] = { violations, wide };
        }
      }
      await page.getByRole('button', { name: 'Archive' }).click();
      await page.getByRole('button', { name: 'Archive it' }).click();
      await page.getByRole('button', { name: 'Open again' }).waitFor();
    }
    assert.deepEqual(found, {});
  });
});

/** Everything that a page is sent from here on: the bodies of answers, and the frames of sockets. */
function hear(page: Page): Uint8Array[] {
  const received: Uint8Array[] = [];
  page.on('response', (response) => {
    // A body that is gone with its page was a redirect's, or is asked for again.
    void response.body().then((body) => received.push(body), () => {});
  });
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => received.push(Buffer.from(payload))));
  return received;
}

// The list of cases, the text of one, its shared notes, and who is in it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { annotationsIn } from './lib/annotations.ts';
import { caseOf } from './lib/cases.ts';
import { StockClient } from './lib/clients.ts';
import { BROKEN_SOCKET, FAILED_REQUEST } from './lib/complaints.ts';
import { append, notesOf } from './lib/edits.ts';
import { pageSuite } from './lib/page_suite.ts';
import { until } from './lib/until.ts';

pageSuite('reading a case', (stage) => {
  test('the first page lists the samples, and the judgment has at least 300 numbered paragraphs', async () => {
    const person = await stage.browser.person('Azo');
    const list = await person.open('/');
    const links = list.page.locator('.cases a[href^="/c/"]');
    await until('at least two cases are listed', async () => (await links.count()) >= 2);
    const counts: number[] = [];
    for (const link of await links.evaluateAll((anchors) => anchors.map((each) => each.getAttribute('href') ?? ''))) {
      const reader = await person.join(link.slice('/c/'.length));
      await reader.page.locator('#text h1').waitFor();
      counts.push(await reader.page.locator('#text .t-number').count());
      await reader.page.close();
    }
    assert.ok(Math.max(...counts) >= 300, `the longest case has ${Math.max(...counts)} numbered paragraphs`);
  });

  test('the name is asked for once, and is the name that others see', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.person('Azo');
    const first = await azo.join(caseId);
    const bulgarus = await stage.browser.reader('Bulgarus', caseId);
    await until('Azo is here', async () => (await bulgarus.people()).includes('Azo'));
    await first.page.reload();
    await first.isLive();
    assert.equal(await first.page.getByRole('dialog').count(), 0, 'nothing is asked again');
  });

  test('what is typed into the notes of one tab shows in another, and stays through a reload', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId);
    const bulgarus = await stage.browser.reader('Bulgarus', caseId);
    await (await azo.notes()).pressSequentially('Glossa ordinaria 😀');
    await bulgarus.notesShow('Glossa ordinaria 😀');

    const field = await bulgarus.notes();
    await field.press('Home');
    await field.pressSequentially('Accursius: ');
    await azo.notesShow('Accursius: Glossa ordinaria 😀');

    await azo.reload();
    await azo.notesShow('Accursius: Glossa ordinaria 😀');
    await bulgarus.page.close();
    await azo.reload();
    await azo.notesShow('Accursius: Glossa ordinaria 😀');
  });

  test('notes and presence are shared with stock clients', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const bartolus = await stage.browser.reader('Bartolus', caseId);
    const client = await StockClient.join(stage.stack.edge.syncUrl, caseId, {
      presence: { user: { name: 'Azo', color: '#336699' } },
      user: 'Azo',
    });
    await until('the page shows both', async () => (await bartolus.people()).join() === 'Bartolus (you),Azo');
    await until('the client sees the page', () =>
      [...client.provider.awareness.getStates().values()].some((state) => JSON.stringify(state).includes('Bartolus')),
    );
    append(client, 'from elsewhere');
    await bartolus.notesShow('from elsewhere');
    const field = await bartolus.notes();
    await field.press('End');
    await field.pressSequentially('!');
    await until('the client has it', () => notesOf(client) === 'from elsewhere!');

    client.leave();
    await until('the page shows one', async () => (await bartolus.people()).join() === 'Bartolus (you)');
  });

  test('what was typed while workerd was killed and restarted is kept', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId);
    await (await azo.notes()).pressSequentially('before, ');
    await until('the text has left the tab', async () => (await annotationsIn(stage.stack.edge, caseId)).notes === 'before, ');
    azo.expects(BROKEN_SOCKET, FAILED_REQUEST);
    const pid = await stage.stack.edge.runtimePid();
    process.kill(pid, 'SIGKILL');
    await azo.page.locator('body:not([data-state=live])').waitFor();
    await (await azo.notes()).pressSequentially('after');
    await stage.stack.edge.runtimeIsBack(pid);
    await azo.isLive();
    await until('the room has both', async () =>
      (await annotationsIn(stage.stack.edge, caseId)).notes === 'before, after');
  });

  test('people appear when they come and go when they go', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId);
    const bulgarus = await stage.browser.reader('Bulgarus', caseId);
    const hugo = await stage.browser.reader('Hugo', caseId);
    await until('all three', async () => (await azo.people()).join() === 'Azo (you),Bulgarus,Hugo');
    await hugo.page.close();
    await until('Hugo has gone', async () => (await azo.people()).join() === 'Azo (you),Bulgarus');
    // Leaving the page without closing the tab is leaving too.
    await bulgarus.page.goto('about:blank');
    await until('Bulgarus has gone', async () => (await azo.people()).join() === 'Azo (you)');
  });

  test('what somebody has selected is marked at the edge of the text for the others', async () => {
    const caseId = await caseOf(stage.stack.edge);
    const azo = await stage.browser.reader('Azo', caseId);
    const bulgarus = await stage.browser.reader('Bulgarus', caseId);
    await bulgarus.select('closed the bridge');
    const mark = azo.page.locator('.margin-mark.is-selection[title=Bulgarus]');
    await mark.locator('.avatar').waitFor();
    const { middle } = await azo.placeOf('closed the bridge');
    const box = await mark.boundingBox();
    assert.ok(box !== null && box.y <= middle.y && box.y + box.height >= middle.y, 'it stands at the line of the words');
    await bulgarus.page.keyboard.press('Escape');
    await mark.waitFor({ state: 'detached' });
    await bulgarus.page.close();
    await azo.page.locator('.margin-mark').waitFor({ state: 'detached' });
  });

  test('a case whose text is not published says so, and its notes can be used all the same', async () => {
    const azo = await stage.browser.person('Azo');
    const reader = await azo.open('/c/a-case-that-nobody-has-made');
    reader.expects(FAILED_REQUEST);
    await reader.join();
    await reader.page.getByText('No text has been published').waitFor();
    await (await reader.notes()).pressSequentially('all the same');
    await until('the room has it', async () =>
      (await annotationsIn(stage.stack.edge, 'a-case-that-nobody-has-made')).notes === 'all the same');
  });
});

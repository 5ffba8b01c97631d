// Bringing a case through the page: pasted or chosen as a file, harmless afterwards, and there for everybody.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Locator } from 'playwright-core';

import { FAILED_REQUEST } from './lib/complaints.ts';
import { pageSuite } from './lib/page_suite.ts';
import type { Reader } from './lib/reader.ts';
import { until } from './lib/until.ts';

pageSuite('bringing a case', (stage) => {
  /** The first page with the dialog for a new case. */
  const beginning = async (): Promise<{ list: Reader; dialog: Locator }> => {
    const list = await (await stage.browser.person('Azo')).open('/');
    await list.page.getByRole('button', { name: 'New case' }).click();
    const dialog = list.page.getByRole('dialog', { name: 'New case' });
    await dialog.waitFor();
    return { list, dialog };
  };
  const add = async (list: Reader, dialog: Locator): Promise<void> => {
    await dialog.getByRole('button', { name: 'Add the case' }).click();
    await list.page.waitForURL(/\/c\//);
    await list.join();
  };

  test('a pasted text is a case at once, is listed, and can be annotated by others', async () => {
    const { list, dialog } = await beginning();
    await dialog.getByLabel('Title').fill('In re the yellow flag');
    await dialog.getByLabel('Text', { exact: true }).fill('[1] The flag was yellow.\n\n[2] It came down at four.');
    await add(list, dialog);
    assert.equal(await list.page.locator('#text h1').innerText(), 'In re the yellow flag');
    assert.deepEqual(await list.page.locator('#text .t-body').allInnerTexts(), ['The flag was yellow.', 'It came down at four.']);
    const bulgarus = await (await stage.browser.person('Bulgarus')).open('/');
    await bulgarus.page.getByRole('link', { name: 'In re the yellow flag' }).click();
    await bulgarus.join();
    await bulgarus.highlight('came down at four');
    await list.paints('came down at four', /azure/);
  });

  test('of an HTML file only words and structure are left, and nothing of it runs or is fetched', async () => {
    const { list, dialog } = await beginning();
    const requests: string[] = [];
    list.page.context().on('request', (request) => requests.push(request.url()));
    await dialog.locator('input[type=file]').setInputFiles({
      name: 'a_bad-page.html',
      mimeType: 'text/html',
      buffer: Buffer.from(`<h2>Facts</h2><script>document.title = 'run'</script><style>p { color: red }</style>
        <p onclick="document.title='run'">It <em>rained</em>.<img src="http://127.0.0.2:1/x.png" onerror="document.title='run'"></p>
        <form action="http://127.0.0.2:1/"><input name="password"></form><iframe src="http://127.0.0.2:1/"></iframe>
        <p>See <a href="javascript:document.title='run'">this</a>.</p>`),
    });
    // The file is read first.
    await until('the file gives the title', async () => (await dialog.getByLabel('Title').inputValue()) === 'a bad page');
    assert.ok(await dialog.getByLabel('HTML').isChecked(), 'the file says what it is');
    await add(list, dialog);
    assert.deepEqual(await list.page.locator('#text .t-body').allInnerTexts(), ['Facts', 'It rained.', 'See this.']);
    assert.equal(await list.page.locator('#text em').innerText(), 'rained');
    assert.equal(await list.page.locator('#text :is(script, style, img, form, input, iframe)').count(), 0);
    assert.equal(await list.page.locator('#text a[href^="javascript"]').count(), 0);
    assert.doesNotMatch(await list.page.title(), /run/);
    assert.deepEqual(requests.filter((url) => url.includes('127.0.0.2')), []);
  });

  test('a pasted conversation has its turns, labelled by speaker', async () => {
    const { list, dialog } = await beginning();
    await dialog.getByLabel('Title').fill('May it come down?');
    await dialog.getByLabel('AI conversation').check();
    await dialog.getByLabel('Text', { exact: true }).fill('You said:\nMay it come down?\n\nChatGPT said:\n**No.** The screen is old.');
    await add(list, dialog);
    const text = await list.page.locator('#text').innerText();
    assert.match(text, /User[^]*May it come down\?[^]*ChatGPT[^]*No\. The screen is old\./);
    const id = await list.highlight('The screen is old', '0');
    await list.card(id).locator('.card-tag', { hasText: 'Reflection' }).waitFor();
  });

  test('what is missing is asked for, and nothing that was entered is lost', async () => {
    const { dialog } = await beginning();
    const send = dialog.getByRole('button', { name: 'Add the case' });
    await send.click();
    await dialog.getByRole('alert').getByText('A case needs a title.').waitFor();
    await dialog.getByLabel('Title').fill('A title');
    await send.click();
    await dialog.getByRole('alert').getByText('Paste a text, or choose a file.').waitFor();
    assert.equal(await dialog.getByLabel('Title').inputValue(), 'A title');
    await dialog.locator('input[type=file]').setInputFiles({ name: 'photo.png', mimeType: 'image/png', buffer: Buffer.of(137, 80, 78, 71, 0, 1) });
    await dialog.getByRole('alert').getByText('photo.png is not a text file.').waitFor();
  });

  test('while the host is down a case is not made, the words stay, and it is made when the host is back', async () => {
    const { list, dialog } = await beginning();
    list.expects(FAILED_REQUEST);
    await dialog.getByLabel('Title').fill('Later');
    await dialog.getByLabel('Text', { exact: true }).fill('It came down at four.');
    stage.stack.proxy.misbehave(() => ({ kind: 'unreachable' }));
    try {
      await dialog.getByRole('button', { name: 'Add the case' }).click();
      await dialog.getByRole('alert').getByText(/\S+/).waitFor();
      assert.equal(await dialog.getByLabel('Text', { exact: true }).inputValue(), 'It came down at four.');
    } finally {
      stage.stack.proxy.heal();
    }
    await add(list, dialog);
    assert.deepEqual(await list.page.locator('#text .t-body').allInnerTexts(), ['It came down at four.']);
  });

  test('while the host is down the samples are listed all the same, and the page says what is missing', async () => {
    stage.stack.proxy.misbehave(() => ({ kind: 'unreachable' }));
    try {
      const list = await (await stage.browser.person('Azo')).open('/');
      list.expects(FAILED_REQUEST);
      await list.page.getByRole('alert').getByText('Only the samples can be listed: the store of cases cannot be reached at the moment.').waitFor();
      await list.page.getByRole('link', { name: 'A rule for the night desk' }).waitFor();
      stage.stack.proxy.heal();
      await list.page.getByRole('button', { name: 'Try again' }).click();
      await list.page.getByRole('alert').waitFor({ state: 'detached' });
    } finally {
      stage.stack.proxy.heal();
    }
  });
});

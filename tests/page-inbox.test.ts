// Mentions: written with a list of names by mouse and by keys, and the inbox of whoever is mentioned.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import type { Page } from 'playwright-core';

import { violationsOn } from './lib/axe.ts';
import type { PersonOptions } from './lib/browser.ts';
import { FAILED_REQUEST } from './lib/complaints.ts';
import { Mailbox } from './lib/mailbox.ts';
import { PHONE, QUIET_CASE } from './lib/page_states.ts';
import { pageSuite, type PageStage } from './lib/page_suite.ts';
import type { Reader } from './lib/reader.ts';
import { signedIn, signInHere } from './lib/signing_in.ts';
import { until } from './lib/until.ts';

const mailbox = await Mailbox.start();

pageSuite(
  'inbox',
  (stage) => {
    after(() => mailbox.stop());

    test('whoever is mentioned has it in their inbox within seconds, and is led to it', async () => {
      const azo = await inCase(stage, 'Azo of Bologna');
      const bulgarus = await inCase(stage, 'Bulgarus');
      const first = await azo.highlight('a small harbour');
      await azo.comment(first, 'Whose desk?');
      await heard(stage, 'Whose desk?');

      await bulgarus.openCard(first);
      const field = bulgarus.composer(first);
      await field.pressSequentially('I wonder, @az');
      const list = bulgarus.page.getByRole('listbox', { name: 'People to mention' });
      await list.getByRole('option', { name: 'Azo of Bologna' }).waitFor();
      assert.deepEqual(await violationsOn(bulgarus.page), []);
      await field.press('Enter');
      assert.equal(await field.inputValue(), 'I wonder, @Azo of Bologna ');
      await list.waitFor({ state: 'hidden' });
      await field.pressSequentially('please');
      await field.press('Control+Enter');
      await heard(stage, '@Azo of Bologna');

      await azo.page.goto(`${stage.stack.edge.url}/`);
      const bell = azo.page.getByRole('button', { name: 'Inbox, 1 unread' });
      await bell.click();
      const inbox = azo.page.getByRole('dialog', { name: 'Inbox' });
      const entry = inbox.getByRole('link', { name: /Bulgarus mentioned you in/ });
      await entry.getByText('I wonder, @Azo of Bologna please').waitFor();
      assert.deepEqual(await violationsOn(azo.page), []);
      await entry.press('Enter');
      await azo.isLive();
      await azo.card(first).locator('.comment .words', { hasText: 'please' }).waitFor();
      // On the page of a case the bell comes with what is fetched later, and one's own mention is read by now.
      await azo.explains();
      await azo.page.getByRole('button', { name: 'Inbox', exact: true }).waitFor();
      await bulgarus.page.goto(`${stage.stack.edge.url}/`);
      await bulgarus.page.getByRole('button', { name: 'Inbox', exact: true }).waitFor();
    });

    test('the list of names leaves the keys alone once it is closed', async () => {
      const reader = await inCase(stage, 'Placentinus');
      const id = await reader.highlight('One page');
      await reader.openCard(id);
      const field = reader.composer(id);
      await field.pressSequentially('@a');
      const list = reader.page.getByRole('listbox', { name: 'People to mention' });
      await list.getByRole('option').first().waitFor();
      await field.press('Escape');
      await list.waitFor({ state: 'hidden' });
      await field.press('Enter');
      assert.equal(await field.inputValue(), '@a\n', 'Enter is a new line again');
    });

    test('an inbox that nobody looks at is not asked for, nor is one without a session', async () => {
      const asked: string[] = [];
      const person = await stage.browser.person('Nobody');
      const reader = await person.open('/sign-in');
      reader.expects(FAILED_REQUEST);
      reader.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      await reader.page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await reader.page.goto(`${stage.stack.edge.url}/c/${QUIET_CASE}`);
      await reader.join();
      await reader.explains();
      assert.deepEqual(asked.filter((path) => path.startsWith('/api/me/inbox')), []);
    });

    test('on a phone the inbox is as wide as the screen and no wider', async () => {
      const { page } = await signedIn(stage.browser, 'Vacarius', '/', PHONE);
      await page.getByRole('button', { name: 'Inbox', exact: true }).click();
      await page.getByText('Nothing yet.').waitFor();
      assert.deepEqual(await violationsOn(page), []);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
      await page.keyboard.press('Escape');
      await page.getByText('Nothing yet.').waitFor({ state: 'hidden' });
    });

    test('whoever wants it is sent one mail of what is unread, without a word of it, and says so on their account', async () => {
      const { page } = await signedIn(stage.browser, 'Hugo', '/account');
      await page.getByRole('heading', { name: 'Your account' }).waitFor();
      assert.equal(await page.getByRole('checkbox').count(), 0, 'without an address there is nothing to choose');
      await stage.stack.database.query(`update users set email = 'hugo@unibo.example' where name = 'Hugo'`);
      await page.reload();
      const choice = page.getByRole('checkbox', { name: /Once a day/ });
      await choice.click();
      await page.getByText('Mails are on.').waitFor();
      assert.ok(await choice.isChecked());
      assert.deepEqual(await violationsOn(page), []);
      await opens(page, stage);
      const rogerius = await inCase(stage, 'Rogerius');
      const id = await rogerius.highlight('four in the morning');
      await rogerius.comment(id, 'The secret is @Hugo');
      await heard(stage, '@Hugo');
      // It looks once a minute, and at once when it starts.
      await stage.stack.host.stop();
      await stage.stack.host.start();
      const mail = await until('the mail comes', () => mailbox.mails[0]);
      const words = mail.text.replaceAll(/=\r?\n/g, '');
      assert.equal(mail.to, 'hugo@unibo.example');
      assert.match(words, /Rogerius mentioned you in/);
      assert.match(words, /List-Unsubscribe: <http:\S+\/account>/);
      assert.doesNotMatch(words, /secret/);
      await stage.stack.host.stop();
      await stage.stack.host.start();
      await heardAgain(stage, rogerius, id);
      assert.equal(mailbox.mails.length, 1, 'nothing is mailed twice, and no more than one a day');
    });
  },
  { hostVariables: { SMTP_URL: mailbox.url, MAIL_FROM: 'Glossator <glossator@unibo.example>' } },
);

/** Somebody who has signed in, in the case. */
async function inCase(stage: PageStage, name: string, options: PersonOptions = {}): Promise<Reader> {
  const reader = await (await stage.browser.person(name, options)).open(`/sign-in?to=${encodeURIComponent(`/c/${QUIET_CASE}`)}`);
  await signInHere(reader);
  await reader.isLive();
  return reader;
}

/** Comes by the case once, so as to have a role on it. */
async function opens(page: Page, stage: PageStage): Promise<void> {
  await page.goto(`${stage.stack.edge.url}/c/${QUIET_CASE}`);
  await page.locator('body[data-state=live]').waitFor();
}

/** Waits until the host has heard of a comment. */
async function heard({ stack }: PageStage, words: string): Promise<void> {
  await until(`the host knows of “${words}”`, async () => {
    const rows = await stack.database.query('select from highlight_comment k join heeded_comments using (case_id, comment_id) where strpos(k.body, $1) > 0', [words]);
    return rows.length > 0;
  });
}

/** One more mention, of which there is no mail within the day. */
async function heardAgain(stage: PageStage, reader: Reader, id: string): Promise<void> {
  await reader.isLive();
  await reader.comment(id, 'Once more, @Hugo');
  await heard(stage, 'Once more, @Hugo');
}

// The pages for people who sign in: getting there, who one is, one's account, and leaving nothing behind.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Page } from 'playwright-core';

import { violationsOn } from './lib/axe.ts';
import { FAILED_REQUEST } from './lib/complaints.ts';
import { Edge } from './lib/edge.ts';
import { tabTo } from './lib/focus.ts';
import { everythingKept } from './lib/kept.ts';
import { PHONE, QUIET_CASE } from './lib/page_states.ts';
import { pageSuite } from './lib/page_suite.ts';
import { freePort } from './lib/ports.ts';
import type { Reader } from './lib/reader.ts';
import { signedIn, signInHere, whoIsHere } from './lib/signing_in.ts';

pageSuite('people', (stage) => {
  /** The page for signing in, as somebody sees it who is nobody yet. */
  const atTheDoor = async (name: string, path = '/sign-in', options = {}): Promise<Reader> => {
    const reader = await (await stage.browser.person(name, options)).open(path);
    reader.expects(FAILED_REQUEST);
    await reader.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    return reader;
  };

  test('one signs in, is called by name on the first page, and finds one’s account', async () => {
    const { page } = await signedIn(stage.browser, 'Irnerius');
    await page.getByRole('heading', { name: 'Your cases' }).waitFor();
    await whoIsHere(page).click();
    await page.getByRole('link', { name: 'Your account' }).click();
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    assert.equal(await page.getByLabel('What others see').inputValue(), 'Irnerius');
    await page.getByText('this browser').waitFor();
  });

  test('whoever follows a link to a page of their own signs in first, and comes back to it', async () => {
    const reader = await atTheDoor('Azo', '/search?q=yellow+flag');
    await signInHere(reader);
    assert.match(reader.page.url(), /\/search\?q=yellow\+flag$/);
    assert.equal(await reader.page.getByLabel('Words').inputValue(), 'yellow flag');
  });

  test('no address leads elsewhere after signing in', async () => {
    const reader = await atTheDoor('Placentinus', '/sign-in?to=%2F.%2F%2Fevil.example%2Fc');
    await signInHere(reader);
    assert.equal(reader.page.url(), `${stage.stack.edge.url}/`);
  });

  test('who has signed in already is told as whom, goes on, or signs in as somebody else', async () => {
    const { person } = await signedIn(stage.browser, 'Rogerius');
    const again = await person.open('/sign-in?to=%2Faccount');
    again.expects(FAILED_REQUEST);
    await again.page.getByRole('heading', { name: 'You are signed in' }).waitFor();
    await again.page.getByText('Rogerius').waitFor();
    await again.page.getByRole('button', { name: 'Sign in as somebody else' }).click();
    await again.page.getByLabel('Name', { exact: true }).fill('Vacarius');
    await again.page.getByRole('button', { name: 'Sign in by name' }).click();
    await again.page.waitForURL(/\/account$/);
    await whoIsHere(again.page).filter({ hasText: 'Vacarius' }).waitFor();
  });

  test('a link from a mail signs nobody in before a button is pressed, and leaves the address bar at once', async () => {
    const door = await atTheDoor('Jacobus');
    const sent: string[] = [];
    door.page.on('request', (request) => {
      if (request.method() === 'POST') {
        sent.push(new URL(request.url()).pathname);
      }
    });
    // Opened where the page is open already, it changes nothing but the fragment.
    await door.page.evaluate(() => location.assign('#mail=a-secret'));
    const finish = door.page.getByRole('button', { name: 'Finish signing in' });
    await finish.waitFor();
    assert.equal(door.page.url(), `${stage.stack.edge.url}/sign-in`);
    assert.deepEqual(sent, []);
    await finish.click();
    await door.page.getByRole('alert').filter({ hasText: /\S/ }).waitFor();
    await door.page.getByLabel('Name', { exact: true }).waitFor();
    assert.deepEqual(sent, ['/auth/mail/finish']);
  });

  test('a case knows who has signed in, and asks for no name', async () => {
    const { page } = await signedIn(stage.browser, 'Hugolinus');
    await page.getByRole('button', { name: 'New case' }).click();
    const dialog = page.getByRole('dialog', { name: 'New case' });
    await dialog.getByLabel('Title').fill('A case of one’s own');
    await dialog.getByLabel('Text', { exact: true }).fill('[1] It came down at four.');
    await dialog.getByRole('button', { name: 'Add the case' }).click();
    await page.locator('body[data-state=live]').waitFor();
    assert.equal(await page.getByRole('dialog').count(), 0);
    await page.getByRole('button', { name: /^Who is here/ }).click();
    await page.getByRole('list', { name: 'People here' }).getByText('Hugolinus').waitFor();
  });

  test('where no name is believed, a link to a case leads to signing in, and back to the case', async () => {
    const port = await freePort();
    const { DEVELOPMENT_SIGN_IN: _, ...variables } = stage.stack.edge.settings.variables ?? {};
    const strict = await Edge.create({ ...stage.stack.edge.settings, port, variables });
    try {
      await strict.start();
      const reader = await (await stage.browser.person('Martinus')).open('/sign-in');
      reader.expects(FAILED_REQUEST);
      await reader.page.goto(`${strict.url}/`);
      await reader.page.getByRole('link', { name: 'Sign in' }).first().waitFor();
      assert.equal(await reader.page.getByRole('button', { name: 'New case' }).count(), 0);
      await reader.page.goto(`${strict.url}/c/${QUIET_CASE}`);
      await reader.page.waitForURL(/\/sign-in\?to=/);
      await signInHere(reader);
      assert.equal(reader.page.url(), `${strict.url}/c/${QUIET_CASE}`);
      await reader.isLive();
    } finally {
      await stage.browser.empty();
      await strict.stop();
      await strict.remove();
    }
  });

  test('signing out leaves nothing of a person: not here, not in another tab, not by the back button', async () => {
    const { person, page } = await signedIn(stage.browser, 'Johannes Bassianus', '/account');
    await page.getByLabel('What others see').waitFor();
    const other = await person.open('/account');
    other.expects(FAILED_REQUEST);
    await other.page.getByLabel('What others see').waitFor();
    await page.getByRole('link', { name: 'Glossator' }).click();
    await page.getByRole('heading', { name: 'Your cases' }).waitFor();
    await whoIsHere(page).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'New case' }).waitFor();
    await page.getByRole('heading', { name: 'Glossator' }).waitFor();
    await other.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    for (const each of [page, other.page]) {
      assert.doesNotMatch(await each.locator('body').innerText(), /Bassianus/);
    }
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    assert.doesNotMatch(kept, /Bassianus/);
  });

  test('a session in another browser is listed, and ended from here', async () => {
    const { page: here } = await signedIn(stage.browser, 'Pillius', '/account');
    const { person } = await signedIn(stage.browser, 'Pillius', '/account');
    const open = await person.open('/c/ended-from-elsewhere');
    await open.isLive();
    await here.reload();
    const rows = here.getByRole('list', { name: 'Browsers' }).getByRole('listitem');
    await rows.nth(1).waitFor();
    await here.getByRole('button', { name: /^Sign out of Chrome/ }).first().click();
    await rows.nth(1).waitFor({ state: 'detached' });
    open.expects(FAILED_REQUEST);
    // What the open case says then: it ends with the session, not with the quarter of an hour that its ticket was for.
    await open.isOffline();
    const ended = await person.open('/account');
    ended.expects(FAILED_REQUEST);
    await ended.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  test('whoever erases their account by their name is sent away, and leaves nothing here or there', async () => {
    const { person, page } = await signedIn(stage.browser, 'Accursius Glossator', '/account');
    const open = await person.open('/c/opened-before-it-was-erased');
    await open.isLive();
    open.expects(FAILED_REQUEST);
    stage.browser.complaints.expect(page, FAILED_REQUEST);
    await page.getByRole('button', { name: 'Erase my account' }).click();
    const dialog = page.getByRole('dialog', { name: 'Erase your account?' });
    await dialog.getByRole('textbox').fill('Accursius Glossator');
    await dialog.getByRole('button', { name: 'Erase it for good' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    assert.deepEqual(await stage.stack.database.query("select from users where name = 'Accursius Glossator'"), []);
    assert.doesNotMatch(await everythingKept(page), /Accursius|opened-before-it-was-erased/);
    await page.goto(`${stage.stack.edge.url}/account`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    assert.doesNotMatch(await page.locator('body').innerText(), /Accursius/);
  });

  test('another name is shown everywhere', async () => {
    const { person, page } = await signedIn(stage.browser, 'Odofredus', '/account');
    await page.getByLabel('What others see').fill('Odofredus Denari');
    await page.getByRole('button', { name: 'Change' }).click();
    await whoIsHere(page).filter({ hasText: 'Odofredus Denari' }).waitFor();
    const list = await person.open('/');
    await whoIsHere(list.page).filter({ hasText: 'Odofredus Denari' }).waitFor();
  });

  test('everything is done by keys: signing in, the menu, and leaving', async () => {
    const { page } = await atTheDoor('Azo Portius');
    const field = page.getByLabel('Name', { exact: true });
    await tabTo(page, field);
    await page.keyboard.type('Azo Portius');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Your cases' }).waitFor();
    await tabTo(page, page.getByRole('link', { name: 'Skip to the content' }));
    await tabTo(page, whoIsHere(page));
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Your account' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'New case' }).waitFor();
    await page.getByRole('heading', { name: 'Glossator' }).waitFor();
  });

  test('on a phone no page is wider than the screen', async () => {
    const { page } = await atTheDoor('Accursius', '/sign-in', PHONE);
    await fits(page);
    const { person } = await signedIn(stage.browser, 'Accursius of the very long and winding name', '/', PHONE);
    for (const path of ['/', '/account', '/search?q=flag', '/join/ABC', '/classes/none']) {
      const reader = await person.open(path);
      reader.expects(FAILED_REQUEST);
      await reader.page.locator('h1').first().waitFor();
      await fits(reader.page);
    }
  });

  test('no state of these pages has a violation that axe-core finds', async () => {
    const found: Record<string, string[]> = {};
    const look = async (name: string, page: Page): Promise<void> => {
      const violations = await violationsOn(page);
      if (violations.length > 0) {
        found[name] = violations;
      }
    };
    const door = await atTheDoor('Franciscus', '/sign-in?problem=not_allowed');
    await look('signing in, with a problem', door.page);
    await door.page.getByRole('button', { name: 'Sign in by name' }).click();
    await door.page.getByText('A name needs at least one letter.').waitFor();
    await look('signing in, with something missing', door.page);
    await signInHere(door);
    await door.page.getByRole('heading', { name: 'Your cases' }).waitFor();
    await look('the first page', door.page);
    await whoIsHere(door.page).click();
    await door.page.getByRole('link', { name: 'Your account' }).waitFor();
    await look('the menu', door.page);
    await door.page.keyboard.press('Escape');
    await door.page.getByRole('button', { name: 'Join a class' }).click();
    await door.page.getByRole('button', { name: 'Join', exact: true }).click();
    await door.page.getByText('Enter the code that you were given.').waitFor();
    await look('joining a class', door.page);
    for (const [path, sign] of [['/account', 'Where you are signed in'], ['/search?q=flag', 'Nothing was found'], ['/join/ABC', 'Join the class'], ['/classes/none', 'No class here']] as const) {
      await door.page.goto(`${stage.stack.edge.url}${path}`);
      await door.page.getByText(sign).first().waitFor();
      await look(path, door.page);
    }
    assert.deepEqual(found, {});
  });
});

async function fits(page: Page): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${page.url()} is wider than the screen by ${wide} pixels`);
}

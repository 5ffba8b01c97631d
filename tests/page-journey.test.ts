// The whole way of a class through its pages, by each way of signing in: from an invitation to the case, and for one of them on
// to the end: annotating, being seen, being demoted and refused, signing out, and leaving nothing to whoever goes back.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';

import type { Page } from 'playwright-core';

import { annotationsIn } from './lib/annotations.ts';
import { violationsOn } from './lib/axe.ts';
import { Browser } from './lib/browser.ts';
import { FAILED_REQUEST } from './lib/complaints.ts';
import { entry } from './lib/forgeries.ts';
import { everythingKept } from './lib/kept.ts';
import { OurPeer } from './lib/ours.ts';
import { freePort } from './lib/ports.ts';
import type { Reader } from './lib/reader.ts';
import { signInHere, whoIsHere } from './lib/signing_in.ts';
import { promptArchive, Stack } from './lib/stack.ts';
import { bringCase, giveCase, newClass } from './lib/teaching.ts';
import { until } from './lib/until.ts';
import { WaysIn } from './lib/ways_in.ts';

/** A journey that takes longer hangs: each step waits for what it needs, and each of its waits has an end. */
const JOURNEY_MS_MAX = 180_000;

const CLASS = 'Obligations';
const CASE = 'The flag over the customs house';
const AT_UNI = { email_verified: true, eduperson_scoped_affiliation: ['student@uni.example'] };

describe('the journey', { concurrency: 1 }, () => {
  let stack: Stack;
  let ways: WaysIn;
  let browser: Browser;
  let invitation: string;

  before(async () => {
    const port = await freePort();
    ways = await WaysIn.start(port);
    // As it is deployed, but that names are believed too: the Worker lets nobody in by itself.
    stack = await Stack.start({ port, developmentSignIn: null, variables: promptArchive, hostVariables: { ...ways.hostVariables, DEVELOPMENT_SIGN_IN: '1' } });
    await ways.introduceTo(stack.host);
    browser = await Browser.start(stack);
    invitation = await classWithCase();
    await browser.empty();
  }, { timeout: JOURNEY_MS_MAX });

  afterEach(() => browser?.empty());

  after(async () => {
    await browser?.stop();
    await stack?.stop();
    await ways?.stop();
  });

  /** Somebody at the door, who will come back to this path. */
  async function atTheDoor(name: string, to: string): Promise<Reader> {
    const reader = await (await browser.person(name)).open(to);
    // That nobody is signed in is an answer with status 401, of which browsers complain.
    reader.expects(FAILED_REQUEST);
    await reader.page.getByRole('link', { name: 'Sign in' }).first().click();
    await reader.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    return reader;
  }

  /** By the university's own single sign-on. */
  async function byUniversity(sub: string, name: string, to: string, attributes: object = AT_UNI): Promise<Reader> {
    ways.university.account = { sub, name, email: `${sub}@uni.example`, email_verified: true, ...attributes };
    const reader = await atTheDoor(name, to);
    await reader.page.getByRole('button', { name: 'Sign in with The university' }).click();
    await reader.page.waitForURL(`${stack.edge.url}${to}`);
    return reader;
  }

  /** A teacher comes by the university, makes a class with a case, and a link for joining it. */
  async function classWithCase(): Promise<string> {
    const { page } = await byUniversity('irnerius', 'Irnerius', '/', { eduperson_scoped_affiliation: ['faculty@uni.example'] });
    const address = await newClass(page, CLASS);
    await bringCase({ stack, browser }, page, CASE);
    await giveCase({ stack, browser }, page, { title: CASE, className: CLASS });
    return new URL(address).pathname;
  }

  /** Joins the class from the invitation, which stands open, and opens its case. */
  async function intoTheCase(reader: Reader): Promise<void> {
    const { page } = reader;
    await page.getByRole('button', { name: 'Join the class' }).click();
    await page.getByRole('heading', { name: CLASS }).waitFor();
    await page.getByRole('link', { name: CASE }).click();
    await reader.isLive();
    await page.locator('#text', { hasText: 'It came down at four.' }).waitFor();
  }

  /** What each way needs of whoever takes it, from the page for signing in until they are where they wanted to go. */
  const WAYS: Readonly<Record<string, { name: string; take: (reader: Reader) => Promise<void> }>> = {
    'the university': {
      name: 'Bulgarus',
      take: async ({ page }) => {
        ways.university.account = { sub: 'bulgarus', name: 'Bulgarus', email: 'bulgarus@uni.example', ...AT_UNI };
        await page.getByRole('button', { name: 'Sign in with The university' }).click();
      },
    },
    Google: {
      name: 'Martinus',
      take: async ({ page }) => {
        ways.google.account = { sub: 'g-martinus', name: 'Martinus', email: 'martinus@uni.example', email_verified: true, hd: 'uni.example' };
        await page.getByRole('button', { name: 'Sign in with Google' }).click();
      },
    },
    'a link by e-mail': {
      name: 'jacobus',
      take: async ({ page }) => {
        const number = ways.mailbox.mails.length;
        await page.getByLabel('E-mail address').fill('jacobus@uni.example');
        await page.getByRole('button', { name: 'Send me a link' }).click();
        await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
        assert.deepEqual(await violationsOn(page), []);
        await page.goto((await ways.mailbox.link(number)).href);
        const finish = page.getByRole('button', { name: 'Finish signing in' });
        await finish.waitFor();
        assert.deepEqual(await violationsOn(page), []);
        await finish.click();
      },
    },
    GitHub: {
      name: 'Ada',
      take: async ({ page }) => {
        ways.github.account = { id: 7, login: 'ada', name: 'Ada' };
        await page.getByText('For developers').click();
        const github = page.getByRole('button', { name: 'Sign in with GitHub' });
        await github.waitFor();
        assert.deepEqual(await violationsOn(page), [], 'with all ways in sight');
        await github.click();
      },
    },
    'a name': { name: 'Hugo', take: (reader) => signInHere(reader) },
  };

  for (const [way, { name, take }] of Object.entries(WAYS)) {
    test(`by ${way} one comes from the invitation through the class into its case, as oneself`, { timeout: JOURNEY_MS_MAX }, async () => {
      const reader = await atTheDoor(name, invitation);
      await take(reader);
      await reader.page.waitForURL(`${stack.edge.url}${invitation}`);
      await whoIsHere(reader.page).filter({ hasText: name }).waitFor();
      await intoTheCase(reader);
      assert.ok((await reader.people()).includes(`${name} (you)`), 'one is here as oneself');
      await reader.page.keyboard.press('Escape');
      await reader.says('All saved');
    });
  }

  test('one annotates, is seen, is demoted and refused, signs out, and the back button shows nothing', { timeout: JOURNEY_MS_MAX }, async () => {
    const teacher = await byUniversity('irnerius', 'Irnerius', '/', { eduperson_scoped_affiliation: ['faculty@uni.example'] });
    const student = await byUniversity('azo', 'Azo Portius', invitation);
    await intoTheCase(student);
    await teacher.page.getByRole('link', { name: CASE }).click();
    await teacher.isLive();

    const id = await student.highlight('came down at four');
    await student.comment(id, 'By whose order, one wonders.');
    await teacher.paints('came down at four', /./);
    await teacher.openCard(id);
    await teacher.card(id).locator('.words', { hasText: 'By whose order, one wonders.' }).waitFor();
    await teacher.card(id).getByText('Azo Portius').first().waitFor();
    await student.says('All saved');
    const caseId = idIn(student.page);

    const settings = await teacherAtSettings(teacher);
    await settings.getByLabel('Read only').check();
    await settings.getByRole('button', { name: 'Save' }).click();
    await student.notices('You may now only read this case.');
    await student.says('Read only');
    await student.composer(id).waitFor({ state: 'detached' });
    assert.equal(await student.card(id).getByRole('button', { name: 'Reply' }).count(), 0);

    await aRawWriteIsRefused(student.page, caseId);
    assert.equal(await teacher.page.locator('.card').count(), 1, 'nobody sees anything of it');

    const { page } = student;
    const kept = await everythingKept(page);
    for (const words of WORDS_OF_THE_CASE) {
      assert.ok(kept.includes(words), `while one is here, “${words}” is kept for when one is offline`);
    }
    await signsOut(student);
    await page.goBack();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await nothingIsLeft(page, [...WORDS_OF_THE_CASE, CLASS, caseId]);
    for (const path of [`/c/${caseId}`, '/account', '/search?q=wonders']) {
      await page.goto(`${stack.edge.url}${path}`);
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    }
    assert.deepEqual(await page.evaluate(statusOf, `/api/cases/${caseId}`), 401);
  });

  test('no page had anything to complain about', () => {
    assert.deepEqual(browser?.complaints.unexpected, []);
  });

  /** The settings of the class, in another tab of its teacher. */
  async function teacherAtSettings(teacher: Reader): Promise<Page> {
    const settings = await teacher.page.context().newPage();
    await settings.goto(`${stack.edge.url}/`);
    await settings.getByRole('link', { name: CLASS }).click();
    await settings.getByRole('link', { name: 'Settings' }).click();
    await settings.getByRole('group', { name: 'Students may' }).waitFor();
    return settings;
  }

  /** What the page does not offer any more, a program with the very ticket of the page tries all the same. */
  async function aRawWriteIsRefused(page: Page, caseId: string): Promise<void> {
    const before = await annotationsIn(stack.edge, caseId);
    const given = await page.evaluate(ticketFor, caseId);
    assert.equal(given.role, 'read');
    const raw = await OurPeer.joinWith(stack.edge.syncUrl, caseId, given.ticket, stack.edge.url);
    const [mine] = Object.values(before.highlights);
    const sent = raw.edit((doc) => doc.getMap('highlights').set(crypto.randomUUID(), entry(String(mine?.['author_id']))));
    const refused = await until('it is refused', () => raw.said().find((said) => said.kind === 'refused'), {
      explain: () => JSON.stringify([raw.said(), raw.peer.ending]),
    });
    assert.deepEqual([refused.n, refused.reason], [sent, NOT_ALLOWED], refused.words);
    raw.cut();
    assert.deepEqual(await annotationsIn(stack.edge, caseId), before);
  }
});

/** Who has it open, what they wrote, and what it is and says. */
const WORDS_OF_THE_CASE = ['Azo Portius', 'one wonders', 'came down at four', CASE];

/** `room/SPEC.md`, GV: why a frame was refused. */
const NOT_ALLOWED = 2;

/** Signs out from the page of a case. */
async function signsOut(reader: Reader): Promise<void> {
  await reader.fromMore('Name, sign out…');
  await reader.page.getByRole('button', { name: 'Sign out of this browser' }).click();
  await reader.page.waitForURL((url) => url.pathname === '/');
  await reader.page.getByRole('link', { name: 'Sign in' }).first().waitFor();
}

/** Nothing of what somebody was and wrote is shown, or lies in this browser. */
async function nothingIsLeft(page: Page, words: readonly string[]): Promise<void> {
  const shown = await page.locator('body').innerText();
  const kept = await everythingKept(page);
  for (const each of words) {
    assert.equal(shown.includes(each), false, `“${each}” is shown`);
    assert.equal(kept.includes(each), false, `“${each}” is kept: ${kept}`);
  }
}

/** In the page: a ticket as the page itself is given it. */
async function ticketFor(caseId: string): Promise<{ ticket: string; role: string }> {
  const answer = await fetch(`/api/cases/${caseId}/ticket`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ role: 'own' }),
  });
  return (await answer.json()) as { ticket: string; role: string };
}

/** In the page: what is answered to whoever asks there. */
async function statusOf(path: string): Promise<number> {
  return (await fetch(path)).status;
}

function idIn(page: Page): string {
  return /\/c\/([^/?#]+)/.exec(page.url())?.[1] ?? assert.fail(`no case at ${page.url()}`);
}

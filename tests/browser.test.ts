// Two tabs of a real browser on the page that the Worker serves.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { chromium, type BrowserContext, type Page } from 'playwright-core';

import { StockClient } from './lib/clients.ts';
import { append, notesOf } from './lib/edits.ts';
import { chromiumBinary } from './lib/environment.ts';
import { newCase, Stack } from './lib/stack.ts';
import { until } from './lib/until.ts';

const flags = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
  // Chromium refuses to make its sandbox as root.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

describe('the page', () => {
  let stack: Stack;
  let profile: string;
  let browser: BrowserContext;
  /** Everything that the browser complained about: errors, failed requests, violated policies. */
  const complaints: string[] = [];

  before(async () => {
    stack = await Stack.start();
    profile = await mkdtemp(join(tmpdir(), 'glossator-browser-'));
    browser = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumBinary(),
      headless: true,
      args: flags,
    });
    await browser.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (violation) => {
        console.error(`policy violated: ${violation.violatedDirective} by ${violation.blockedURI}`);
      });
    });
  });

  after(async () => {
    await browser?.close();
    await stack?.stop();
    await rm(profile, { recursive: true, force: true });
  });

  const open = async (path: string): Promise<Page> => {
    const page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        complaints.push(`${path}: ${message.text()}`);
      }
    });
    page.on('pageerror', (error) => complaints.push(`${path}: ${String(error)}`));
    page.on('requestfailed', (request) => complaints.push(`${path}: ${request.url()} failed`));
    await page.goto(`${stack.edge.url}${path}`);
    return page;
  };

  /** Opens a case and joins it, giving a name if this browser was not asked before. */
  const joinCase = async (caseId: string): Promise<Page> => {
    const page = await open(`/c/${caseId}`);
    await page.locator('body[data-state]').waitFor();
    if (await page.locator('#name-dialog').isVisible()) {
      await page.locator('#name').fill('Bartolus');
      await page.locator('#name-form button[type=submit]').click();
    }
    await page.locator('body[data-state=live]').waitFor();
    return page;
  };

  test('lists the sample cases, and the judgment has at least 300 numbered paragraphs', async () => {
    const page = await open('/');
    const links = await page.locator('.cases a[href^="/c/"]').evaluateAll((anchors) =>
      anchors.map((anchor) => anchor.getAttribute('href') ?? ''),
    );
    assert.ok(links.length >= 2, `it lists ${links.length} cases`);
    const counts: number[] = [];
    for (const link of links) {
      const caseId = link.slice('/c/'.length);
      const casePage = await joinCase(caseId);
      await casePage.locator('#article h1').waitFor();
      counts.push(await casePage.locator('#article .paragraph').count());
      await casePage.close();
    }
    assert.ok(Math.max(...counts) >= 300, `the longest case has ${Math.max(...counts)} paragraphs`);
    await page.close();
  });

  test('shows in one tab what is typed in another, and keeps it through a reload', async () => {
    const caseId = newCase();
    const [first, second] = [await joinCase(caseId), await joinCase(caseId)];
    await first.locator('#notes').pressSequentially('Glossa ordinaria 😀');
    await notesShow(second, 'Glossa ordinaria 😀');

    await second.locator('#notes').press('Home');
    await second.locator('#notes').pressSequentially('Accursius: ');
    await notesShow(first, 'Accursius: Glossa ordinaria 😀');

    await first.reload();
    await notesShow(first, 'Accursius: Glossa ordinaria 😀');
    await second.close();
    await first.reload();
    await notesShow(first, 'Accursius: Glossa ordinaria 😀');
    await first.close();
  });

  test('shares its notes with stock clients, and shows who is here', async () => {
    const caseId = newCase();
    const page = await joinCase(caseId);
    const client = await StockClient.join(stack.edge.syncUrl, caseId, {
      presence: { user: { name: 'Azo', color: '#336699' } },
      params: { user: 'Azo' },
    });
    await page.locator('#people', { hasText: 'Azo' }).waitFor();
    await page.locator('#people', { hasText: 'Bartolus' }).waitFor();
    append(client, 'from elsewhere');
    await notesShow(page, 'from elsewhere');
    await page.locator('#notes').press('End');
    await page.locator('#notes').pressSequentially('!');
    await until('the client has it', () => notesOf(client) === 'from elsewhere!');

    client.leave();
    await page.locator('#people', { hasText: 'Azo' }).waitFor({ state: 'detached' });
    await page.close();
  });

  test('keeps what was typed while workerd was killed and restarted', async () => {
    const caseId = newCase();
    const page = await joinCase(caseId);
    await page.locator('#notes').pressSequentially('before, ');
    await until('the text has left the tab', async () => (await inRoom(stack, caseId)) === 'before, ');
    const seen = complaints.length;
    const pid = await stack.edge.runtimePid();
    process.kill(pid, 'SIGKILL');
    await page.locator('body:not([data-state=live])').waitFor();
    await page.locator('#notes').pressSequentially('after');
    await stack.edge.runtimeIsBack(pid);
    await page.locator('body[data-state=live]').waitFor();
    await until('the room has both', async () => (await inRoom(stack, caseId)) === 'before, after');
    // The browser says that its socket broke; that is what the test did.
    complaints.splice(seen);
    await page.close();
  });

  test('gave the browser nothing to complain about', () => {
    assert.deepEqual(complaints, []);
  });
});

async function notesShow(page: Page, text: string): Promise<void> {
  await until(`the page shows "${text}"`, async () => (await page.locator('#notes').inputValue()) === text, {
    explain: async () => `it shows "${await page.locator('#notes').inputValue()}"`,
  });
}

async function inRoom(stack: Stack, caseId: string): Promise<string> {
  const client = await StockClient.join(stack.edge.syncUrl, caseId);
  try {
    return notesOf(client);
  } finally {
    client.leave();
  }
}

// The suite's own ears: what a browser gives up because somebody went to another page is no complaint, and everything
// else that fails is one.

import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, describe, test } from 'node:test';

import type { Browser, Page } from 'playwright-core';

import { launchChromium } from './lib/browser.ts';
import { Complaints } from './lib/complaints.ts';
import { until } from './lib/until.ts';

describe('complaints', () => {
  let server: Server;
  let browser: Browser;
  let address: string;
  let complaints: Complaints;
  /** The paths that were asked for. */
  let asked: string[];

  before(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url?.startsWith('/page') === true) {
        response.setHeader('content-type', 'text/html');
        response.end('<!doctype html><link rel="icon" href="data:,"><a href="/page/two">elsewhere</a>');
      } else if (request.url === '/broken') {
        response.destroy();
      }
      // Everything else is never answered.
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await launchChromium();
  });

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });

  after(async () => {
    await browser?.close();
    server.closeAllConnections();
    server.close();
  });

  /** A page that has asked for something that is never answered. */
  const waiting = async (ask: () => void): Promise<Page> => {
    asked = [];
    complaints = new Complaints();
    const context = await browser.newContext();
    await complaints.listenTo(context, 'Azo');
    const page = await context.newPage();
    await page.goto(`${address}/page/one`);
    await page.evaluate(ask);
    await until('it has asked', () => asked.includes('/never'));
    return page;
  };
  const fails = (page: Page): Promise<unknown> => page.waitForEvent('requestfailed', { timeout: 5_000 });

  test('what the last page had asked for when its reader left it is none, whichever way it was left', async () => {
    for (const leave of [
      (page: Page) => page.getByRole('link').click(),
      (page: Page) => page.reload(),
      (page: Page) => page.goto(`${address}/page/three`),
    ]) {
      const page = await waiting(ask);
      await Promise.all([fails(page), leave(page)]);
      assert.deepEqual(complaints.unexpected, []);
    }
  });

  test('what a page aborts by itself is one, and stays one when its reader leaves later', async () => {
    const page = await waiting(askAbortably);
    await Promise.all([fails(page), page.evaluate(abort)]);
    const complaint = [`Azo at /page/one: request failed: ${address}/never net::ERR_ABORTED`];
    assert.deepEqual(complaints.unexpected, complaint);
    await page.getByRole('link').click();
    await page.waitForURL('**/page/two');
    assert.deepEqual(complaints.unexpected, complaint);
  });

  test('what a page aborts after a step within itself is one', async () => {
    const page = await waiting(askAbortably);
    await page.evaluate(() => (location.hash = '#further-down'));
    await Promise.all([fails(page), page.evaluate(abort)]);
    assert.deepEqual(complaints.unexpected, [`Azo at /page/one: request failed: ${address}/never net::ERR_ABORTED`]);
  });

  test('what fails otherwise is one, though its reader leaves', async () => {
    const page = await waiting(ask);
    await Promise.all([fails(page), page.evaluate(() => fetch('/broken').catch(() => undefined))]);
    await page.getByRole('link').click();
    await page.waitForURL('**/page/two');
    assert.ok(complaints.unexpected.some((words) => words.includes('/broken net::ERR_EMPTY_RESPONSE')), complaints.unexpected.join('\n'));
    assert.ok(!complaints.unexpected.some((words) => words.includes('/never')), complaints.unexpected.join('\n'));
  });
});

// These run in the page.

function ask(): void {
  fetch('/never').catch(() => undefined);
}

function askAbortably(): void {
  const controller = new AbortController();
  Object.assign(globalThis, { controller });
  fetch('/never', { signal: controller.signal }).catch(() => undefined);
}

function abort(): void {
  (globalThis as unknown as { controller: AbortController }).controller.abort();
}

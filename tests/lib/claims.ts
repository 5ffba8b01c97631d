// Claims about the page's own modules, tried one by one in a real browser.

import assert from 'node:assert/strict';

import type { Page } from 'playwright-core';

import type { Contract } from '../../web/test/browser/contract.ts';

declare global {
  interface Window {
    contract: Contract;
  }
}

/** Tries every claim of the page that is open, of which there are at least so many. */
export async function claimsHold(page: Page, atLeast: number): Promise<void> {
  const names = await page.evaluate(() => window.contract.names);
  assert.ok(names.length >= atLeast, `${names.length} claims`);
  for (const name of names) {
    const broken = await page.evaluate((claim) => window.contract.run(claim), name);
    assert.equal(broken, null, `${name}: ${broken ?? ''}`);
  }
}

// axe-core, the rules of WCAG that a program can check.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

/** WCAG 2.0, 2.1 and 2.2, levels A and AA. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];
/** Fewer rules than this found anything to check only where there is hardly a page. */
const RULES_MIN = 10;

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Every violation on a page as it stands, one line each. Waits for animations first: half-faded text has another
 * contrast. Left out is only the size of what has been scrolled under the bar.
 */
export async function violationsOn(page: Page): Promise<string[]> {
  await atRest(page);
  // As a debugger's expression it runs in the page without a script element, so the page's policy is left as it is.
  await page.evaluate(`${await source}; undefined`);
  const options: RunOptions = { runOnly: { type: 'tag', values: TAGS }, resultTypes: ['violations'] };
  const { passes, violations } = await page.evaluate(
    (wanted) => (globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(wanted),
    options,
  );
  if (passes.length < RULES_MIN) {
    throw new Error(`only ${passes.length} rules found anything to check: this is no page`);
  }
  const lines: string[] = [];
  for (const { id, nodes } of violations) {
    for (const { target, failureSummary } of nodes) {
      const selector = target.join(' ');
      if (id !== 'target-size' || !(await isUnderBar(page, selector))) {
        lines.push(`${id}: ${selector}: ${failureSummary?.replaceAll(/\s*\n\s*/g, ' ') ?? ''}`);
      }
    }
  }
  return lines;
}

/** Waits until nothing on the page moves. */
export async function atRest(page: Page): Promise<void> {
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
}

/** Whether something has been scrolled under the bar or a banner: what is left of it is small, but one can scroll back. */
async function isUnderBar(page: Page, selector: string): Promise<boolean> {
  return page.locator(selector).evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return [...document.querySelectorAll('.bar, .banner')].some((bar) => {
      const box = bar.getBoundingClientRect();
      return !bar.contains(element) && top < box.bottom && bottom > box.top;
    });
  });
}

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

/** Every violation on a page as it stands, one line each. Waits for animations first: half-faded text has another contrast. */
export async function violationsOn(page: Page): Promise<string[]> {
  await atRest(page);
  await clearOfBar(page);
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
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary?.replaceAll(/\s*\n\s*/g, ' ') ?? ''}`),
  );
}

/** Waits until nothing on the page moves. */
export async function atRest(page: Page): Promise<void> {
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
}

/** Scrolls on until no control is half under the bar: what is left of it is small, but only because one has not scrolled. */
async function clearOfBar(page: Page): Promise<void> {
  await page.evaluate(() => {
    const bar = document.querySelector('.bar')?.getBoundingClientRect();
    const isHalfUnder = (element: Element): boolean => {
      const { top, bottom, height } = element.getBoundingClientRect();
      return height > 0 && top < (bar?.bottom ?? 0) && bottom > (bar?.bottom ?? 0) && element.closest('.bar') === null;
    };
    for (let steps = 0; steps < 20 && [...document.querySelectorAll('main a, main button, aside a, aside button')].some(isHalfUnder); steps += 1) {
      scrollBy({ top: 12, behavior: 'instant' });
    }
  });
}

// The pages that belong to people, in each of their states: on a desk, on a phone, and in a window that was made as narrow; in the
// dark and in the system's own colours.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import type { Page } from 'playwright-core';

import { violationsOn } from './lib/axe.ts';
import { foundCollege, type College } from './lib/college.ts';
import { PHONE } from './lib/page_states.ts';
import { pageSuite } from './lib/page_suite.ts';
import { SITE_STATES } from './lib/site_states.ts';

const SIZES = { desk: {}, phone: PHONE } as const;

/** What becomes of a page on a desk while it stands there. */
const CHANGES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  'in the dark': (page) => page.emulateMedia({ colorScheme: 'dark' }),
  'in the system’s colours': (page) => page.emulateMedia({ colorScheme: null, forcedColors: 'active' }),
  'in a narrow window': async (page) => {
    await page.emulateMedia({ colorScheme: null, forcedColors: null });
    await page.setViewportSize({ width: 390, height: 844 });
  },
};

pageSuite('site', (stage) => {
  let college: College;
  before(async () => {
    college = await foundCollege(stage);
  });

  for (const { name, reach } of SITE_STATES) {
    test(`no wider than the screen, and without a violation that axe-core finds: ${name}`, async () => {
      const found: Record<string, unknown> = {};
      for (const [size, options] of Object.entries(SIZES)) {
        const page = await reach(stage, college, options);
        const look = async (where: string): Promise<void> => {
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          const violations = await violationsOn(page);
          if (wide > 0 || violations.length > 0) {
            found[where] = { wide, violations };
          }
        };
        await look(size);
        for (const [change, make] of Object.entries(size === 'desk' ? CHANGES : {})) {
          await make(page);
          await look(`${size}, ${change}`);
        }
        await stage.browser.empty();
      }
      assert.deepEqual(found, {});
    });
  }
});

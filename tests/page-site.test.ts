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

const SIZES = { desk: {}, phone: PHONE, 'narrow window': { viewport: { width: 390, height: 844 } } } as const;

const COLOURS = {
  light: {},
  dark: { colorScheme: 'dark' },
  forced: { colorScheme: null, forcedColors: 'active' },
} as const satisfies Record<string, Parameters<Page['emulateMedia']>[0]>;

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
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        // What is seen of it depends on the colours, and not on the width.
        for (const [colours, media] of Object.entries(size === 'desk' ? COLOURS : { light: {} })) {
          await page.emulateMedia(media);
          const violations = await violationsOn(page);
          if (wide > 0 || violations.length > 0) {
            found[`${size}, ${colours}`] = { wide, violations };
          }
        }
        await stage.browser.empty();
      }
      assert.deepEqual(found, {});
    });
  }
});

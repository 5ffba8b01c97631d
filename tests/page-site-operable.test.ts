// The pages that belong to people, in each of their states, without a pointer and under a thumb.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { foundCollege, type College } from './lib/college.ts';
import { outOfReach, walk } from './lib/focus.ts';
import { PHONE } from './lib/page_states.ts';
import { pageSuite } from './lib/page_suite.ts';
import { SITE_STATES } from './lib/site_states.ts';
import { smallTargets } from './lib/targets.ts';

const NOTHING = { 'out of reach': [], 'nothing shows the focus': [], 'focused out of sight': [], 'out of order': [], 'too small': [] };

pageSuite('site without a pointer', (stage) => {
  let college: College;
  before(async () => {
    college = await foundCollege(stage);
  });

  for (const { name, reach } of SITE_STATES) {
    test(`the Tab key reaches everything and shows where it is, and a thumb hits everything: ${name}`, async () => {
      const page = await reach(stage, college);
      const stops = await walk(page);
      const known = stops.filter(({ order }) => order >= 0);
      const byKeys = {
        'out of reach': await outOfReach(page, stops),
        'nothing shows the focus': stops.filter(({ isShown }) => !isShown),
        'focused out of sight': stops.filter(({ isInSight }) => !isInSight),
        'out of order': known.filter(({ order }, index) => order < (known[index - 1]?.order ?? 0)),
      };
      await stage.browser.empty();
      const small = await smallTargets(await reach(stage, college, PHONE));
      assert.deepEqual({ ...byKeys, 'too small': small }, NOTHING);
    });
  }
});

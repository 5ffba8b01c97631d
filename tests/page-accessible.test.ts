// The page for everybody: what axe-core can check, in every state that the page has.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { violationsOn } from './lib/axe.ts';
import { Browser } from './lib/browser.ts';
import { PAGE_STATES, startSeminar, type World } from './lib/page_states.ts';
import { promptArchive, Stack } from './lib/stack.ts';

describe('the page has no violation of WCAG 2.2 A and AA that axe-core finds', () => {
  let world: World;

  before(async () => {
    const stack = await Stack.start({ variables: promptArchive });
    world = { stack, browser: await Browser.start(stack) };
    await startSeminar(world);
  });

  after(async () => {
    await world?.browser.stop();
    await world?.stack.stop();
  });

  for (const { name, reach } of PAGE_STATES) {
    test(`in this state: ${name}`, async () => {
      try {
        assert.deepEqual(await violationsOn(await reach(world)), []);
      } finally {
        world.stack.proxy.heal();
        await world.browser.empty();
      }
    });
  }

  test('these are at least twelve states', () => {
    assert.ok(PAGE_STATES.length >= 12, `${PAGE_STATES.length}`);
  });
});

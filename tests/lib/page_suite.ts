// The frame of a file of page tests: one stack and one browser for all of its tests, nobody left over between two of
// them, and at the end the claim that no page had anything to complain about.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';

import { Browser } from './browser.ts';
import { promptArchive, Stack, type StackOptions } from './stack.ts';

/** What the tests of one file share. */
export type PageStage = { readonly stack: Stack; readonly browser: Browser };

/** Describes a file of page tests. The stage is there once the tests run. */
export function pageSuite(name: string, define: (stage: PageStage) => void, options: StackOptions = {}): void {
  describe(name, () => {
    let stack: Stack | undefined;
    let browser: Browser | undefined;

    before(async () => {
      stack = await Stack.start({ ...options, variables: { ...promptArchive, ...options.variables } });
      browser = await Browser.start(stack);
    });

    afterEach(() => browser?.empty());

    after(async () => {
      await browser?.stop();
      await stack?.stop();
    });

    define({
      get stack() {
        return present(stack);
      },
      get browser() {
        return present(browser);
      },
    });

    test('no page had anything to complain about', () => {
      assert.deepEqual(browser?.complaints.unexpected, []);
    });
  });
}

function present<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) {
    throw new Error('the stage is only there while tests run');
  }
  return thing;
}

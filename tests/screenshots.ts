// Takes pictures of the pages as a class sees them, those that belong to people on a desk and on a phone: `cargo xtask screenshots` runs it with a folder for them. Further
// arguments name the only ones that are wanted.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { Page } from 'playwright-core';

import { atRest } from './lib/axe.ts';
import { Browser } from './lib/browser.ts';
import { foundCollege } from './lib/college.ts';
import { atSeminar, LONG_THREAD, offline, PAGE_STATES, PHONE, phoneSheet, refused, startSeminar, storeIsDown, type World } from './lib/page_states.ts';
import { SITE_STATES } from './lib/site_states.ts';
import { promptArchive, Stack } from './lib/stack.ts';

const DESKTOP = { viewport: { width: 1440, height: 900 } };
const ZOOMED = { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 };

/** A picture and how to get to what is on it. Those that show a failure heal it afterwards. */
const PICTURES: Readonly<Record<string, (world: World) => Promise<Page>>> = {
  list: state('the list of cases'),
  'new-case': state('the dialog for a new case, with something missing'),
  name: state('the question for a name, unanswered'),
  empty: state('a case without annotations'),
  desktop: (world) => atSeminar(world, DESKTOP),
  cards: (world) => atSeminar(world, DESKTOP, LONG_THREAD),
  dark: (world) => atSeminar(world, { ...DESKTOP, colorScheme: 'dark' }, LONG_THREAD),
  editor: state('a card with its thread, an editor and a field for a reply open'),
  selection: state('the toolbar at a selection'),
  overlapping: state('the choice among overlapping highlights'),
  search: state('a search, with faded annotations'),
  filter: state('the filter, with one condition on'),
  tags: state('the tags, one of them open'),
  notes: state('the shared notes'),
  keys: state('the list of keys'),
  status: state('the words about saving'),
  paper: state('the page for paper'),
  phone: (world) => atSeminar(world, PHONE, '#p3'),
  'phone-cards': phoneSheet,
  zoomed: (world) => atSeminar(world, ZOOMED, LONG_THREAD),
  'forced-colours': state('forced colours'),
  offline,
  refused,
  'host-down': storeIsDown,
};

const [directory, ...only] = process.argv.slice(2);
if (directory === undefined) {
  throw new Error('name a folder for the pictures: node tests/screenshots.ts DIR');
}
await mkdir(directory, { recursive: true });
const stack = await Stack.start({ variables: promptArchive });
const browser = await Browser.start(stack);
try {
  const world = { stack, browser };
  const ofCases = Object.entries(PICTURES).filter(([name]) => isWanted(name));
  if (ofCases.length > 0) {
    await startSeminar(world);
  }
  for (const [name, reach] of ofCases) {
    await take(name, await reach(world));
  }
  const ofSite = SITE_STATES.flatMap(({ name, reach }) => [
    { name, reach, options: DESKTOP },
    { name: `${name}-phone`, reach, options: PHONE },
  ]).filter(({ name }) => isWanted(name));
  if (ofSite.length > 0) {
    const college = await foundCollege(world);
    for (const { name, reach, options } of ofSite) {
      await take(name, await reach(world, college, options));
    }
  }
} finally {
  await browser.stop();
  await stack.stop();
}

function isWanted(name: string): boolean {
  return only.length === 0 || only.includes(name);
}

async function take(name: string, page: Page): Promise<void> {
  await atRest(page);
  await page.evaluate(() => document.fonts.ready);
  const path = join(directory ?? '', `${name}.png`);
  // A caret that blinks would make two pictures of one.
  await page.screenshot({ path, caret: 'hide' });
  console.log(path);
  stack.proxy.heal();
  await browser.empty();
}

function state(wanted: string): (world: World) => Promise<Page> {
  const found = PAGE_STATES.find(({ name }) => name === wanted);
  if (found === undefined) {
    throw new Error(`there is no state "${wanted}"`);
  }
  return found.reach;
}

// The page in each of its states, reached as a person reaches them. What must hold everywhere is checked in all of them,
// and pictures are taken of some.

import type { BrowserContextOptions, Page } from 'playwright-core';

import { spanOf } from './annotating.ts';
import type { Browser, Person, PersonOptions } from './browser.ts';
import { caseOf } from './cases.ts';
import { roomRefuses } from './refusal.ts';
import { classHasWritten, classIn, PEOPLE, SEMINAR_CASE, writeSeminar } from './seminar.ts';
import { callHost } from './signed.ts';
import type { Stack } from './stack.ts';
import { until } from './until.ts';

/** A sample that nobody has annotated. */
export const QUIET_CASE = 'a-rule-for-the-night-desk';

/** A stack with the seminar in its rooms, and somebody to look at it. */
export type World = { stack: Stack; browser: Browser };

/** One state. Those that end a case for good come last. */
export type PageState = { name: string; reach: (world: World) => Promise<Page> };

export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};
/** What a browser window of 1280 by 800 shows at 200 %. */
export const ZOOMED: BrowserContextOptions = { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 };

/** Puts the class to work: its annotations, and three of its people at their places in the text. */
export async function startSeminar({ stack }: World): Promise<void> {
  const text = await textOfSample(stack, SEMINAR_CASE);
  const at = (words: string): { start: number; end: number } => spanOf(text, words);
  const all = await classIn(stack.edge, SEMINAR_CASE);
  writeSeminar(all, text);
  await classHasWritten(stack.edge, SEMINAR_CASE, all);
  const show = (who: 'mei' | 'teacher' | 'jonas', place: Readonly<Record<string, unknown>>): void =>
    all[who].provider.awareness.setLocalState({ user: PEOPLE[who], ...place });
  show('mei', { reads: at('Those four paragraphs').start });
  show('teacher', { selection: at('She had read the withdrawal.') });
  show('jonas', { reads: at('Before dawn on 18 October').start });
  [all.amara, all.lucia, all.rui].forEach((client) => client.leave());
}

/** The text of a sample, as the page gets it. */
export async function textOfSample({ edge }: Stack, id: string): Promise<string> {
  const heads = (await (await fetch(`${edge.url}/cases/index.json`)).json()) as { id: string; text: string }[];
  const hash = heads.find((head) => head.id === id)?.text;
  const text = (await (await fetch(`${edge.url}/texts/${hash}.json`)).json()) as { text: string };
  return text.text;
}

/** Amara, whose own highlights and comments are among the others'. */
export function amara({ browser }: World, options: PersonOptions = {}): Promise<Person> {
  return browser.person(PEOPLE.amara.name, { signedIn: PEOPLE.amara, ...options });
}

/** Amara in the seminar, its cards in the margin, perhaps at a highlight. */
export async function atSeminar(world: World, options: PersonOptions = {}, hash = ''): Promise<Page> {
  const person = await amara(world, options);
  const { page } = await person.join(SEMINAR_CASE, hash);
  await page.locator('.card article').first().waitFor({ state: 'attached' });
  if (hash.startsWith('#h=')) {
    await page.locator('.card.is-active .comments').waitFor({ state: 'attached' });
  }
  return page;
}

/** The card with the long discussion is open. */
export const LONG_THREAD = '#h=h-3';

export const PAGE_STATES: readonly PageState[] = [
  { name: 'the list of cases', reach: theList },
  {
    name: 'the dialog for a new case, with something missing',
    reach: async (world) => {
      const page = await theList(world);
      await page.getByRole('button', { name: 'New case' }).click();
      await page.getByRole('button', { name: 'Add the case' }).click();
      await page.getByText('A case needs a title.').waitFor();
      return page;
    },
  },
  {
    name: 'the question for a name, unanswered',
    reach: async ({ browser }) => {
      const person = await browser.person('nobody yet');
      const { page } = await person.open(`/c/${QUIET_CASE}`);
      await page.getByRole('button', { name: 'Join' }).click();
      await page.getByText('A name needs at least one letter.').waitFor();
      return page;
    },
  },
  {
    name: 'a case without annotations',
    reach: async (world) => {
      const { page } = await (await amara(world)).join(QUIET_CASE);
      await page.locator('.invitation').waitFor();
      return page;
    },
  },
  { name: 'a case with cards', reach: (world) => atSeminar(world) },
  {
    name: 'a card with its thread, an editor and a field for a reply open',
    reach: async (world) => {
      const page = await atSeminar(world, {}, '#h=h-5');
      const card = page.locator('#card-h-5');
      await card.getByRole('button', { name: 'Edit' }).first().click();
      await card.getByRole('button', { name: 'Reply' }).first().click();
      await card.getByLabel('Reply to Lucía Fernández').fill('Until the thirty-five per cent, at least.');
      return page;
    },
  },
  {
    name: 'the menu of a card',
    reach: async (world) => {
      const page = await atSeminar(world, {}, '#h=h-5');
      await page.locator('#card-h-5').getByRole('button', { name: 'More about this annotation' }).click();
      await page.getByRole('button', { name: 'Delete annotation' }).waitFor();
      return page;
    },
  },
  {
    name: 'the toolbar at a selection',
    reach: async (world) => {
      const page = await atSeminar(world);
      await selectWord(page);
      return page;
    },
  },
  {
    name: 'the choice among overlapping highlights',
    reach: async (world) => {
      const page = await atSeminar(world);
      await clickOn(page, 'A buoy had stopped');
      await page.locator('.chooser').waitFor();
      return page;
    },
  },
  {
    name: 'the tags, one of them open',
    reach: async (world) => {
      const page = await atSeminar(world);
      await page.getByRole('button', { name: 'Tags', exact: true }).click();
      await page.getByRole('button', { name: 'Change Reasons' }).click();
      await page.getByLabel('Description').waitFor();
      return page;
    },
  },
  {
    name: 'the filter, with one condition on',
    reach: async (world) => {
      const page = await atSeminar(world);
      await page.getByRole('button', { name: 'Filter' }).click();
      await page.getByLabel('Mine').check();
      return page;
    },
  },
  {
    name: 'a search, with faded annotations',
    reach: async (world) => {
      const page = await atSeminar(world);
      await page.locator('#search').fill('keeper');
      await page.locator('.card.is-faded').first().waitFor();
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      return page;
    },
  },
  { name: 'the shared notes', reach: (world) => opened(world, 'Notes', '#notes') },
  {
    name: 'the list of keys',
    reach: async (world) => {
      const page = await atSeminar(world);
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
      return page;
    },
  },
  { name: 'the words about saving', reach: (world) => opened(world, /^Status: /, '.explanation') },
  { name: 'the list of people', reach: (world) => opened(world, /^Who is here/, '.people li') },
  { name: 'the menu of everything else', reach: (world) => opened(world, 'More', '.menu:popover-open button') },
  {
    name: 'the ways to take annotations out',
    reach: async (world) => {
      const page = await opened(world, 'More', '.menu:popover-open button');
      await page.getByRole('button', { name: 'Export or print…' }).click();
      await page.getByRole('dialog', { name: 'Export' }).waitFor();
      return page;
    },
  },
  {
    name: 'the page for paper',
    reach: async (world) => {
      const page = await opened(world, 'More', '.menu:popover-open button');
      await page.getByRole('button', { name: 'Export or print…' }).click();
      await page.getByRole('button', { name: /^Page for printing/ }).click();
      await page.locator('.print-view').waitFor();
      return page;
    },
  },
  {
    name: 'a notice about a link that leads nowhere',
    reach: async (world) => {
      const page = await atSeminar(world);
      await page.evaluate(() => (location.hash = 'h=nowhere'));
      await page.locator('.notice').waitFor();
      return page;
    },
  },
  { name: 'offline, with an unsent change', reach: offline },
  { name: 'a refused change', reach: refused },
  { name: 'a phone', reach: (world) => atSeminar(world, PHONE) },
  { name: 'a phone with the cards over the text', reach: (world) => phoneSheet(world) },
  { name: 'dark colours', reach: (world) => atSeminar(world, { colorScheme: 'dark' }, LONG_THREAD) },
  {
    name: 'a dialog in dark colours',
    reach: async (world) => {
      const page = await atSeminar(world, { colorScheme: 'dark' });
      await page.getByRole('button', { name: 'Tags', exact: true }).click();
      await page.getByRole('button', { name: 'Change Reasons' }).click();
      return page;
    },
  },
  { name: '200 %', reach: (world) => atSeminar(world, ZOOMED, LONG_THREAD) },
  { name: 'forced colours', reach: (world) => atSeminar(world, { forcedColors: 'active' }, LONG_THREAD) },
  { name: 'reduced motion', reach: (world) => atSeminar(world, { reducedMotion: 'reduce' }, LONG_THREAD) },
  { name: 'more contrast', reach: (world) => atSeminar(world, { contrast: 'more' }, LONG_THREAD) },
  { name: 'a room whose store cannot be reached', reach: storeIsDown },
  { name: 'a deleted case', reach: gone },
];

/** Selects one word of the text with the mouse, so that the toolbar opens. */
export async function selectWord(page: Page): Promise<void> {
  await page.locator('.t-paragraph .t-body').first().dblclick({ position: { x: 60, y: 12 } });
  await page.locator('.selection-bar').waitFor();
}

/** Cuts the line and writes something. */
export async function offline(world: World): Promise<Page> {
  const line = await world.browser.line();
  const page = await atSeminar(world, { line }, LONG_THREAD);
  world.browser.complaints.expect(page, /./);
  // The sentences about saving are fetched with the rest of the page, which this brings about at once.
  await page.getByRole('button', { name: /^Status: / }).click();
  await page.locator('.explanation').waitFor();
  await page.keyboard.press('Escape');
  await page.mouse.move(0, 0);
  line.cut();
  await page.locator('body[data-state=waiting]').waitFor();
  await page.locator('#card-h-3 .composer textarea').fill('The trial judge draws it where she speaks of the keeper’s book.');
  await page.keyboard.press('Control+Enter');
  await page.locator('.banner', { hasText: '1 change' }).waitFor();
  return page;
}

/** Writes something that the room does not take. */
export async function refused(world: World): Promise<Page> {
  const person = await amara(world);
  await roomRefuses(person.context, 'too_large', 'the document would have 60,012 items; at most 60,000 fit');
  const { page } = await person.join(SEMINAR_CASE, LONG_THREAD);
  await page.locator('#card-h-3 .composer textarea').fill('The trial judge draws it where she speaks of the keeper’s book.');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('dialog', { name: 'A change was not accepted' }).waitFor();
  return page;
}

/** Opens a case whose room has to ask for a snapshot, and gets no answer; its text comes. The caller heals the proxy. */
export async function storeIsDown(world: World): Promise<Page> {
  const caseId = await caseOf(world.stack.edge);
  world.stack.proxy.misbehave((_method, path) => ({ kind: path.startsWith('/snapshots/') ? 'unreachable' : 'none' }));
  const { page } = await (await amara(world)).open(`/c/${caseId}`);
  await page.locator('.banner', { hasText: 'Nothing is lost' }).waitFor();
  return page;
}

/** The cards on a small screen. */
export async function phoneSheet(world: World): Promise<Page> {
  const page = await atSeminar(world, PHONE, LONG_THREAD);
  await page.getByRole('navigation', { name: 'Panels' }).getByRole('button', { name: /annotations$/ }).click();
  await page.locator('.margin.is-open').waitFor();
  await until('the active card is in sight', () => page.locator('#card-h-3').evaluate((card) => card.getBoundingClientRect().top < innerHeight * 0.6));
  return page;
}

async function gone(world: World): Promise<Page> {
  const { stack } = world;
  const { page } = await (await amara(world)).join(QUIET_CASE);
  await callHost(stack.host.url, stack.key, 'DELETE', QUIET_CASE);
  await page.locator('.banner', { hasText: 'Case deleted' }).waitFor();
  return page;
}

async function theList(world: World): Promise<Page> {
  const { page } = await (await amara(world)).open('/');
  await page.getByRole('button', { name: 'New case' }).waitFor();
  return page;
}

/** Presses a button of the bar and waits for what it opens. */
async function opened(world: World, button: string | RegExp, what: string): Promise<Page> {
  const page = await atSeminar(world);
  await page.getByRole('banner').getByRole('button', { name: button, exact: true }).click();
  await page.locator(what).first().waitFor();
  return page;
}

/** Clicks where words stand in the text. */
async function clickOn(page: Page, words: string): Promise<void> {
  const point = await page.evaluate((wanted) => {
    const walker = document.createTreeWalker(document.querySelector('.t-text') ?? document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const at = node.nodeValue?.indexOf(wanted) ?? -1;
      if (at >= 0) {
        const range = document.createRange();
        range.setStart(node, at + 2);
        range.setEnd(node, at + 3);
        range.startContainer.parentElement?.scrollIntoView({ block: 'center' });
        const { x, y, width, height } = range.getBoundingClientRect();
        return { x: x + width / 2, y: y + height / 2 };
      }
    }
    return null;
  }, words);
  if (point === null) {
    throw new Error(`"${words}" is not on the page`);
  }
  await page.mouse.click(point.x, point.y);
}

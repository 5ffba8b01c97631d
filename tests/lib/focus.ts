// Walking through a page with the Tab key, as somebody does who has no pointer.

import assert from 'node:assert/strict';

import type { Locator, Page } from 'playwright-core';

/** One place where the focus stops. */
export type Stop = {
  /** What a person would call it. */
  name: string;
  /** Its place among all elements of the page; -1 for one that has come since the walk began. */
  order: number;
  /** The landmark that it is in. */
  landmark: string;
  /** Whether it looks different while it has the focus. */
  isShown: boolean;
  /** Whether all of it can be seen. */
  isInSight: boolean;
};

/** Everything that the Tab key should reach, by the same names as the stops. */
export type Reachable = { name: string; order: number };

/** Where the focus stops on its way through the page, from its start until it leaves it. */
export async function walk(page: Page, stopsMax = 400): Promise<Stop[]> {
  await prepare(page);
  const stops: Stop[] = [];
  while (stops.length < stopsMax) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => window.focusWalk?.stop() ?? null);
    if (stop === null) {
      return stops;
    }
    stops.push(stop);
  }
  throw new Error(`the Tab key still moves on after ${stopsMax} stops: ${JSON.stringify(stops.slice(-3))}`);
}

/** What can be operated and is shown; while a dialog is open, only what is in it. */
export async function reachable(page: Page): Promise<Reachable[]> {
  await prepare(page);
  return page.evaluate(() => window.focusWalk?.reachable() ?? []);
}

/**
 * What the Tab key should have reached, and did not. On a page whose elements come and go with the focus they are told by
 * their names.
 */
export async function outOfReach(page: Page, stops: readonly Stop[]): Promise<string[]> {
  const [orders, names] = [new Set(stops.map(({ order }) => order)), new Set(stops.map(({ name }) => name))];
  const isFixed = stops.every(({ order }) => order >= 0);
  const missed = (await reachable(page)).filter(({ order, name }) => !(isFixed ? orders.has(order) : names.has(name)));
  return missed.map(({ name }) => name);
}

/** Presses Tab until something has the focus. */
export async function tabTo(page: Page, wanted: Locator, pressesMax = 40): Promise<void> {
  await wanted.waitFor({ state: 'attached' });
  for (let presses = 0; presses < pressesMax; presses += 1) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((element) => element === document.activeElement)) {
      return;
    }
  }
  assert.fail(`${pressesMax} presses of the Tab key did not lead to ${String(wanted)}`);
}

/** Whether one sees where the focus is: around what has it, or around what holds that, such as a field with an icon. */
export function isFocusShown(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const has = document.activeElement;
    return has !== null && has !== document.body && has.matches(':focus-visible') &&
      [has, has.parentElement, has.parentElement?.parentElement].some((each) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(each ?? has);
        return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0;
      });
  });
}

/** What has the focus, by the name that a person would call it. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const has = document.activeElement;
    const label = has instanceof HTMLInputElement ? has.labels?.[0]?.textContent : null;
    return (has?.getAttribute('aria-label') ?? label ?? has?.textContent ?? '').trim().slice(0, 60);
  });
}

declare global {
  interface Window {
    focusWalk?: { stop(): Stop | null; reachable(): Reachable[] };
  }
}

/** Notes how everything looks without the focus, and puts the focus before the first stop. */
async function prepare(page: Page): Promise<void> {
  await page.evaluate(() => {
    const operable = 'a[href], button, input, select, textarea, summary, [tabindex]';
    // A browser goes on from where the focus was last, unless it was put onto the page itself.
    const dialog = [...document.querySelectorAll<HTMLElement>('dialog:modal')].at(-1);
    const start = dialog ?? document.body;
    start.tabIndex = -1;
    start.focus();
    start.removeAttribute('tabindex');
    getSelection()?.removeAllRanges();
    scrollTo(0, 0);
    const all = [...document.querySelectorAll('*')];
    // The sign of the focus may be drawn around what holds the element, such as a field with an icon.
    const looks = (element: Element): string =>
      [element, element.parentElement, element.parentElement?.parentElement]
        .filter((each) => each !== null && each !== undefined)
        .map((each) => {
          const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, clipPath } = getComputedStyle(each);
          return outlineStyle === 'none' ? `${boxShadow} ${borderColor} ${clipPath}` : `${outlineStyle} ${outlineWidth} ${outlineColor}`;
        })
        .join('; ');
    const before = new Map([...document.querySelectorAll(operable)].map((element) => [element, looks(element)]));
    const nameOf = (element: Element): string => {
      const label = element instanceof HTMLInputElement ? (element.labels?.[0]?.textContent ?? '') : '';
      const words = element.getAttribute('aria-label') ?? (label || element.textContent || element.id);
      return `${element.localName} ${words.trim().replaceAll(/\s+/g, ' ').slice(0, 60)}`;
    };
    const landmarkOf = (element: Element): string =>
      element.closest('nav, header.bar, main, aside, dialog')?.localName ?? 'page';
    window.focusWalk = {
      stop: () => {
        const element = document.activeElement;
        if (element === null || element === document.body) {
          return null;
        }
        const { top, bottom, left, right } = element.getBoundingClientRect();
        return {
          name: nameOf(element),
          order: all.indexOf(element),
          landmark: landmarkOf(element),
          isShown: before.get(element) !== looks(element),
          isInSight: bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
        };
      },
      reachable: () =>
        [...(dialog ?? document).querySelectorAll<HTMLElement>(operable)]
          .filter((element) => element.tabIndex >= 0 && !element.matches(':disabled') && element.checkVisibility({ visibilityProperty: true }))
          // Of radio buttons that belong together the Tab key stops at the chosen one; the arrow keys lead to the others.
          .filter((element) => !element.matches('input[type=radio]:not(:checked)'))
          .map((element) => ({ name: nameOf(element), order: all.indexOf(element) })),
    };
  });
}

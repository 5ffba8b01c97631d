// How long a page takes until one can see what one came for, from the start of the navigation, as the page's own clock has it.

import type { Page } from 'playwright-core';

import { until } from './until.ts';

/** What must be there beside the text itself: so many ranges of highlights on the screen. */
export type Wanted = { blocks: string; count: number; highlights: number };

declare global {
  interface Window {
    seenAt?: number;
  }
}

/**
 * Has the next navigation of a page note when all is there and painted: so many blocks of text, so many highlights on the
 * first screen, and a body in each card that is in sight. For a page of text alone, no highlights are wanted, and no cards.
 */
export async function watchPaint(page: Page, wanted: Wanted): Promise<void> {
  await page.addInitScript(({ blocks, count, highlights }) => {
    const paintedInSight = (): number => {
      const registry = (CSS as unknown as { highlights: HighlightRegistry }).highlights;
      const ranges = [...registry.values()].flatMap((layer) => [...layer] as Range[]);
      return ranges.map((range) => range.getBoundingClientRect()).filter(({ top, bottom }) => bottom > 0 && top < innerHeight).length;
    };
    const areCardsFilled = (): boolean => {
      const inSight = [...document.querySelectorAll('.card')].filter((card) => {
        const { top, bottom } = card.getBoundingClientRect();
        return bottom > 0 && top < innerHeight;
      });
      return inSight.length > 0 && inSight.every((card) => card.querySelector('article') !== null);
    };
    const look = (): void => {
      const isThere =
        document.querySelectorAll(blocks).length >= count && (highlights === 0 || (paintedInSight() >= highlights && areCardsFilled()));
      if (isThere) {
        // A task that begins after the next frame begins after that frame was handed over to be shown.
        requestAnimationFrame(() => setTimeout(() => (window.seenAt = performance.now())));
      } else {
        requestAnimationFrame(look);
      }
    };
    requestAnimationFrame(look);
  }, wanted);
}

/** Goes there and gives the milliseconds until all was seen. */
export async function timeToSee(page: Page, address: string): Promise<number> {
  await page.goto(address, { waitUntil: 'commit' });
  return until('all is there and painted', () => page.evaluate(() => window.seenAt), { within: 60_000, every: 100 });
}

/** The middle of an odd number of values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

// Whether a thumb can hit what it is meant to hit.

import type { Page } from 'playwright-core';

/** The smallest target, in CSS pixels each way: WCAG's level AAA, and what phone makers ask for. */
const TARGET_MIN = 44;

/**
 * The controls in sight that a thumb may miss, one line each: those that are smaller than 44 pixels, and that do not answer
 * to a touch just beside them either.
 *
 * Left out as WCAG does: links within sentences, whose size is their line's; and a tick box or radio button within a label
 * that is large enough, since the label is the target.
 */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate((min) => {
    const isInSentence = (element: Element): boolean => element.localName === 'a' && element.closest('.t-body, p, .t-toc') !== null;
    const targetOf = (element: Element): Element => {
      const label = element.matches('input[type=checkbox], input[type=radio], input[type=file]') ? element.closest('label') : null;
      return label ?? element;
    };
    const answers = (element: Element, x: number, y: number): boolean => {
      const hit = document.elementFromPoint(x, y);
      return hit !== null && (element.contains(hit) || hit.closest('label')?.contains(element) === true);
    };
    /** How far it answers along one direction, from its middle both ways. */
    const extent = (element: Element, x: number, y: number, right: number, down: number): number => {
      let [before, after] = [0, 0];
      while (before < min && answers(element, x - (before + 1) * right, y - (before + 1) * down)) {
        before += 1;
      }
      while (after < min && answers(element, x + (after + 1) * right, y + (after + 1) * down)) {
        after += 1;
      }
      return before + after;
    };
    const bars = [...document.querySelectorAll('.bar, .foot-bar')];
    /** Too near a bar for its size to be told: one scrolls to reach it. */
    const isAtBar = (element: Element, y: number): boolean =>
      bars.some((bar) => {
        const { top, bottom } = bar.getBoundingClientRect();
        return !bar.contains(element) && y > top - min / 2 && y < bottom + min / 2;
      });
    const small: string[] = [];
    // Under an open box nothing can be hit before the box is closed.
    const boxes = [...document.querySelectorAll('dialog:modal, :popover-open')];
    const scope = boxes.at(-1) ?? document;
    for (const control of scope.querySelectorAll('a[href], button, input, select, textarea, summary')) {
      const element = targetOf(control);
      const { left, top, width, height } = element.getBoundingClientRect();
      const [x, y] = [left + width / 2, top + height / 2];
      const isInSight = control.checkVisibility({ visibilityProperty: true }) && x >= 0 && y >= 0 && x < innerWidth && y < innerHeight;
      if (!isInSight || isInSentence(control) || !answers(element, x, y) || isAtBar(element, y)) {
        continue;
      }
      // Half a pixel of rounding on either side.
      const wide = Math.max(width, extent(element, x, y, 1, 0)) + 1;
      const tall = Math.max(height, extent(element, x, y, 0, 1)) + 1;
      if (wide < min || tall < min) {
        const name = control.getAttribute('aria-label') ?? control.textContent?.trim().slice(0, 40) ?? '';
        small.push(`${control.localName}.${control.className} "${name}": ${wide.toFixed(0)} × ${tall.toFixed(0)}`);
      }
    }
    return small;
  }, TARGET_MIN);
}

// The numbers of the paragraphs, of which the Tab key stops at one: the arrow keys lead from one to the next.

import { stepAmong } from '../base/settle.ts';

/** Listens from now on, for as long as the text is on the page. */
export function walkNumbers(root: HTMLElement): void {
  root.addEventListener('keydown', (event) => {
    const { target } = event;
    const numbers = [...root.querySelectorAll<HTMLElement>('.t-number')];
    const next = target instanceof HTMLElement && numbers.includes(target) ? stepAmong(event, numbers) : null;
    if (next !== null) {
      numbers.forEach((number) => (number.tabIndex = number === next ? 0 : -1));
      next.focus();
    }
  });
}

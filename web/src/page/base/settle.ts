// What is open below a button: its place, and the way of the arrow keys through a menu.

import { sizeOf, viewport } from './measure.ts';
import { placeBeside } from './place.ts';

/** Keeps an open box below its button, and leads the keys through a menu; gives the function that ends it. */
export function settle(box: HTMLElement, anchor: HTMLElement, align: 'start' | 'end', isMenu: boolean): () => void {
  // What is inside may come later, and then the box has another size.
  const sizes = new ResizeObserver(() => {
    const at = placeBeside(anchor.getBoundingClientRect(), sizeOf(box), viewport(), align);
    box.style.setProperty('left', `${at.left}px`);
    box.style.setProperty('top', `${at.top}px`);
    if (isMenu && !box.contains(document.activeElement)) {
      box.querySelector<HTMLElement>(PRESSABLE)?.focus();
    }
  });
  sizes.observe(box);
  const press = (event: KeyboardEvent): void => walk(event, box);
  if (isMenu) {
    box.addEventListener('keydown', press);
  }
  return () => {
    sizes.disconnect();
    box.removeEventListener('keydown', press);
  };
}

const PRESSABLE = 'button:not([disabled]), a[href]';

/** The arrow keys lead from button to button. */
export function walk(event: KeyboardEvent, box: HTMLElement): void {
  stepAmong(event, [...box.querySelectorAll<HTMLElement>(PRESSABLE)])?.focus();
}

/** What the arrow keys lead to, around the end; null for another key. */
export function stepAmong(event: KeyboardEvent, all: readonly HTMLElement[]): HTMLElement | null {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0 || all.length === 0) {
    return null;
  }
  event.preventDefault();
  const at = all.indexOf(document.activeElement as HTMLElement);
  return all[(at + step + all.length) % all.length] ?? null;
}

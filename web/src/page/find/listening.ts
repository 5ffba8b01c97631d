// Follows what is typed into the search.

import { step } from '../desk/actions.ts';
import type { Desk } from '../desk/desk.ts';
import { look } from './looking.ts';

const TYPING_MS = 120;
const heard = new WeakSet<HTMLInputElement>();

/** Searches for words as if they had been typed. */
export function lookFor(desk: Desk, words: string): void {
  const field = document.getElementById('search');
  if (field instanceof HTMLInputElement) {
    field.value = words.replaceAll(/\s+/g, ' ').trim().slice(0, field.maxLength);
    desk.isSearchOpen.value = true;
    field.focus({ preventScroll: true });
    listen(desk, field);
    desk.finding.query.value = field.value;
  }
}

/** Listens to the field from now on, once for each, and takes what is in it already. */
export function listen(desk: Desk, field: HTMLInputElement): void {
  const walker = look(desk);
  if (heard.has(field)) {
    return;
  }
  heard.add(field);
  const { finding } = desk;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = (): void => {
    clearTimeout(timer);
    finding.query.value = field.value;
  };
  field.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(ask, TYPING_MS);
  });
  field.addEventListener('keydown', (event) => {
    if (event.isComposing) {
      return;
    }
    if (event.key === 'Enter') {
      ask();
      // A text that is still being made ready has nothing to step through.
      if (finding.walk.value !== null || finding.query.value.trim() === '') {
        step(desk, event.shiftKey ? -1 : 1);
      }
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      walker.goBack();
      field.value = '';
      ask();
      desk.isSearchOpen.value = false;
      document.getElementById('text')?.focus({ preventScroll: true });
    }
  });
  ask();
}

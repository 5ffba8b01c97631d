// The name under which a person was last here, kept in this browser. A browser that keeps nothing asks each time.

import { cleanName } from './people.ts';

const KEY = 'glossator.name';
let remembered: string | null = null;

/** The name, if one is known. */
export function recallName(): string | null {
  if (remembered === null) {
    try {
      remembered = cleanName(localStorage.getItem(KEY) ?? '');
    } catch {
      // Storage may be forbidden; then there is no name.
    }
  }
  return remembered;
}

/** Keeps a name, for this page at least. */
export function rememberName(name: string): void {
  remembered = name;
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // Storage may be forbidden or full; the name then lasts as long as the page.
  }
}

// Small things kept in this browser. Storage may be forbidden or full: then they last as long as the page.

import { effect, signal } from '@preact/signals';
import type { Signal } from '@preact/signals';

/** The browser's storage; null where even asking for it is forbidden. */
export function storage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/** Reads what is stored under a key; null if there is nothing or nothing may be read. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Stores a value, or removes it with null. */
export function keep(key: string, value: string | null): void {
  try {
    if (value === null) {
      localStorage.removeItem(key);
    } else {
      localStorage.setItem(key, value);
    }
  } catch {
    // What cannot be kept lasts as long as the page.
  }
}

/** Where the head of a case is kept, for when the server cannot say it. */
export function headKey(caseId: string): string {
  return `glossator.head.${caseId}`;
}

/** Where it is kept under which id somebody's private notes on a case are; neither id needs to be escaped. */
export function privateKey(user: string, caseId: string): string {
  return `glossator.private.${user}/${caseId}`;
}

/** A choice among words that is remembered in this browser. */
export function storedChoice<Choice extends string>(key: string, choices: readonly Choice[], first: Choice): Signal<Choice> {
  const stored = choices.find((choice) => choice === recall(key));
  const chosen = signal<Choice>(stored ?? first);
  effect(() => {
    if (chosen.value !== first || recall(key) !== null) {
      keep(key, chosen.value);
    }
  });
  return chosen;
}

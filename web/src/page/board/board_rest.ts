// Fetching what of a board's page is not needed at once. See `seldom.ts`.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { arrive } from '../base/arrive.ts';

type Seldom = typeof import('./seldom.ts');

/** Null while nobody wants it, and while it is on its way. */
const rest = signal<Seldom | 'failed' | null>(null);
let coming: Promise<Seldom> | null = null;

/** Fetches it, once; after a failure again. Rejects if it cannot be fetched. */
export function fetchSeldom(): Promise<Seldom> {
  coming ??= (async () => {
    rest.value = null;
    try {
      const parts = await arrive(() => import('./seldom.ts'));
      rest.value = parts;
      return parts;
    } catch (error) {
      coming = null;
      rest.value = 'failed';
      throw error;
    }
  })();
  return coming;
}

/** What is there of it, for what shows something of it. */
export function useSeldom(): Seldom | 'failed' | null {
  useEffect(() => {
    // Whether it works is told by the signal.
    fetchSeldom().catch(() => {});
  }, []);
  return rest.value;
}

/** What is on the board goes first. */
const SHOWN_MS = 5_000;

/** Fetches it a moment after the board is there, so that it is there when it is asked for, offline too. */
export function prefetchSeldom(): void {
  // If it fails, it is tried again when it is asked for.
  setTimeout(() => fetchSeldom().catch(() => {}), SHOWN_MS);
}

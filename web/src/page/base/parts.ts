// Fetching what of the page is not needed at once. See `later.ts`.

import { signal } from '@preact/signals';

import { arrive } from './arrive.ts';

export type Parts = typeof import('../later.ts');

/** How the rest of the page stands. */
export type Rest = { rest: 'unwanted' | 'coming' | 'failed' } | { rest: 'here'; parts: Parts };

export const rest = signal<Rest>({ rest: 'unwanted' });
let coming: Promise<Parts> | null = null;

/** Fetches the rest of the page, once; after a failure again. Rejects if it cannot be fetched. */
export function fetchRest(): Promise<Parts> {
  coming ??= (async () => {
    rest.value = { rest: 'coming' };
    try {
      const parts = await arrive(() => import('../later.ts'));
      rest.value = { rest: 'here', parts };
      return parts;
    } catch (error) {
      coming = null;
      rest.value = { rest: 'failed' };
      throw error;
    }
  })();
  return coming;
}

/** What is being sent and shown goes first. */
const POSTED_MS = 5_000;

/**
 * Fetches the rest of the page a moment after somebody has posted something, so that it is there when it is asked for,
 * offline too. Before that it comes only when it is asked for: nothing may stand between a reader and the text.
 */
export function prefetchSoon(): void {
  // If it fails, it is tried again when it is asked for.
  setTimeout(() => fetchRest().catch(() => {}), POSTED_MS);
}

// Doing what the rest of the page is needed for.

import { FAILED_WORDS } from '../base/failed_words.ts';
import { fetchRest } from '../base/parts.ts';
import type { Parts } from '../base/parts.ts';
import type { Problem } from './action_words.ts';
import type { Desk } from './desk.ts';

/** Does something with the rest of the page; says so if it cannot be fetched. */
export async function withRest(desk: Desk, act: (parts: Parts) => void): Promise<void> {
  const parts = await fetchRest().catch(() => null);
  if (parts === null) {
    desk.notices.complain(FAILED_WORDS);
  } else {
    act(parts);
  }
}

/** Says why something was not done, or at least that it was not. */
export async function complain(desk: Desk, problem: Problem): Promise<void> {
  const parts = await fetchRest().catch(() => null);
  desk.notices.complain(parts?.problemWords(problem) ?? 'That was not done.');
}

// What the page of a class knows, and changing it.

import { signal } from '@preact/signals';

import type { Reply } from '../../api/ask.ts';
import { fetchClass } from '../../api/classes.ts';
import type { WholeClass } from '../../api/classes.ts';
import { leaveForSignIn } from '../base/leave.ts';

export const classId = decodeId(/^\/classes\/([^/]+)\/?$/.exec(location.pathname)?.[1] ?? '');

/** The class as it was last fetched; null while it is first on its way. */
export const reply = signal<Reply<WholeClass> | null>(null);

/** Fetches the class anew. What is shown stays until the answer is here, and also if only this failed. */
export async function refresh(): Promise<void> {
  const fresh = await fetchClass(classId);
  if (fresh.reply === 'signed_out') {
    leaveForSignIn();
  }
  if (fresh.reply !== 'failed' || reply.peek()?.reply !== 'found') {
    reply.value = fresh;
  }
}

/** What was done last, for whoever does not see it. */
export const said = signal('');

/** Says what was done. */
export function say(words: string): void {
  said.value = words;
}

function decodeId(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

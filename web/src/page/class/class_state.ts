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
    const part = document.activeElement?.closest('section')?.getAttribute('aria-label') ?? null;
    reply.value = fresh;
    // Once it is drawn.
    setTimeout(() => keepFocus(part));
  }
}

/** What was pressed may have made room for something else: whoever goes by keys goes on in the same part of the page. */
function keepFocus(part: string | null): void {
  if (part !== null && document.activeElement === document.body) {
    document.querySelector<HTMLElement>(`section[aria-label="${CSS.escape(part)}"] :is(button, input, select, a[href])`)?.focus();
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

// Asking the host for what belongs to people: who one is, classes, sharing, search. Nothing here throws: what may come
// back is in the types.

import { Members, NotACaseError } from '../text/members.ts';

/** What came back. `why` is a sentence for the person. */
export type Reply<Found> =
  | { readonly reply: 'found'; readonly found: Found }
  /** Nobody is signed in in this browser, or not any more. */
  | { readonly reply: 'signed_out' }
  /** The host has heard it and will not: there is no such thing, it may not be, or it is malformed. */
  | { readonly reply: 'refused'; readonly status: number; readonly why: string }
  /** Nothing is known of what became of it; trying again is of use. */
  | { readonly reply: 'failed'; readonly why: string };

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** How to ask: the browser's own way, unless a test has another. */
export type Fetch = (address: string, options: RequestInit) => Promise<Response>;

/** What is asked. */
export type Question<Found> = {
  method?: Method;
  path: string;
  /** Sent as JSON. Whatever changes something has one, be it empty: other sites cannot send that type of content. */
  body?: unknown;
  /** Reads the JSON of a success; may throw NotACaseError. An answer without a body is read as `{}`. */
  read: (answer: Members) => Found;
};

const PATIENCE_MS = 30_000;

/** Asks once. */
export async function ask<Found>({ method = 'GET', path, body, read }: Question<Found>, fetchIt: Fetch = fetch): Promise<Reply<Found>> {
  try {
    const sent = method === 'GET' ? {} : { body: JSON.stringify(body ?? {}), headers: { 'content-type': 'application/json' } };
    const response = await fetchIt(path, { method, ...sent, cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
    const text = await response.text();
    if (response.ok) {
      return { reply: 'found', found: read(new Members(text === '' ? {} : parse(text), 'the answer')) };
    }
    return refusal(response.status, wordsIn(text));
  } catch (error) {
    const why = error instanceof NotACaseError ? `What the server sent cannot be read (${error.message}).` : UNREACHABLE;
    return { reply: 'failed', why };
  }
}

/** Nothing of an answer is of interest but that it came. */
export function nothing(): null {
  return null;
}

/** The sentence for what did not come about; null if it did. */
export function whyNot(reply: Reply<unknown>): string | null {
  switch (reply.reply) {
    case 'found':
      return null;
    case 'signed_out':
      return 'You are signed out. Sign in again in another tab, then try once more.';
    case 'refused':
    case 'failed':
      return reply.why;
  }
}

/** Words of the server as a sentence. */
export function sentence(words: string): string {
  const trimmed = words.trim();
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${/[.!?…]$/.test(trimmed) ? '' : '.'}`;
}

const UNREACHABLE = 'The server could not be reached. Nothing has changed; try again in a moment.';

function refusal(status: number, words: string | null): Reply<never> {
  if (status === 401) {
    return { reply: 'signed_out' };
  }
  if (status === 429) {
    return { reply: 'failed', why: words === null ? 'That was tried too often. Wait a minute, then try again.' : sentence(words) };
  }
  if (status >= 500) {
    return { reply: 'failed', why: words === null ? 'The server has trouble at the moment. Try again soon.' : sentence(words) };
  }
  return { reply: 'refused', status, why: words === null ? `The server answered with status ${status}.` : sentence(words) };
}

/** The host's own words, `{"error": words}`. */
function wordsIn(text: string): string | null {
  try {
    const words = (JSON.parse(text) as { error?: unknown } | null)?.error;
    return typeof words === 'string' && words.trim() !== '' ? words.slice(0, 500) : null;
  } catch {
    return null;
  }
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    throw new NotACaseError('it is not JSON');
  }
}

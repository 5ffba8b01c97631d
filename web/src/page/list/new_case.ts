// Asking the host to make a case of what was pasted or uploaded. What is refused comes back in words.

import { sentence } from '../../api/ask.ts';

/** How the content is to be read. */
export type CaseFormat = 'text' | 'markdown' | 'html' | 'conversation';

export type NewCase = { title: string; format: CaseFormat; content: string };

/** What came of it. */
export type Made = { made: 'case'; id: string } | { made: 'nothing'; why: string };

/** As the host counts it: bytes of JSON. A little below, for what JSON escapes. */
export const CONTENT_BYTES_MAX = 4 * 1024 * 1024 - 64 * 1024;
const PATIENCE_MS = 60_000;

/** Makes a case. Never throws. */
export async function makeCase(wanted: NewCase): Promise<Made> {
  const body = JSON.stringify(wanted);
  if (new Blob([body]).size > CONTENT_BYTES_MAX) {
    return { made: 'nothing', why: 'That is too long: a case may have up to 4 MB. Divide it into several cases.' };
  }
  try {
    const response = await fetch('/api/cases', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answer: unknown = await response.json().catch(() => null);
    const id = field(answer, 'id');
    if (response.ok && typeof id === 'string') {
      return { made: 'case', id };
    }
    const words = field(answer, 'error');
    return { made: 'nothing', why: typeof words === 'string' ? sentence(words) : statusWords(response.status) };
  } catch {
    return { made: 'nothing', why: 'The server could not be reached. What you entered is still here; try again in a moment.' };
  }
}

/** The format that a file's name and kind suggest. */
export function formatOf(name: string, type: string): CaseFormat {
  if (type === 'text/html' || /\.x?html?$/i.test(name)) {
    return 'html';
  }
  return type === 'text/markdown' || /\.(md|markdown)$/i.test(name) ? 'markdown' : 'text';
}

/** A title that a file's name suggests. */
export function titleOf(name: string): string {
  return name
    .replace(/\.[A-Za-z0-9]{1,8}$/, '')
    .replaceAll(/[_-]+/g, ' ')
    .trim()
    .slice(0, 200);
}

function statusWords(status: number): string {
  switch (status) {
    case 413:
      return 'That is too long: a case may have up to 4 MB. Divide it into several cases.';
    case 503:
      return 'The store of cases cannot be reached at the moment. What you entered is still here; try again soon.';
    default:
      return `The server answered with status ${status}. What you entered is still here; try again in a moment.`;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

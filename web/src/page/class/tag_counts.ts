// Highlights by the names of their tags, where the host counts them by id. Pure.

import { DEFAULT_TAGS } from '../../marginalia/default_tags.ts';

const NAMES: ReadonlyMap<string, string> = new Map([...DEFAULT_TAGS.map(({ id, name }) => [id, name] as const), ['', 'no tag']]);
/** Tags that somebody has made are named in their case alone. */
const OTHERS = 'other tags';

/** The most first; nothing of which there is none. */
export function countedByName(counts: ReadonlyMap<string, number>): [string, number][] {
  const named = new Map<string, number>();
  for (const [tag, count] of counts) {
    const name = NAMES.get(tag) ?? OTHERS;
    named.set(name, (named.get(name) ?? 0) + count);
  }
  return [...named].filter(([, count]) => count > 0).toSorted(([, a], [, b]) => b - a);
}

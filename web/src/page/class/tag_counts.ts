// Highlights by the names of their tags, as a row of words. Pure.

/** The most first; nothing of which there is none. The host counts what has no tag under no name. */
export function countedByName(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts]
    .filter(([, count]) => count > 0)
    .map(([name, count]): [string, number] => [name === '' ? 'no tag' : name, count])
    .toSorted(([, a], [, b]) => b - a);
}

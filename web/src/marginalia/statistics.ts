// How much of what there is, for the filter: who has written, and which tags are used how often.

import { NO_TAG, personOf } from './filter.ts';
import type { Authored, Contents, Person } from './model.ts';
import { compare } from './order_key.ts';

type Count = { name: string; namedAt: number; isImported: boolean; highlights: number; comments: number };

/** Everybody who has highlighted or commented, the busiest first. */
export function peopleOf({ highlights, comments }: Pick<Contents, 'highlights' | 'comments'>): Person[] {
  const counts = new Map<string, Count>();
  const countOf = (thing: Authored): Count => {
    const id = personOf(thing);
    const count = counts.get(id) ?? { name: thing.author, namedAt: -Infinity, isImported: thing.isImported, highlights: 0, comments: 0 };
    counts.set(id, count);
    if ((thing.createdAt ?? 0) > count.namedAt) {
      count.name = thing.author;
      count.namedAt = thing.createdAt ?? 0;
    }
    return count;
  };
  for (const highlight of highlights) {
    countOf(highlight).highlights += 1;
    for (const comment of comments.get(highlight.id) ?? []) {
      countOf(comment).comments += 1;
    }
  }
  return [...counts]
    .map(([id, { namedAt: _namedAt, ...count }]) => ({ id, ...count }))
    .sort((a, b) => b.highlights + b.comments - a.highlights - a.comments || compare(a.name, b.name) || compare(a.id, b.id));
}

/** Highlights by the id of their tag; those shown without one under `NO_TAG`. */
export function tagCounts({ highlights, tags }: Pick<Contents, 'highlights' | 'tags'>): Map<string, number> {
  const shown = new Set(tags.map(({ id }) => id));
  const counts = new Map<string, number>();
  for (const { tag } of highlights) {
    const key = tag !== null && shown.has(tag) ? tag : NO_TAG;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

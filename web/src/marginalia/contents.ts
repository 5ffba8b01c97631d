// A case's annotations as a whole: taking out all of them, and putting in what came from a file.

import type { Marginalia } from './marginalia.ts';
import type { Contents } from './model.ts';
import type { NewEntry } from './pen.ts';
import type { RootName } from './schema.ts';

/** Everything at this moment; follows nothing. */
export function contentsOf(marginalia: Marginalia): Contents {
  const all = marginalia.highlights.peek();
  const ids = [...marginalia.order.peek(), ...marginalia.orphans.peek()];
  return {
    highlights: ids.flatMap((id) => all.get(id)?.peek() ?? []),
    comments: new Map(ids.map((id) => [id, marginalia.commentsOf(id).peek()])),
    tags: marginalia.tags.peek(),
    deletedTags: marginalia.deletedTags.peek(),
    tagGroups: marginalia.tagGroups.peek(),
  };
}

/** Whether the document has an entry, deleted ones not counted, shown or not. */
export function hasEntry({ pen }: Marginalia, root: RootName, id: string): boolean {
  return pen.roots[root].has(id);
}

/** Writes entries that came from a file, as one step; an id that is there already stays as it is. Gives how many. */
export function adopt(marginalia: Marginalia, entries: readonly NewEntry[]): number {
  return marginalia.pen.write(() => {
    const fresh = entries.filter(({ root, id }) => !hasEntry(marginalia, root, id));
    for (const entry of fresh) {
      marginalia.pen.add(entry);
    }
    return fresh.length;
  });
}

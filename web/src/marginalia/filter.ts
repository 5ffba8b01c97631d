// Which highlights a person asks for. Pure: the same highlight, comments and filter give the same answer.

import { fold, foldQuery } from './folding.ts';
import type { Authored, Comment, Highlight, Me } from './model.ts';
import { EVERYTHING, NO_TAG } from './wanted.ts';
import type { Filter } from './wanted.ts';

export { EVERYTHING, NO_TAG };
export type { Filter };

/**
 * Whether a highlight is what a filter asks for.
 *
 * `isShownTag` says whether a tag exists and is not deleted; a highlight with another one counts as having none.
 */
export function matches(
  highlight: Highlight,
  comments: readonly Comment[],
  filter: Filter,
  me: Me,
  isShownTag: (id: string) => boolean = () => true,
): boolean {
  const { tags, person, mine, unresolved, query } = filter;
  const tag = highlight.tag !== null && isShownTag(highlight.tag) ? highlight.tag : NO_TAG;
  const isBy = (id: string): boolean => [highlight, ...comments].some((thing) => personOf(thing) === id);
  return (
    (tags.size === 0 || tags.has(tag)) &&
    (person === null || isBy(person)) &&
    (!mine || isBy(me.id)) &&
    (!unresolved || highlight.resolvedAt === null) &&
    holds(highlight, comments, foldQuery(query))
  );
}

/** Who a thing counts for: its author, or for an imported one the name in the file, which is nobody that we know. */
export function personOf({ authorId, author, isImported }: Authored): string {
  return authorId === null || isImported ? `name:${author}` : authorId;
}

function holds(highlight: Highlight, comments: readonly Comment[], sought: string): boolean {
  return (
    sought === '' ||
    foldedOnce(highlight.target, highlight.target.quote).includes(sought) ||
    comments.some((comment) => foldedOnce(comment, comment.text).includes(sought))
  );
}

/** Values of the read model never change, so each is folded once however much is typed into the search. */
const folded = new WeakMap<object, string>();

function foldedOnce(owner: object, text: string): string {
  let words = folded.get(owner);
  if (words === undefined) {
    words = fold(text);
    folded.set(owner, words);
  }
  return words;
}

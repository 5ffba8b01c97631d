// The order of the comments on one highlight. Clocks disagree and parents vanish, so this takes any list: nothing is lost,
// nothing is shown twice, and everybody sees the same.

import type { Comment } from './model.ts';
import { compare } from './order_key.ts';
import type { WrittenComment } from './schema.ts';

/**
 * Puts comments in order, oldest first, each followed by its replies.
 *
 * A reply whose parent is not in the list stands like a comment on the highlight, and so does the oldest of those that
 * answer each other in a circle.
 */
export function threadOf(written: readonly WrittenComment[]): Comment[] {
  const sorted = written.toSorted((a, b) => byAge(a, b));
  const present = new Set(sorted.map(({ id }) => id));
  const replies = new Map<string | null, WrittenComment[]>();
  for (const comment of sorted) {
    const parentId = comment.parentId !== null && present.has(comment.parentId) ? comment.parentId : null;
    const siblings = replies.get(parentId) ?? [];
    siblings.push(comment);
    replies.set(parentId, siblings);
  }
  const thread: Comment[] = [];
  const placed = new Set<string>();
  const place = (start: WrittenComment): void => {
    // A list of its own instead of recursion: a chain of replies may be longer than the stack is deep.
    const waiting = [{ comment: start, parentId: null as string | null, depth: 0 }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { comment, parentId, depth } = next;
      if (!placed.has(comment.id)) {
        placed.add(comment.id);
        thread.push({ ...comment, parentId, depth });
        const answers = replies.get(comment.id) ?? [];
        waiting.push(...answers.toReversed().map((answer) => ({ comment: answer, parentId: comment.id, depth: depth + 1 })));
      }
    }
  };
  for (const comment of [...(replies.get(null) ?? []), ...sorted]) {
    if (!placed.has(comment.id)) {
      place(comment);
    }
  }
  return thread;
}

/** The order of writing; what has no date comes first. */
export function byAge(a: { id: string; createdAt: number | null }, b: { id: string; createdAt: number | null }): number {
  return (a.createdAt ?? 0) - (b.createdAt ?? 0) || compare(a.id, b.id);
}

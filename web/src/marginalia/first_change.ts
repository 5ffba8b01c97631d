// The first change of a default tag writes it whole. When two people do that in the same moment, the document keeps what
// one of them has written; the page of the other makes its change again, so that both are there in the end. If it has
// been closed by then, one change is lost.

import * as Y from 'yjs';

import type { Fields } from './pen.ts';

/**
 * Watches what was just written for a default tag, for as long as the document is open.
 *
 * `again` is told which of the fields that were changed to make again: those that the other has left as they are by
 * default.
 */
export function watchFirstChange(tags: Y.Map<unknown>, id: string, defaults: Fields, changed: Fields, again: (fields: Fields) => void): void {
  const mine = tags.get(id);
  const look = ({ keysChanged }: Y.YMapEvent<unknown>, { local }: Y.Transaction): void => {
    const theirs = tags.get(id);
    if (!keysChanged.has(id) || theirs === mine) {
      return;
    }
    // Whoever replaces it here knows it: that is taking it back, and no accident.
    tags.unobserve(look);
    if (!local && theirs instanceof Y.Map) {
      const isDefault = (name: string): boolean => ((theirs.get(name) as unknown) ?? null) === (defaults[name] ?? null);
      const rest = Object.fromEntries(Object.entries(changed).filter(([name]) => isDefault(name)));
      // Not while what came is still being taken in.
      queueMicrotask(() => again(rest));
    }
  };
  tags.observe(look);
}

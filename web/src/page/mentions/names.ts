// Which names are offered while somebody writes a mention. Pure.

/** A mention that is being written: what follows its `@`, and where that stands. */
export type Begun = { readonly at: number; readonly words: string };

/** No name is longer; what is begun further back is over. */
const WORDS_MAX = 60;
export const OFFERED_MAX = 8;

/** The mention that is being written before the caret; null if none is. */
export function begun(text: string, caret: number): Begun | null {
  const at = text.lastIndexOf('@', caret - 1);
  if (at < 0 || caret - at > WORDS_MAX || /[\p{L}\p{N}]$/u.test(text.slice(0, at))) {
    return null;
  }
  const words = text.slice(at + 1, caret);
  return /^\s|\n/.test(words) ? null : { at, words };
}

/** The names that fit, those first that begin so. */
export function fitting(names: readonly string[], words: string): string[] {
  const sought = words.toLocaleLowerCase();
  const begins = names.filter((name) => name.toLocaleLowerCase().startsWith(sought));
  const within = names.filter((name) => !begins.includes(name) && name.toLocaleLowerCase().split(/\s+/).some((part) => part.startsWith(sought)));
  // A name that stands there whole needs no offer, and what goes on behind one is the comment.
  const all = [...begins, ...within].slice(0, OFFERED_MAX);
  return all.length === 1 && all[0]?.toLocaleLowerCase() === sought ? [] : all;
}

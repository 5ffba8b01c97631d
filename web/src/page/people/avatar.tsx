// A person in small: initials on their colour.

import { colourOf, initialsOf } from './people.ts';

/** Hidden from screen readers: the name always stands beside it. The initials are drawn by the style, so that they are
    no part of what a button is called. */
export function Avatar({ name, colour = colourOf(name) }: { name: string; colour?: string }) {
  return <span class="avatar" style={{ '--person': colour }} data-initials={initialsOf(name)} aria-hidden="true" />;
}

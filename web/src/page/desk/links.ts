// Addresses that lead into a case: `#h={id}` to an annotation, `#m={id}` to a private note of one's own, `#p12` to a paragraph.

import type { Desk } from './desk.ts';
import { withRest } from './with_rest.ts';

/** Follows the address now and whenever it changes; gives the function that ends it. */
export function followLink(desk: Desk): () => void {
  let end = (): void => {};
  const follow = (): void => {
    end();
    let isOver = false;
    end = () => (isOver = true);
    const hash = location.hash.slice(1);
    if (/^[hm]=./.test(hash)) {
      void withRest(desk, ({ openLinked }) => isOver || (end = openLinked(desk, decode(hash.slice(2)), hash[0] === 'm')));
    } else {
      // The text comes after the browser has looked for the target, so it is brought into sight by us.
      desk.sheet.peek()?.view.elementOf(decode(hash))?.scrollIntoView({ block: 'start' });
    }
  };
  follow();
  addEventListener('hashchange', follow);
  return () => {
    removeEventListener('hashchange', follow);
    end();
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

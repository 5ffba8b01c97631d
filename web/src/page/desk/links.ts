// Addresses that lead into a case: `#h={id}` to an annotation, `#p12` to a paragraph.

import { effect } from '@preact/signals';

import { activate } from './actions.ts';
import type { Desk } from './desk.ts';

/** Follows the address now and whenever it changes; gives the function that ends it. */
export function followLink(desk: Desk): () => void {
  let end = follow(desk);
  const again = (): void => {
    end();
    end = follow(desk);
  };
  addEventListener('hashchange', again);
  return () => {
    removeEventListener('hashchange', again);
    end();
  };
}

function follow(desk: Desk): () => void {
  const id = linkedHighlight(location.hash);
  if (id === null) {
    const block = location.hash.slice(1);
    // The text comes after the browser has looked for the target, so it is brought into sight by us.
    desk.sheet.peek()?.view.elementOf(decode(block))?.scrollIntoView({ block: 'start' });
    return () => {};
  }
  let isDone = false;
  return effect(() => {
    const highlight = desk.marginalia.highlights.value.get(id);
    if (isDone || (highlight === undefined && !desk.session.hasDocument.value)) {
      return;
    }
    isDone = true;
    if (highlight === undefined) {
      desk.notices.show('The annotation that this link leads to is not here. It may have been deleted.', null, true);
    } else {
      // After the cards of this change are on the page.
      setTimeout(() => activate(desk, id, 'link'));
    }
  });
}

/** The highlight that an address leads to; null if it leads to none. */
export function linkedHighlight(hash: string): string | null {
  const id = /^#h=(.{1,300})$/.exec(hash)?.[1];
  return id === undefined ? null : decode(id);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

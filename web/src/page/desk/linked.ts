// Opening the annotation that an address leads to.

import { effect } from '@preact/signals';

import { openPrivate } from '../privately/note_to_self.ts';
import { activate } from './actions.ts';
import type { Desk } from './desk.ts';

/** Opens an annotation as soon as it is here, or says that it is not; gives the function that ends waiting. */
export function openLinked(desk: Desk, id: string, isPrivate: boolean): () => void {
  if (isPrivate) {
    openPrivate(desk, id);
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

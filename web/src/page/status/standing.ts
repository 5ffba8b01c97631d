// How one's session stands, as signals of words.

import { computed } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

import type { Session } from '../desk/session.ts';
import { shortWords } from './short_words.ts';
import type { ShortWords, Standing } from './short_words.ts';

const words = new WeakMap<Session, ReadonlySignal<ShortWords>>();

/** The words for a session; one signal for each session. */
export function wordsOf(session: Session): ReadonlySignal<ShortWords> {
  const known = words.get(session) ?? computed(() => shortWords(standingOf(session)));
  words.set(session, known);
  return known;
}

/** How it stands at this moment; followed where it is read. */
export function standingOf(session: Session): Standing {
  return {
    sync: session.sync.value,
    saved: session.saved.value,
    conditions: session.conditions.value,
    access: session.access.value,
    hasDocument: session.hasDocument.value,
    room: session.room.value,
    what: session.what,
  };
}

// How one's session stands, as signals of words.

import { computed } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

import type { Session } from '../desk/session.ts';
import { statusWords } from './status_words.ts';
import type { Standing, StatusWords } from './status_words.ts';

const words = new WeakMap<Session, ReadonlySignal<StatusWords>>();

/** The words for a session; one signal for each session. */
export function wordsOf(session: Session): ReadonlySignal<StatusWords> {
  const known = words.get(session) ?? computed(() => statusWords(standingOf(session)));
  words.set(session, known);
  return known;
}

function standingOf(session: Session): Standing {
  return {
    sync: session.sync.value,
    saved: session.saved.value,
    conditions: session.conditions.value,
    hasDocument: session.hasDocument.value,
    room: session.room.value,
  };
}

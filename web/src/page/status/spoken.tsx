// What of one's standing is said aloud.

import { useComputed } from '@preact/signals';
import { useRef } from 'preact/hooks';

import type { Session } from '../desk/session.ts';
import { wordsOf } from './standing.ts';

/** Of all that the light says, only what cannot wait is said aloud, and that it is over. */
export function Spoken({ session }: { session: Session }) {
  const words = wordsOf(session);
  const wasUrgent = useRef(false);
  const spoken = useComputed(() => {
    wasUrgent.current ||= words.value.isUrgent;
    return words.value.isUrgent ? words.value.short : wasUrgent.current ? 'Connected again.' : '';
  });
  return (
    <span class="unseen" role="status">
      {spoken}
    </span>
  );
}

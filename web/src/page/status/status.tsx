// The light in the bar, with words beside it and more words behind it.

import { useComputed } from '@preact/signals';
import { useRef } from 'preact/hooks';

import { Part } from '../base/part.tsx';
import { PopoverButton } from '../base/popover.tsx';
import { useDesk } from '../desk/desk.ts';
import { wordsOf } from './standing.ts';

export function Status() {
  const { session } = useDesk();
  const words = wordsOf(session).value;
  return (
    <div class={`status tone-${words.tone}`}>
      <PopoverButton
        className="quiet status-button"
        align="end"
        label={
          <>
            <span class="light" aria-hidden="true" />
            <span class="unseen">Status: </span>
            <span class="status-short">{words.short}</span>
          </>
        }
      >
        {() => <Part name="Explanation" />}
      </PopoverButton>
      <Spoken />
    </div>
  );
}

/** Of all that the light says, only what cannot wait is said aloud, and that it is over. */
function Spoken() {
  const { session } = useDesk();
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

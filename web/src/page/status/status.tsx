// The light in the bar, with words beside it and more words behind it.

import { Part } from '../base/part.tsx';
import { PopoverButton } from '../base/popover.tsx';
import { useDesk } from '../desk/desk.ts';
import { Spoken } from './spoken.tsx';
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
      <Spoken session={session} />
    </div>
  );
}

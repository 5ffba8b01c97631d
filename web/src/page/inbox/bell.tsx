// The bell: how much of what one was told is unread, and what that is. It stands in the head of every page.

import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';

import { settle } from '../base/settle.ts';
import { Entries } from './entries.tsx';
import { askAnew, unread, watchInbox } from './mailroom.ts';

/** The host counts no further. */
const COUNTED_MAX = 100;

export function Bell() {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const isOpen = useSignal(false);
  useEffect(() => watchInbox(), []);
  useEffect(() => {
    if (!isOpen.value || box.current === null || button.current === null) {
      return undefined;
    }
    void askAnew();
    return settle(box.current, button.current, 'end', false);
  }, [isOpen.value]);
  const count = unread.value ?? 0;
  const words = count >= COUNTED_MAX ? `${COUNTED_MAX} or more` : String(count);
  return (
    <>
      <button
        ref={button}
        type="button"
        class="quiet square bell"
        aria-label={count === 0 ? 'Inbox' : `Inbox, ${words} unread`}
        popovertarget={id}
        aria-expanded={isOpen.value}
      >
        <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
          <path d="M5 14V9a5 5 0 0 1 10 0v5M3.5 14h13M8.5 17h3" />
        </svg>
        {count > 0 && (
          <span class="bell-count" aria-hidden="true">
            {count >= COUNTED_MAX ? '99+' : count}
          </span>
        )}
      </button>
      <p class="unseen" role="status">
        {count === 0 ? '' : `${words} unread in your inbox`}
      </p>
      <div
        ref={box}
        id={id}
        popover="auto"
        class="popover inbox"
        role="dialog"
        aria-label="Inbox"
        onToggle={({ newState }) => (isOpen.value = newState === 'open')}
      >
        {isOpen.value && <Entries close={() => box.current?.hidePopover()} />}
      </div>
    </>
  );
}

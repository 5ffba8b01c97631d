// The search: what it does not find fades and keeps its place, and one steps through what it finds.

import { useEffect, useRef } from 'preact/hooks';

import { Icon } from '../base/icons.tsx';
import { fetchRest } from '../base/parts.ts';
import { FAILED_WORDS } from '../base/part.tsx';
import { step } from '../desk/actions.ts';
import { useDesk } from '../desk/desk.ts';
import type { Desk } from '../desk/desk.ts';

const TYPING_MS = 120;

export function Search() {
  const desk = useDesk();
  const { finding } = desk;
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (desk.isSearchOpen.value) {
      field.current?.focus();
    }
  }, [desk.isSearchOpen.value]);
  const isLooking = finding.isSearching.value || finding.parts.value > 0;
  // What answers is fetched when it is first asked.
  const isAnswered = !finding.isSearching.value || finding.found.value !== null;
  const count = finding.steps.value.length;
  const at = finding.steps.value.indexOf(desk.active.value ?? '') + 1;
  const total = desk.marginalia.order.value.length;
  return (
    <search class={desk.isSearchOpen.value ? 'search is-open' : 'search'}>
      <label class="search-field">
        <Icon name="search" />
        <span class="unseen">Search annotations</span>
        <input
          ref={field}
          id="search"
          type="search"
          placeholder="Search"
          autocomplete="off"
          maxLength={200}
          onInput={({ currentTarget }) => {
            clearTimeout(timer.current);
            timer.current = setTimeout(() => (finding.query.value = currentTarget.value), TYPING_MS);
          }}
          onFocus={() => void lookLater(desk)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              finding.query.value = event.currentTarget.value;
              void findThenStep(desk, event.shiftKey ? -1 : 1);
            } else if (event.key === 'Escape') {
              event.stopPropagation();
              event.currentTarget.value = '';
              finding.query.value = '';
              desk.isSearchOpen.value = false;
              document.getElementById('text')?.focus({ preventScroll: true });
            }
          }}
        />
      </label>
      <span class="search-count" role="status">
        {isAnswered ? countWords(at, isLooking ? count : total, isLooking) : ''}
      </span>
      <button type="button" class="quiet square" aria-label="Previous annotation" title="Previous (P)" disabled={count === 0} onClick={() => step(desk, -1)}>
        <Icon name="up" />
      </button>
      <button type="button" class="quiet square" aria-label="Next annotation" title="Next (N)" disabled={count === 0} onClick={() => step(desk, 1)}>
        <Icon name="down" />
      </button>
    </search>
  );
}

function countWords(at: number, count: number, isLooking: boolean): string {
  if (!isLooking && count === 0) {
    return '';
  }
  return `${at > 0 ? `${at} of ` : ''}${count}${isLooking && at === 0 ? ' found' : ''}`;
}

/** What answers the search is fetched when somebody is about to ask; gives whether it is here. */
async function lookLater(desk: Desk): Promise<boolean> {
  try {
    (await fetchRest()).look(desk);
    return true;
  } catch {
    desk.notices.complain(FAILED_WORDS);
    return false;
  }
}

async function findThenStep(desk: Desk, by: 1 | -1): Promise<void> {
  if (await lookLater(desk)) {
    step(desk, by);
  }
}

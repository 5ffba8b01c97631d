// The search: what it does not find fades and keeps its place, and one steps through what it finds. What listens and
// answers is fetched when somebody is about to ask.

import { useEffect, useRef } from 'preact/hooks';

import { Icon } from '../base/icons.tsx';
import { step } from '../desk/actions.ts';
import { useDesk } from '../desk/desk.ts';
import { withRest } from '../desk/with_rest.ts';

export function Search() {
  const desk = useDesk();
  const { finding } = desk;
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (desk.isSearchOpen.value) {
      field.current?.focus();
    }
  }, [desk.isSearchOpen.value]);
  const isLooking = finding.isSearching.value || finding.parts.value > 0;
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
          onFocus={({ currentTarget }) => void withRest(desk, ({ listen }) => listen(desk, currentTarget))}
        />
      </label>
      <span class="search-count" role="status">
        {countWords(at, isLooking ? count : total, isLooking)}
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

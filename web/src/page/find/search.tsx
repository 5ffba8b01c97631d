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
      field.current?.focus({ preventScroll: true });
    }
  }, [desk.isSearchOpen.value]);
  const order = desk.marginalia.order.value;
  const at = order.indexOf(desk.active.value ?? '') + 1;
  const { words, isEmpty } = finding.walk.value ?? {
    words: (at > 0 ? `${at} of ` : '') + (order.length || ''),
    isEmpty: order.length === 0,
  };
  return (
    <search class={desk.isSearchOpen.value ? 'search is-open' : 'search'}>
      <label class="search-field">
        <Icon name="search" />
        <span class="unseen">Search text and annotations</span>
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
        {words}
      </span>
      <button type="button" class="quiet square" aria-label="Previous" title="Previous (P)" disabled={isEmpty} onClick={() => step(desk, -1)}>
        <Icon name="up" />
      </button>
      <button type="button" class="quiet square" aria-label="Next" title="Next (N)" disabled={isEmpty} onClick={() => step(desk, 1)}>
        <Icon name="down" />
      </button>
    </search>
  );
}

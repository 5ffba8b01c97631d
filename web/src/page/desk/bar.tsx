// The bar at the top: where one is, how things stand, who is here, and everything that can be opened.

import type { Signal } from '@preact/signals';

import { Icon } from '../base/icons.tsx';
import type { IconName } from '../base/icons.tsx';
import { Part } from '../base/part.tsx';
import { rest } from '../base/parts.ts';
import { PopoverButton } from '../base/popover.tsx';
import { FilterButton } from '../find/filter_button.tsx';
import { Search } from '../find/search.tsx';
import { PeopleList } from '../people/people_list.tsx';
import { Status } from '../status/status.tsx';
import { useDesk } from './desk.ts';

export function Bar() {
  const desk = useDesk();
  return (
    <header class="bar">
      <a class="brand" href="/" aria-label="Glossator: all cases">
        Glossator
      </a>
      <p class="bar-title" title={desk.text.title}>
        {desk.text.title}
      </p>
      <Search />
      <div class="bar-tools">
        <FilterButton />
        <button type="button" class="quiet" aria-label="Tags" onClick={() => (desk.dialog.value = 'tags')}>
          <Icon name="tag" />
          <span class="label">Tags</span>
        </button>
        <ToggleButton icon="notes" words="Notes" controls="notes-panel" isOn={desk.areNotesOpen} />
        <More />
        {rest.value.rest === 'here' && <Part name="CaseBell" />}
      </div>
      <PeopleList />
      <Status />
    </header>
  );
}

type ToggleButtonProps = { icon: IconName; words: string; controls: string; isOn: Signal<boolean> };

function ToggleButton({ icon, words, controls, isOn }: ToggleButtonProps) {
  return (
    <button
      type="button"
      class={isOn.value ? 'quiet is-on' : 'quiet'}
      aria-label={words}
      aria-expanded={isOn.value}
      aria-controls={controls}
      onClick={() => (isOn.value = !isOn.value)}
    >
      <Icon name={icon} />
      <span class="label">{words}</span>
    </button>
  );
}

function More() {
  return (
    <PopoverButton isMenu className="quiet square" name="More" label={<Icon name="more" />}>
      {() => <Part name="MoreMenu" />}
    </PopoverButton>
  );
}

// The filter: annotations by tag, by person, one's own, what is not resolved. It hides; the search only fades.

import { useEffect } from 'preact/hooks';

import { contentsOf } from '../../marginalia/contents.ts';
import { NO_TAG } from '../../marginalia/filter.ts';
import { peopleOf, tagCounts } from '../../marginalia/statistics.ts';
import { useDesk } from '../desk/desk.ts';
import { look } from './looking.ts';
import { Swatch } from '../tags/swatch.tsx';

export function FilterForm() {
  const desk = useDesk();
  const { finding, marginalia } = desk;
  useEffect(() => void look(desk), []);
  const filter = finding.filter.value;
  // Follows who and what comes and goes while it is open.
  marginalia.order.value;
  const contents = contentsOf(marginalia);
  const counts = tagCounts(contents);
  const people = peopleOf(contents);
  const toggleTag = (id: string): void => {
    const tags = new Set(filter.tags);
    if (!tags.delete(id)) {
      tags.add(id);
    }
    finding.filter.value = { ...filter, tags };
  };
  return (
    <form class="filter" onSubmit={(event) => event.preventDefault()}>
      <h2>Show only</h2>
      <p class="filter-row">
        <label class="check">
          <input type="checkbox" checked={filter.mine} onChange={() => (finding.filter.value = { ...filter, mine: !filter.mine })} />
          Mine
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={filter.unresolved}
            onChange={() => (finding.filter.value = { ...filter, unresolved: !filter.unresolved })}
          />
          Unresolved
        </label>
      </p>
      <label class="filter-person">
        Person
        <select
          value={filter.person ?? ''}
          onChange={({ currentTarget }) => (finding.filter.value = { ...filter, person: currentTarget.value || null })}
        >
          <option value="">Everybody</option>
          {people.map((person) => (
            <option key={person.id} value={person.id}>
              {person.name} ({person.highlights + person.comments})
            </option>
          ))}
        </select>
      </label>
      <fieldset>
        <legend>Tags</legend>
        {[...marginalia.tags.value, null].map((tag) => (
          <label class="check" key={tag?.id ?? NO_TAG}>
            <input type="checkbox" checked={filter.tags.has(tag?.id ?? NO_TAG)} onChange={() => toggleTag(tag?.id ?? NO_TAG)} />
            <Swatch look={tag} />
            <span class="grow">{tag?.name ?? 'No tag'}</span>
            <span class="hint">{counts.get(tag?.id ?? NO_TAG) ?? 0}</span>
          </label>
        ))}
      </fieldset>
      <button type="button" class="quiet" disabled={finding.parts.value === 0} onClick={() => finding.clear()}>
        Show everything
      </button>
    </form>
  );
}

// Everybody who is here, and where they are.

import { nameOf, useDesk } from '../desk/desk.ts';
import { Avatar } from './avatar.tsx';
import type { Person } from './people.ts';

export function PeoplePanel() {
  const desk = useDesk();
  const people = desk.session.people.value;
  return (
    <div class="people">
      <h2>Here now</h2>
      <ul aria-label="People here">
        {people.map((person) => (
          <PersonRow key={person.clientId} person={person} />
        ))}
      </ul>
      <p class="row">
        <button type="button" class="quiet" onClick={() => (desk.dialog.value = 'name')}>
          Change your name
        </button>
      </p>
    </div>
  );
}

function PersonRow({ person }: { person: Person }) {
  const desk = useDesk();
  const at = person.selection?.start ?? person.reads;
  const block = at === null || person.isMe ? null : (desk.sheet.value?.view.blockAt(at) ?? null);
  return (
    <li>
      <Avatar name={person.name} colour={person.colour} />
      <span class="author">{person.isMe ? `${person.name} (you)` : nameOf(desk, person.userId, person.name)}</span>
      {block !== null && (
        <button
          type="button"
          class="link"
          onClick={() => desk.sheet.value?.view.elementOf(block.id)?.scrollIntoView({ block: 'center' })}
        >
          {block.para === null ? 'Go there' : `at ¶\u2009${block.para}`}
        </button>
      )}
    </li>
  );
}

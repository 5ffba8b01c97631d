// Who is here: a few faces in the bar. `people_panel.tsx` has everybody.

import { Part } from '../base/part.tsx';
import { PopoverButton } from '../base/popover.tsx';
import { useDesk } from '../desk/desk.ts';
import { Avatar } from './avatar.tsx';

const FACES_MAX = 4;

export function PeopleList() {
  const desk = useDesk();
  const people = desk.session.people.value;
  const others = people.filter(({ isMe }) => !isMe);
  const faces = others.slice(0, FACES_MAX);
  const rest = others.length - faces.length;
  return (
    <PopoverButton
      className="quiet people-button"
      name={`Who is here: ${people.length === 1 ? 'only you' : `${people.length} people`}`}
      label={
        <span class="faces">
          <Avatar name={desk.me.name} />
          {faces.map((person) => (
            <Avatar key={person.clientId} name={person.name} colour={person.colour} />
          ))}
          {rest > 0 && <span class="avatar rest" data-initials={`+${rest}`} />}
        </span>
      }
    >
      {() => <Part name="PeoplePanel" />}
    </PopoverButton>
  );
}

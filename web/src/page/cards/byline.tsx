// Who wrote something, and when.

import type { Authored } from '../../marginalia/model.ts';
import { Ago } from '../base/time.tsx';
import { Avatar } from '../people/avatar.tsx';

export function Byline({ thing }: { thing: Authored }) {
  const name = thing.author === '' ? 'Someone' : thing.author;
  return (
    <p class="byline">
      <Avatar name={name} />
      <span class="author">{name}</span>
      {thing.isImported && <span class="mark">imported</span>}
      <Ago at={thing.createdAt} />
      {thing.editedAt !== null && thing.createdAt !== null && 'text' in thing && <span class="mark">edited</span>}
    </p>
  );
}

// Who wrote something, and when.

import type { Authored } from '../../marginalia/model.ts';
import { Ago } from '../base/time.tsx';
import { nameOf, useDesk } from '../desk/desk.ts';
import { Avatar } from '../people/avatar.tsx';

/** `did` is what they did, where it is not plain from what follows. */
export function Byline({ thing, did }: { thing: Authored; did?: string }) {
  const desk = useDesk();
  const name = thing.author === '' ? 'Someone' : thing.author;
  return (
    <p class="byline">
      <Avatar name={name} />
      <span class="author">{thing.isImported ? name : nameOf(desk, thing.authorId, name)}</span>
      {did !== undefined && <span class="mark">{did}</span>}
      {thing.isImported && <span class="mark">imported</span>}
      <Ago at={thing.createdAt} />
      {thing.editedAt !== null && thing.createdAt !== null && 'text' in thing && <span class="mark">edited</span>}
    </p>
  );
}

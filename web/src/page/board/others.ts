// Where the others are on a board: what each tells, and what may be believed of it.

import { computed } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

import { coordinate } from '../../board/model.ts';
import type { Place } from '../../board/model.ts';
import type { PresenceState } from '../people/people.ts';
import type { BoardDesk } from './board_desk.ts';

/** What each tells the others, beside who they are. */
export type BoardPresence = PresenceState & {
  /** Where they point at, on the board. */
  cursor?: Place;
  /** A note that is on its way by their hand. */
  drags?: Place & { id: string };
};

export type Cursor = Place & { clientId: number; name: string; colour: string };

type Others = { cursors: readonly Cursor[]; places: ReadonlyMap<string, Place> };

/** More would only be noise. */
const CURSORS_MAX = 60;
const known = new WeakMap<BoardDesk, ReadonlySignal<Others>>();
const places = new WeakMap<BoardDesk, ReadonlySignal<ReadonlyMap<string, Place>>>();

/** Where the others point at. */
export function othersOf(desk: BoardDesk): ReadonlySignal<Others> {
  const made = known.get(desk) ?? computed(() => read(desk));
  known.set(desk, made);
  return made;
}

/** Where the notes are that others are moving. */
export function placesOfOthers(desk: BoardDesk): ReadonlySignal<ReadonlyMap<string, Place>> {
  let last: ReadonlyMap<string, Place> = new Map();
  const made =
    places.get(desk) ??
    computed(() => {
      const next = othersOf(desk).value.places;
      // Whoever only points makes no note be drawn again.
      last = next.size === 0 && last.size === 0 ? last : next;
      return last;
    });
  places.set(desk, made);
  return made;
}

function read({ session, board }: BoardDesk): Others {
  const states = session.client.presence.states();
  const cursors: Cursor[] = [];
  const moved = new Map<string, Place>();
  for (const { clientId, name, colour, isMe } of session.tabs.value) {
    const state = states.get(clientId);
    const cursor = isMe ? null : placeIn(field(state, 'cursor'));
    if (cursor !== null && cursors.length < CURSORS_MAX) {
      cursors.push({ clientId, name, colour, ...cursor });
    }
    const drags = field(state, 'drags');
    const [id, place] = [field(drags, 'id'), placeIn(drags)];
    if (!isMe && typeof id === 'string' && place !== null && board.sticky(id) !== null) {
      moved.set(id, place);
    }
  }
  return { cursors, places: moved };
}

function placeIn(value: unknown): Place | null {
  const [x, y] = [field(value, 'x'), field(value, 'y')];
  return typeof x === 'number' && typeof y === 'number' ? { x: coordinate(x), y: coordinate(y) } : null;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

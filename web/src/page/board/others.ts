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
};

export type Cursor = Place & { clientId: number; name: string; colour: string };

/** More would only be noise. */
const CURSORS_MAX = 60;
const known = new WeakMap<BoardDesk, ReadonlySignal<readonly Cursor[]>>();

/** Where the others point at. */
export function cursorsOf(desk: BoardDesk): ReadonlySignal<readonly Cursor[]> {
  const made = known.get(desk) ?? computed(() => read(desk));
  known.set(desk, made);
  return made;
}

function read({ session }: BoardDesk): Cursor[] {
  const states = session.client.presence.states();
  const cursors: Cursor[] = [];
  for (const { clientId, name, colour, isMe } of session.tabs.value) {
    const state = states.get(clientId);
    const cursor = isMe ? null : placeIn(field(state, 'cursor'));
    if (cursor !== null && cursors.length < CURSORS_MAX) {
      cursors.push({ clientId, name, colour, ...cursor });
    }
  }
  return cursors;
}

function placeIn(value: unknown): Place | null {
  const [x, y] = [field(value, 'x'), field(value, 'y')];
  return typeof x === 'number' && typeof y === 'number' ? { x: coordinate(x), y: coordinate(y) } : null;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

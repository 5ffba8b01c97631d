// Who is here: names, colours, where they read, and what may be believed of what others send. Pure.

import { LIGHT, LINES } from '../../text/palette.ts';

/** A stretch of the case's text, in UTF-16 offsets. */
export type Span = { start: number; end: number };

/** Somebody in the room. */
export type Person = {
  clientId: number;
  /** The user, if the client names one; two tabs of one person share it. */
  userId: string | null;
  name: string;
  colour: string;
  isMe: boolean;
  /** What they have selected, if anything. */
  selection: Span | null;
  /** The offset at the top of what they see, if they tell. */
  reads: number | null;
};

/** What each client tells the others, under the keys that other Yjs pages use where there are such. */
export type PresenceState = {
  user: { id: string; name: string; color: string };
  selection?: Span;
  reads?: number;
};

export const NAME_CHARACTERS_MAX = 40;
// Those of highlights on light paper, since as many have to be told apart. Each has a contrast of 4.5 with white initials.
const PEOPLE = Object.values(LINES).map((line) => line[LIGHT]);

/** Makes a name fit to be shown and sent; null if nothing is left of it. */
export function cleanName(raw: string): string | null {
  const clean = raw
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, ' ')
    .trim();
  // Cut between whole characters, not within a surrogate pair.
  const short = Array.from(clean).slice(0, NAME_CHARACTERS_MAX).join('').trim();
  return short === '' ? null : short;
}

/** The colour of a name: the same for everybody, everywhere. */
export function colourOf(name: string): string {
  let sum = 0;
  for (const character of name) {
    sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  }
  return PEOPLE[sum % PEOPLE.length] ?? '';
}

/** One or two letters that stand for a name. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s\-_.]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = firstLetter(words[0] ?? name);
  const last = words.length > 1 ? firstLetter(words.at(-1) ?? '') : '';
  return (first + last).toLocaleUpperCase();
}

/** Reads everybody's presence: oneself first, then by name. Who shows no name is called Someone. */
export function readPeople(states: ReadonlyMap<number, unknown>, myClientId: number): Person[] {
  const people = [...states].map(([clientId, state]) => readPerson(clientId, state, clientId === myClientId));
  return people.sort((a, b) => Number(b.isMe) - Number(a.isMe) || a.name.localeCompare(b.name) || a.clientId - b.clientId);
}

/** One entry per person: several tabs of one user are shown as one. Keeps the order. */
export function onePerUser(people: readonly Person[]): Person[] {
  const seen = new Set<string>();
  return people.filter(({ userId }) => {
    if (userId === null) {
      return true;
    }
    const isNew = !seen.has(userId);
    seen.add(userId);
    return isNew;
  });
}

function readPerson(clientId: number, state: unknown, isMe: boolean): Person {
  const user = field(state, 'user');
  const rawName = field(user, 'name');
  const rawId = field(user, 'id');
  const name = (typeof rawName === 'string' ? cleanName(rawName) : null) ?? 'Someone';
  return {
    clientId,
    userId: typeof rawId === 'string' && rawId !== '' && rawId.length <= 100 ? rawId : null,
    name,
    // A colour that others choose may be unreadable under white initials, so the name alone decides.
    colour: colourOf(name),
    isMe,
    selection: readSpan(field(state, 'selection')),
    reads: readOffset(field(state, 'reads')),
  };
}

function readSpan(value: unknown): Span | null {
  const start = readOffset(field(value, 'start'));
  const end = readOffset(field(value, 'end'));
  return start === null || end === null || end <= start ? null : { start, end };
}

function readOffset(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function firstLetter(word: string): string {
  return /[\p{L}\p{N}]\p{M}*/u.exec(word)?.[0] ?? Array.from(word)[0] ?? '';
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

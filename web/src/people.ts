// Who is here: names and colours, and what may be believed of what others send. Pure.

/** Somebody in the room. */
export type Person = { clientId: number; name: string; colour: string; isMe: boolean };

/** What each client tells the others, under the key that other Yjs pages use. */
export type Presence = { user: { name: string; color: string } };

const NAME_CHARACTERS_MAX = 40;
// Dark enough for white paper and light enough for black, and told apart by most eyes.
const COLOURS = ['#c2410c', '#a16207', '#4d7c0f', '#0f766e', '#0369a1', '#4f46e5', '#9333ea', '#be185d'] as const;

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
  return COLOURS[sum % COLOURS.length] ?? COLOURS[0];
}

/** Reads everybody's presence: oneself first, then by name. Who shows no name is called Someone. */
export function readPeople(states: ReadonlyMap<number, unknown>, myClientId: number): Person[] {
  const people = [...states].map(([clientId, state]) => readPerson(clientId, state, clientId === myClientId));
  return people.sort((a, b) => Number(b.isMe) - Number(a.isMe) || a.name.localeCompare(b.name) || a.clientId - b.clientId);
}

function readPerson(clientId: number, state: unknown, isMe: boolean): Person {
  const user = field(state, 'user');
  const rawName = field(user, 'name');
  const rawColour = field(user, 'color');
  const name = (typeof rawName === 'string' ? cleanName(rawName) : null) ?? 'Someone';
  const isColour = typeof rawColour === 'string' && /^#[0-9a-f]{6}$/i.test(rawColour);
  return { clientId, name, colour: isColour ? rawColour : colourOf(name), isMe };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

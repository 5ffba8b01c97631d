import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readIdentity } from '../../src/page/base/identity.ts';
import { cleanName, colourOf, initialsOf, onePerUser, readPeople } from '../../src/page/people/people.ts';

test('a name loses what cannot be seen and is cut between whole characters', () => {
  assert.equal(cleanName('  Marit\u0000\n\u202E Solane '), 'Marit Solane');
  assert.equal(cleanName('🌊'.repeat(60)), '🌊'.repeat(40));
  assert.equal(cleanName(' \u200B\t'), null);
});

test('initials are the first letters of the first and the last word, in whatever script', () => {
  assert.equal(initialsOf('Ada Augusta Byron'), 'AB');
  assert.equal(initialsOf('accursius'), 'A');
  assert.equal(initialsOf('Łukasz w-Żak'), 'ŁŻ');
  assert.equal(initialsOf('山田 太郎'), '山太');
  assert.equal(initialsOf('🌊'), '🌊');
});

test('what others say of themselves is checked, and what is nonsense is left out', () => {
  const people = readPeople(
    new Map<number, unknown>([
      [1, { user: { id: 'u-1', name: 'Azo', color: 'url(evil)' }, selection: { start: 5, end: 2 }, reads: -4 }],
      [2, null],
      [3, { user: { name: { not: 'a name' } }, selection: { start: 1, end: 9 }, reads: 7 }],
    ]),
    1,
  );
  assert.deepEqual(people.map(({ name }) => name), ['Azo', 'Someone', 'Someone']);
  assert.deepEqual([people[0]?.selection, people[0]?.reads, people[0]?.colour], [null, null, colourOf('Azo')]);
  assert.deepEqual([people[2]?.selection, people[2]?.reads], [{ start: 1, end: 9 }, 7]);
});

test('a person with several tabs is one person, and people without an id are each their own', () => {
  const state = (id: string | null): unknown => ({ user: { ...(id === null ? {} : { id }), name: 'Odofredus' } });
  const people = readPeople(new Map([[1, state('u-1')], [2, state('u-1')], [3, state(null)], [4, state(null)]]), 2);
  assert.deepEqual(onePerUser(people).map(({ clientId }) => clientId), [2, 3, 4]);
});

test('names have twelve colours, evenly, and white initials can be read on each', () => {
  const names = Array.from({ length: 1_200 }, (_, index) => `${['Azo', 'Bulgarus', 'Ingrid Halvorsen', '山田 太郎'][index % 4]} ${index}`);
  const counts = Map.groupBy(names, colourOf);
  assert.equal(counts.size, 12);
  for (const [colour, all] of counts) {
    assert.match(colour, /^#[0-9a-f]{6}$/, 'as other Yjs pages understand it');
    assert.ok(all.length > 50, `${colour} is for ${all.length} of ${names.length}`);
    assert.ok(contrastWithWhite(colour) >= 4.5, `${colour} has ${contrastWithWhite(colour)}`);
  }
});

test('a stored identity that was tampered with is none', () => {
  assert.deepEqual(readIdentity('{"id":"u-1","name":"Azo"}'), { id: 'u-1', name: 'Azo' });
  for (const stored of [null, '', '{', '[]', '{"id":"u-1"}', '{"id":"a b","name":"Azo"}', '{"id":"u-1","name":" "}']) {
    assert.equal(readIdentity(stored), null);
  }
});

function contrastWithWhite(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05);
}

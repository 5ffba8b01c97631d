import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cleanName, colourOf, readPeople } from '../src/people.ts';

test('a name loses what cannot be seen and is cut between whole characters', () => {
  assert.equal(cleanName('  Marit\u0000\n\u202E Solane '), 'Marit Solane');
  assert.equal(cleanName('🌊'.repeat(60)), '🌊'.repeat(40));
  assert.equal(cleanName(' \u200B\t'), null);
});

test('oneself comes first, the others by name', () => {
  const states = new Map<number, unknown>([
    [3, { user: { name: 'Osk', color: '#0369a1' } }],
    [2, { user: { name: 'Aaltink', color: '#9333ea' } }],
    [1, { user: { name: 'Pell', color: '#0f766e' } }],
  ]);
  assert.deepEqual(
    readPeople(states, 1).map(({ name, isMe }) => [name, isMe]),
    [['Pell', true], ['Aaltink', false], ['Osk', false]],
  );
});

test('a colour that is no colour is replaced and a name that is no name is called Someone', () => {
  const states = new Map<number, unknown>([
    [1, { user: { name: 7, color: 'red;background:url(x)' } }],
    [2, null],
    [3, 'text'],
  ]);
  for (const person of readPeople(states, 9)) {
    assert.equal(person.name, 'Someone');
    assert.equal(person.colour, colourOf('Someone'));
  }
});

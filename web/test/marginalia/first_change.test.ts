import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';

import type { TagFields } from '../../src/marginalia/tag_commands.ts';
import { exchange, must, replicas, tagging } from './replicas.ts';
import type { Replica } from './replicas.ts';

/** Two who change a default tag in the same moment, whichever of them has the higher client id; gives both pages' tags then. */
async function both(ada: TagFields, ben: TagFields, use: (scene: { ada: Replica; ben: Replica; tags: () => unknown[] }) => void): Promise<void> {
  for (const names of [['ada', 'ben'], ['ben', 'ada']]) {
    const all = replicas(...names);
    const [one, other] = (names[0] === 'ada' ? all : all.toReversed()) as [Replica, Replica];
    tagging(one.m).editTag('tag-order', ada);
    tagging(other.m).editTag('tag-order', ben);
    exchange(...all);
    await setImmediate();
    exchange(...all);
    const tags = (): unknown[] => all.map(({ m }) => must(m.tags.value.find(({ id }) => id === 'tag-order')));
    assert.deepEqual(tags()[0], tags()[1], 'both read the same');
    use({ ada: one, ben: other, tags });
  }
}

test('two who first change a default tag in the same moment both keep their change', async () => {
  await both({ name: 'Relief' }, { colour: 'plum', pattern: 'wavy' }, ({ tags }) => {
    const { name, colour, pattern } = tags()[0] as { name: string; colour: string; pattern: string };
    assert.deepEqual([name, colour, pattern], ['Relief', 'plum', 'wavy']);
  });
});

test('of two names given in the same moment one stays, with what else was changed', async () => {
  await both({ name: 'Relief', colour: 'plum' }, { name: 'Remedy', description: 'What follows.' }, ({ tags }) => {
    const { name, colour, description } = tags()[0] as { name: string; colour: string; description: string };
    assert.ok(['Relief', 'Remedy'].includes(name));
    assert.deepEqual([colour, description], ['plum', 'What follows.']);
  });
});

test('a change that is taken back is not made again', async () => {
  const [ada, ben] = replicas('ada', 'ben') as [Replica, Replica];
  tagging(ada.m).editTag('tag-order', { name: 'Relief' });
  ada.m.undo();
  tagging(ben.m).editTag('tag-order', { colour: 'plum' });
  exchange(ada, ben);
  await setImmediate();
  exchange(ada, ben);
  const { name, colour } = must(ada.m.tags.value.find(({ id }) => id === 'tag-order'));
  assert.deepEqual([name, colour], ['Order', 'plum']);
});

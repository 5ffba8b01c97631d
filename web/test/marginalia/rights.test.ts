import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import * as Y from 'yjs';

import { Marginalia } from '../../src/marginalia/marginalia.ts';
import { isPermitted, partOf } from '../../src/marginalia/permitted.ts';
import { may, mayWriteFreely, whoseIs } from '../../src/marginalia/rights.ts';
import type { Deed, Role, Thing, Whose } from '../../src/marginalia/rights.ts';
import type { Operation } from '../../src/sync/operations.ts';
import { TEXT, exchange, replicas } from './replicas.ts';
import type { Replica } from './replicas.ts';

/** Written by annotation/tests/rights.rs: the least role for each deed, null for what nobody may. */
const TABLE = JSON.parse(readFileSync(new URL('../../../annotation/tests/rights.json', import.meta.url), 'utf8')) as {
  deeds: Record<string, Role | null>;
  free: Role;
  parts: Record<string, Deed>;
};
const ROLES: readonly Role[] = ['none', 'read', 'comment', 'annotate', 'own'];

test('the page has the same table of roles as the room', () => {
  const deeds = Object.entries(TABLE.deeds);
  assert.equal(deeds.length, 5 * 8 * 3);
  for (const [name, least] of deeds) {
    const [deed, thing, whose] = name.split(' ') as [Deed, Thing, Whose];
    for (const role of ROLES) {
      assert.equal(may(role, deed, thing, whose), reaches(role, least), `${role}: ${name}`);
    }
  }
  for (const role of ROLES) {
    assert.equal(mayWriteFreely(role), reaches(role, TABLE.free), role);
  }
});

test('each field belongs to the same part of a thing as in the room', () => {
  const parts = Object.entries(TABLE.parts);
  assert.ok(parts.length > 20);
  for (const [name, part] of parts) {
    const space = name.indexOf(' ');
    assert.equal(partOf(name.slice(0, space) as Thing, name.slice(space + 1)), part, name);
  }
});

test('a tag without an author is everybody\'s, and any other thing without one somebody else\'s', () => {
  assert.equal(whoseIs('tag', undefined, 'u1'), 'common');
  assert.equal(whoseIs('tag', null, 'u1'), 'common');
  assert.equal(whoseIs('tag', 7, 'u1'), 'anothers');
  assert.equal(whoseIs('comment', undefined, 'u1'), 'anothers');
  assert.equal(whoseIs('highlight', 'U1', 'u1'), 'anothers', 'letter by letter');
  assert.equal(whoseIs('highlight', 'u1', 'u1'), 'own');
});

test('the page offers what the role allows, to the own and to what others made', () => {
  const [ada, ben] = replicas('ada', 'ben') as [Replica, Replica];
  const id = ada.m.createHighlight({ start: 0, end: 9, tag: null }) ?? '';
  const comment = ada.m.addComment(id, 'words') ?? '';
  exchange(ada, ben);
  const offered = (name: string, role: Role | null): boolean[] => {
    const m = new Marginalia(ada.doc, { text: TEXT, me: { id: `id-${name}`, name }, role: () => role, anchor: () => 'orphan', paragraphAt: () => null });
    const [highlight, words] = [m.highlights.peek().get(id)?.peek(), m.commentsOf(id).peek().find((each) => each.id === comment)];
    assert.ok(highlight !== undefined && words !== undefined);
    return [
      m.may('add', 'comment'), m.may('resolution', 'highlight'), m.mayEdit(words), m.may('add', 'highlight'), m.mayEdit(highlight),
      m.mayDelete(highlight), m.may('content', 'tag', null), m.may('content', 'tag', 'id-ada'), m.may('arrangement', 'tag', 'id-ada'), m.mayWriteFreely,
    ];
  };
  const rows = (name: string): string[] => ([...ROLES, null] as const).map((role) => offered(name, role).map(Number).join(''));
  assert.deepEqual(rows('ada'), ['0000000000', '0000000000', '1110000000', '1111111111', '1111111111', '1111111111']);
  assert.deepEqual(rows('ben'), ['0000000000', '0000000000', '1100000000', '1101001011', '1111111111', '1101001111'], 'an open case: annotators, and every tag');
});

test('what is made again is what the present role allows', () => {
  const doc = new Y.Doc();
  const entry = (root: string, id: string, fields: Record<string, unknown>): unknown => doc.getMap(root).set(id, new Y.Map(Object.entries(fields)));
  entry('highlights', 'mine', { author_id: 'u1' });
  entry('highlights', 'theirs', { author_id: 'u2' });
  entry('comments', 'my words', { author_id: 'u1', highlight_id: 'theirs' });
  doc.getMap('comments').set('their words', { author_id: 'u2', highlight_id: 'theirs' });
  const set = (...path: string[]): Operation => ({ op: 'set', path, value: { kind: 'value', value: 'x' } });
  const comment = (highlight: string): Operation => ({
    op: 'set', path: ['comments', 'new'], value: { kind: 'map', entries: { highlight_id: { kind: 'value', value: highlight } } },
  });
  const remove = (...path: string[]): Operation => ({ op: 'delete', path });
  const least = (operation: Operation): Role | null => ROLES.find((role) => isPermitted(doc, operation, { role, userId: 'u1' })) ?? null;
  assert.equal(least(comment('theirs')), 'comment');
  assert.equal(least(comment('lost')), 'annotate', 'nobody would see it');
  assert.equal(least(set('comments', 'my words', 'text')), 'comment');
  assert.equal(least(set('comments', 'their words', 'text')), 'own');
  assert.equal(least(remove('comments', 'their words')), 'own');
  assert.equal(least(remove('comments', 'my words')), 'comment');
  assert.equal(least(set('highlights', 'theirs', 'resolved_at')), 'comment');
  assert.equal(least(remove('highlights', 'theirs', 'resolved_at')), 'comment');
  assert.equal(least(set('highlights', 'theirs', 'tag')), 'own');
  assert.equal(least(set('highlights', 'mine', 'tag')), 'annotate');
  assert.equal(least(set('highlights', 'new')), 'annotate');
  assert.equal(least(set('tags', 'default')), 'annotate');
  assert.equal(least(set('tag_groups', 'any')), 'annotate');
  assert.equal(least({ op: 'text', path: ['notes'], steps: [] }), 'annotate');
  assert.equal(least(remove('highlights', 'long gone')), 'none', 'it comes to nothing');
  assert.equal(least(set('highlights', 'mine', 'author_id')), null);
});

function reaches(role: Role, least: Role | null): boolean {
  return least !== null && ROLES.indexOf(role) >= ROLES.indexOf(least);
}

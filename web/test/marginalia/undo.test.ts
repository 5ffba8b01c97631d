import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as Y from 'yjs';

import { contentsOf } from '../../src/marginalia/contents.ts';
import { NOTES } from '../../src/marginalia/marginalia.ts';
import { at, exchange, highlight, mark, must, plain, replicas, tagging } from './replicas.ts';
import type { Replica } from './replicas.ts';

test('each command is its own step, however quickly they follow, and redo does them again', () => {
  const { m } = must(replicas('ada')[0]);
  assert.deepEqual([m.canUndo.value, m.canRedo.value, m.undo(), m.redo()], [false, false, false, false]);
  const states = [plain(contentsOf(m))];
  const id = mark(m, 'green');
  const commands: (() => unknown)[] = [
    () => m.retag(id, 'tag-order'),
    () => m.extend(id, at('light').start, at('green').end),
    () => m.addComment(id, 'a comment'),
    () => m.resolve(id),
    () => m.reopen(id),
    () => tagging(m).createTag({ name: 'Irony' }),
    () => tagging(m).moveTag('tag-order', { group: null, before: null }),
    () => tagging(m).editTag('tag-order', { name: 'Orders', description: null }),
    () => tagging(m).deleteTag('tag-reflection'),
    () => m.deleteHighlight(id),
  ];
  states.push(plain(contentsOf(m)));
  for (const command of commands) {
    assert.ok(command());
    states.push(plain(contentsOf(m)));
  }
  for (const state of states.slice(0, -1).toReversed()) {
    assert.equal(m.undo(), true);
    assert.deepEqual(plain(contentsOf(m)), state);
  }
  assert.deepEqual([m.canUndo.value, m.canRedo.value], [false, true]);
  for (const state of states.slice(1)) {
    assert.equal(m.redo(), true);
    assert.deepEqual(plain(contentsOf(m)), state);
  }
  assert.deepEqual([m.canUndo.value, m.canRedo.value], [true, false]);
});

test('undo takes back what was done here and nothing of others', () => {
  const [ada, ben] = replicas('ada', 'ben') as [Replica, Replica];
  const mine = mark(ada.m, 'green');
  exchange(ada, ben);
  const theirs = mark(ben.m, 'amber');
  ben.m.addComment(mine, 'a remark');
  exchange(ada, ben);
  assert.equal(ada.m.undo(), true);
  assert.deepEqual([...ada.m.highlights.value.keys()], [theirs]);
  assert.deepEqual([ada.m.undo(), ada.m.canUndo.value], [false, false]);
  ada.m.redo();
  exchange(ada, ben);
  assert.deepEqual(ben.m.commentsOf(mine).value.map(({ text }) => text), ['a remark']);
  assert.equal(ben.m.highlights.value.has(mine), true);
});

test('a deleted highlight comes back with its author and with what others had added to it', () => {
  const [ada, ben, eve] = replicas('ada', 'ben', 'eve') as [Replica, Replica, Replica];
  const id = mark(ada.m, 'green', 'tag-order');
  exchange(ada, ben, eve);
  ben.m.addComment(id, 'a remark');
  ben.m.resolve(id);
  exchange(ada, ben, eve);
  const before = highlight(ada.m, id);
  eve.m.deleteHighlight(id);
  exchange(ada, ben, eve);
  assert.equal(ada.m.order.value.length, 0);
  eve.m.undo();
  exchange(ada, ben, eve);
  for (const { m } of [ada, ben, eve]) {
    assert.deepEqual(highlight(m, id), before);
    assert.equal(m.commentsOf(id).value.length, 1);
  }
});

test('undo neither overwrites what somebody else has changed meanwhile nor takes back something else instead', () => {
  const [ada, ben] = replicas('ada', 'ben') as [Replica, Replica];
  const id = mark(ada.m, 'green', 'tag-order');
  exchange(ada, ben);
  ada.m.retag(id, 'tag-reasons');
  exchange(ada, ben);
  ben.m.retag(id, 'tag-decision');
  exchange(ada, ben);
  assert.deepEqual([ada.m.undo(), ada.m.canUndo.value], [false, true]);
  exchange(ada, ben);
  const tags = [ada, ben].map(({ m }) => m.highlights.value.get(id)?.value.tag);
  assert.deepEqual(tags, ['tag-decision', 'tag-decision']);
  assert.deepEqual([ada.m.undo(), ada.m.canUndo.value, ada.m.highlights.value.size], [true, false, 0]);
});

test('undo and redo go back and forth over many steps while others change other things', () => {
  const [ada, ben] = replicas('ada', 'ben') as [Replica, Replica];
  const id = mark(ada.m, 'green');
  const tags = ['tag-order', 'tag-reasons', 'tag-decision', 'tag-reflection'];
  for (const tag of tags) {
    ada.m.retag(id, tag);
  }
  exchange(ada, ben);
  const tag = (): string | null => highlight(ada.m, id).tag;
  for (let round = 0; round < 3; round += 1) {
    for (const expected of [...tags.slice(0, -1).toReversed(), null]) {
      assert.equal(ada.m.undo(), true);
      assert.equal(tag(), expected);
      ben.m.addComment(id, `round ${round}`);
      exchange(ada, ben);
    }
    for (const expected of tags) {
      assert.equal(ada.m.redo(), true);
      assert.equal(tag(), expected);
      exchange(ada, ben);
    }
  }
  assert.equal(highlight(ben.m, id).tag, 'tag-reflection');
});

test('typing in the notes is undone on its own, and commands are not', () => {
  const [ada, ben] = replicas('ada', 'ben') as [Replica, Replica];
  const id = mark(ada.m, 'green');
  const type = (text: string): void => ada.doc.transact(() => ada.m.notes.insert(ada.m.notes.length, text), NOTES);
  type('one ');
  type('two');
  exchange(ada, ben);
  ben.m.notes.insert(0, 'theirs ');
  exchange(ada, ben);
  assert.equal(ada.m.notesHistory.undo(), true);
  assert.equal(ada.m.notes.toString(), 'theirs ');
  assert.equal(ada.m.highlights.value.has(id), true);
  ada.m.notesHistory.redo();
  assert.equal(ada.m.notes.toString(), 'theirs one two');
  ada.m.undo();
  assert.equal(ada.m.highlights.value.size, 0);
  assert.equal(ada.m.notes.toString(), 'theirs one two');
});

test('a new command ends what could be done again', () => {
  const { m } = must(replicas('ada')[0]);
  mark(m, 'green');
  m.undo();
  assert.equal(m.canRedo.value, true);
  mark(m, 'amber');
  assert.equal(m.canRedo.value, false);
});

test('a highlight that was written as one JSON value is changed field by field, and undo brings the value back', () => {
  const [ada, ben] = replicas('ada', 'ben') as [Replica, Replica];
  const value = { ...at('green'), quote: 'green', author: 'Old', author_id: 'old', tag: 'facts', of_old: { x: 1 } };
  ada.doc.getMap('highlights').set('h', value);
  exchange(ada, ben);
  assert.equal(ben.m.retag('h', 'tag-order'), true);
  exchange(ada, ben);
  const entry = ada.doc.getMap('highlights').get('h');
  assert.ok(entry instanceof Y.Map);
  assert.deepEqual(entry.get('of_old'), { x: 1 });
  assert.equal(highlight(ada.m, 'h').tag, 'tag-order');
  assert.equal(highlight(ada.m, 'h').author, 'Old');
  ben.m.undo();
  exchange(ada, ben);
  assert.deepEqual(ada.doc.getMap('highlights').get('h'), value);
});

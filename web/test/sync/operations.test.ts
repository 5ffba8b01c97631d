import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as Y from 'yjs';

import { isDeletion } from '../../src/sync/operations.ts';
import type { Operation } from '../../src/sync/operations.ts';
import * as remaking from '../../src/sync/replay.ts';
import { lostChanges } from '../../src/sync/replay.ts';
import { FROM_ROOM, LOCAL, Replica } from '../../src/sync/replica.ts';
import type { StoredChange } from '../../src/sync/offline_store.ts';
import { edit } from './edits.ts';
import { addEntry, contentOf, copyOf, randomOf } from './world.ts';

/** A document whose local changes are recorded. */
function recorded(): { doc: Y.Doc; changes: StoredChange[]; operations(): Operation[] } {
  const doc = new Y.Doc();
  const changes: StoredChange[] = [];
  let ids = 0;
  new Replica(doc, () => `${(ids += 1)}`, { changedHere: (change) => changes.push(change), changedElsewhere() {} });
  return { doc, changes, operations: () => structuredClone(changes).flatMap(({ operations }) => operations) };
}

/** Another document in which the changes are made again. */
function madeAgain(changes: StoredChange[], doc = new Y.Doc()): { doc: Y.Doc; lost: Operation[] } {
  const replica = new Replica(doc, () => 'again', { changedHere() {}, changedElsewhere() {} });
  return { doc, lost: structuredClone(changes).flatMap((change) => replica.makeAgain(change, remaking.replay, () => true)) };
}

test('sc23_setting_deleting_and_whole_new_entries_are_told_once', () => {
  const { doc, operations } = recorded();
  doc.transact(() => {
    addEntry(doc, 'comments', 'c', { text: 'a' });
    (doc.getMap('comments').get('c') as Y.Map<unknown>).set('text', 'b');
    doc.getMap('comments').set('gone', 1);
    doc.getMap('comments').delete('gone');
  }, LOCAL);
  (doc.getMap('comments').get('c') as Y.Map<unknown>).set('text', 'c');
  (doc.getMap('comments').get('c') as Y.Map<unknown>).delete('text');
  doc.getMap('comments').delete('c');
  assert.deepEqual(operations(), [
    { op: 'set', path: ['comments', 'c'], value: { kind: 'map', entries: { text: { kind: 'value', value: 'b' } } } },
    { op: 'set', path: ['comments', 'c', 'text'], value: { kind: 'value', value: 'c' } },
    { op: 'delete', path: ['comments', 'c', 'text'] },
    { op: 'delete', path: ['comments', 'c'] },
  ]);
});

test('sc23_texts_keep_where_and_beside_what_each_step_was', () => {
  const { doc, operations } = recorded();
  const notes = doc.getText('notes');
  notes.insert(0, 'one three');
  doc.transact(() => {
    notes.insert(4, 'two ');
    notes.delete(0, 4);
    notes.format(0, 3, { bold: true });
  });
  assert.deepEqual(operations()[1], {
    op: 'text',
    path: ['notes'],
    steps: [
      { step: 'remove', at: 0, left: '', removed: 'one ' },
      { step: 'insert', at: 0, left: '', content: 'two', attributes: { bold: true } },
      { step: 'insert', at: 3, left: 'two', content: ' ', attributes: null },
    ],
  });
  notes.format(0, 2, { italic: true });
  assert.deepEqual(operations()[2], {
    op: 'text',
    path: ['notes'],
    steps: [{ step: 'format', at: 0, left: '', covered: 'tw', attributes: { italic: true } }],
  });
});

test('sc23_a_text_within_a_new_entry_and_edits_of_it_are_made_again', () => {
  const { doc, changes } = recorded();
  addEntry(doc, 'comments', 'c', { body: new Y.Text('hello'), nested: new Y.Map([['deep', [1, { two: 2 }]]]) });
  const body = (doc.getMap('comments').get('c') as Y.Map<unknown>).get('body') as Y.Text;
  body.insert(5, ' world', { bold: true });
  body.delete(0, 1);
  const again = madeAgain(changes);
  assert.deepEqual(again.lost, []);
  assert.deepEqual(again.doc.getMap('comments').toJSON(), doc.getMap('comments').toJSON());
  const bodyAgain = (again.doc.getMap('comments').get('c') as Y.Map<unknown>).get('body') as Y.Text;
  assert.deepEqual(bodyAgain.toDelta(), body.toDelta());
});

test('sc23_an_undo_is_an_operation_like_another', () => {
  const { doc, changes } = recorded();
  const undo = new Y.UndoManager([doc.getMap('comments'), doc.getText('notes')], { trackedOrigins: new Set([LOCAL]), captureTimeout: 0 });
  doc.transact(() => addEntry(doc, 'comments', 'c', { text: 'a' }), LOCAL);
  doc.transact(() => doc.getMap('comments').delete('c'), LOCAL);
  doc.transact(() => doc.getText('notes').insert(0, 'note'), LOCAL);
  undo.undo();
  undo.undo();
  assert.deepEqual(doc.getMap('comments').toJSON(), { c: { text: 'a' } });
  assert.equal(changes.length, 5);
  const again = madeAgain(changes);
  assert.equal(contentOf(again.doc), contentOf(doc));
});

test('sc23_what_comes_from_the_room_is_no_operation', () => {
  const { doc, changes } = recorded();
  const other = new Y.Doc();
  addEntry(other, 'comments', 'c', { text: 'a' });
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(other), FROM_ROOM);
  assert.deepEqual(changes, []);
});

test('sc23_a_list_is_reported_and_not_guessed_at', () => {
  const { doc, changes } = recorded();
  doc.getArray('list').insert(0, [1]);
  doc.getMap('comments').set('list', new Y.Array());
  (doc.getMap('comments').get('list') as Y.Array<number>).push([1]);
  assert.deepEqual(madeAgain(changes).lost.map(({ op, path }) => [op, path]), [['other', ['list']], ['other', ['comments', 'list']]]);
});

test('sc23_whatever_was_done_is_the_same_when_done_again', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const random = randomOf(seed);
    const { doc, changes } = recorded();
    for (let step = 0; step < 60; step += 1) {
      doc.transact(() => {
        for (let part = 0; part <= random() * 2; part += 1) {
          edit(doc, random);
        }
      }, LOCAL);
    }
    const again = madeAgain(changes);
    assert.deepEqual(again.lost, [], `seed ${seed}`);
    assert.equal(contentOf(again.doc), contentOf(doc), `seed ${seed}`);
    assert.deepEqual(again.doc.getText('notes').toDelta(), doc.getText('notes').toDelta(), `seed ${seed}`);
  }
});

test('sc23_text_steps_find_their_place_among_what_others_wrote', () => {
  const { doc, changes } = recorded();
  doc.getText('notes').insert(0, 'The court dismissed the appeal.');
  const shared = copyOf(doc);
  changes.length = 0;
  doc.getText('notes').insert(30, ' with costs');
  doc.getText('notes').delete(4, 6);
  shared.getText('notes').insert(0, 'Summary: ');
  const again = madeAgain(changes, shared);
  assert.deepEqual(again.lost, []);
  assert.equal(again.doc.getText('notes').toString(), 'Summary: The dismissed the appeal with costs.');
});

test('sc23_a_removal_whose_text_has_gone_removes_nothing_else', () => {
  const { doc, changes } = recorded();
  doc.getText('notes').insert(0, 'keep drop keep');
  changes.length = 0;
  doc.getText('notes').delete(5, 5);
  const shared = new Y.Doc();
  shared.getText('notes').insert(0, 'something else');
  const again = madeAgain(changes, shared);
  assert.equal(again.doc.getText('notes').toString(), 'something else');
  assert.equal(again.lost.length, 1);
});

test('sc23_an_insertion_never_parts_a_surrogate_pair', () => {
  const { doc, changes } = recorded();
  doc.getText('notes').insert(0, 'abc');
  changes.length = 0;
  doc.getText('notes').insert(3, 'x');
  const shared = new Y.Doc();
  shared.getText('notes').insert(0, '🌊🌊');
  assert.equal(madeAgain(changes, shared).doc.getText('notes').toString(), '🌊x🌊');
});

test('sc23_only_what_takes_away_is_a_deletion', () => {
  const { doc, operations } = recorded();
  doc.getText('notes').insert(0, 'ab');
  doc.getMap('comments').set('c', 1);
  doc.getText('notes').delete(0, 1);
  doc.getMap('comments').delete('c');
  assert.deepEqual(operations().map(isDeletion), [false, false, true, true]);
});

test('sc23_what_is_lost_is_told_by_entry_in_words_of_the_page', () => {
  const { doc, operations } = recorded();
  addEntry(doc, 'comments', 'c', { text: 'a', author: 'Pell' });
  (doc.getMap('comments').get('c') as Y.Map<unknown>).set('text', 'b');
  doc.getText('notes').insert(0, 'no');
  doc.getText('notes').insert(2, 'te');
  doc.getMap('highlights').set('h', 1);
  doc.getMap('highlights').delete('h');
  assert.deepEqual(lostChanges(operations()), [
    { root: 'comments', id: 'c', fields: { text: 'b', author: 'Pell' }, text: '', deletes: false },
    { root: 'notes', id: null, fields: {}, text: 'note', deletes: false },
    { root: 'highlights', id: 'h', fields: { value: 1 }, text: '', deletes: true },
  ]);
});

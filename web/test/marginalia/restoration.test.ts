import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as Y from 'yjs';

import { isSamePlan, openState, planRestoration, readState, restore } from '../../src/marginalia/restoration.ts';
import type { Extent } from '../../src/marginalia/restoration.ts';
import { at, exchange, highlight, mark, must, replicas, tagging } from './replicas.ts';
import type { Replica } from './replicas.ts';

const MILD: Extent = { withoutLater: false, withNotes: false };

/** Ada owns the case and Ben annotates; the state that they had, in the host's words. */
function scene(): { ada: Replica; ben: Replica; then: string; pilot: string; quay: string; comment: string } {
  const [ada, ben] = replicas('ada', 'ben') as [Replica, Replica];
  const pilot = mark(ada.m, 'pilot');
  exchange(ada, ben);
  const quay = mark(ben.m, 'quay');
  const comment = must(ben.m.addComment(quay, 'Which quay?'));
  ada.doc.getText('notes').insert(0, 'as it was');
  exchange(ada, ben);
  const then = Buffer.from(Y.encodeStateAsUpdate(ada.doc)).toString('base64');
  return { ada, ben, then, pilot, quay, comment };
}

/** Everything that a document says. */
function all(doc: Y.Doc): unknown {
  const maps = ['highlights', 'comments', 'tags', 'tag_groups'].map((name) => doc.getMap(name).toJSON());
  return [...maps, doc.getText('notes').toString()];
}

test('what was taken away comes back with its author, and everybody sees it', () => {
  const { ada, ben, then, quay, comment } = scene();
  const before = all(ada.doc);
  ada.m.deleteHighlight(quay);
  ada.m.deleteComment(comment);
  const plan = planRestoration(openState(then), ada.m);
  assert.deepEqual(plan.back.map(({ root, id }) => [root, id]), [['highlights', quay], ['comments', comment]]);
  assert.deepEqual([plan.changed, plan.later, plan.notes], [[], [], null]);

  assert.equal(restore(ada.m, plan, MILD), 2);
  exchange(ada, ben);
  assert.deepEqual(all(ben.doc), before);
  assert.equal(highlight(ben.m, quay).authorId, 'id-ben');
  assert.ok(ada.m.undo(), 'it is one step');
  assert.equal(ada.m.highlights.value.has(quay), false);
});

test('what was changed says again what it said, and stays whose it is and of when it is', () => {
  const { ada, then, pilot } = scene();
  const was = highlight(ada.m, pilot);
  ada.m.retag(pilot, 'tag-order');
  ada.m.resolve(pilot);
  const plan = planRestoration(openState(then), ada.m);
  assert.deepEqual(plan.changed.map(({ id }) => id), [pilot]);
  const fields = Object.keys(must(plan.changed[0]).fields);
  assert.ok(!fields.includes('author_id') && !fields.includes('created_at'), String(fields));
  restore(ada.m, plan, MILD);
  assert.deepEqual(highlight(ada.m, pilot), was);
  assert.deepEqual(planRestoration(openState(then), ada.m).changed, []);
});

test('what came later stays, unless it is said that it shall go', () => {
  const { ada, then, pilot } = scene();
  ada.m.deleteHighlight(pilot);
  const later = mark(ada.m, 'lamp');
  const reply = must(ada.m.addComment(later, 'A lamp.'));
  const tag = must(tagging(ada.m).createTag({ name: 'Later' }));
  ada.doc.getText('notes').insert(0, 'later: ');
  const plan = planRestoration(openState(then), ada.m);
  assert.deepEqual(plan.later.map(({ id }) => id).sort(), [later, reply, tag].sort());
  assert.equal(plan.notes, 'as it was');

  restore(ada.m, plan, MILD);
  assert.ok(ada.m.highlights.value.has(later) && ada.m.highlights.value.has(pilot));
  assert.equal(ada.doc.getText('notes').toString(), 'later: as it was');

  restore(ada.m, planRestoration(openState(then), ada.m), { withoutLater: true, withNotes: true });
  assert.deepEqual(all(ada.doc), all(openState(then)));
});

test('what came after the plan was shown is not touched', () => {
  const { ada, ben, then, pilot, quay } = scene();
  ada.m.deleteHighlight(pilot);
  const plan = planRestoration(openState(then), ada.m);
  const later = mark(ben.m, 'lamp');
  ben.m.deleteHighlight(quay);
  exchange(ada, ben);
  restore(ada.m, plan, { withoutLater: true, withNotes: true });
  assert.ok(ada.m.highlights.value.has(later), 'it was not in what was shown');
  assert.equal(ada.m.highlights.value.has(quay), false, 'nor was that it would come back');
});

test('what has no date, or one that is to come, comes back without one', () => {
  const { ada, then, pilot, quay } = scene();
  const old = openState(then);
  const entry = (id: string): Y.Map<unknown> => old.getMap<Y.Map<unknown>>('highlights').get(id) as Y.Map<unknown>;
  entry(pilot).set('created_at', '2999-01-01T00:00:00Z');
  entry(quay).set('created_at', 'once');
  ada.m.deleteHighlight(pilot);
  ada.m.deleteHighlight(quay);
  for (const { fields } of planRestoration(old, ada.m).back) {
    assert.equal(fields['created_at'], null);
  }
});

test('a plan is another one once the case has changed', () => {
  const { ada, ben, then, pilot } = scene();
  ada.m.deleteHighlight(pilot);
  const plan = planRestoration(openState(then), ada.m);
  assert.ok(isSamePlan(plan, planRestoration(openState(then), ada.m)));
  mark(ben.m, 'lamp');
  exchange(ada, ben);
  assert.ok(!isSamePlan(plan, planRestoration(openState(then), ada.m)));
});

test('a state is read in the order of the text, with its comments', () => {
  const { then, pilot, quay, comment } = scene();
  const state = readState(openState(then));
  const order = [pilot, quay].sort((one, other) => (one === pilot ? at('pilot').start : at('quay').start) - (other === pilot ? at('pilot').start : at('quay').start));
  assert.deepEqual(state.highlights.map(({ id }) => id), order);
  assert.deepEqual(state.comments.get(quay)?.map(({ id, text }) => [id, text]), [[comment, 'Which quay?']]);
  assert.equal(state.notes, 'as it was');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as Y from 'yjs';

import { contentsOf } from '../../src/marginalia/contents.ts';
import { commentProblem } from '../../src/marginalia/marginalia.ts';
import { highlightProblem } from '../../src/marginalia/target.ts';
import { TEXT, at, exchange, highlight, mark, must, page, plain, replicas, runs, tagging } from './replicas.ts';

test('a highlight stores its words with their surroundings, its paragraph and who made it', () => {
  const [ada] = replicas('ada') as [ReturnType<typeof replicas>[number]];
  const id = mark(ada.m, 'amber the night', 'tag-order');
  assert.deepEqual(ada.doc.getMap('highlights').toJSON(), {
    [id]: {
      start: TEXT.indexOf('amber'),
      end: TEXT.indexOf('amber') + 15,
      quote: 'amber the night',
      prefix: ' lamp on the quay.\n\nIt had been ',
      suffix: ' before. The pilot did not ask; ',
      para: '2',
      tag: 'tag-order',
      author_id: 'id-ada',
      author: 'ada',
      created_at: '2026-01-05T09:00:01.000Z',
    },
  });
  const read = highlight(ada.m, id);
  assert.deepEqual(read.place, at('amber the night'));
  assert.equal(read.createdAt, Date.UTC(2026, 0, 5, 9, 0, 1));
  assert.equal(highlight(ada.m, mark(ada.m, 'patient.\n\nWe')).para, '2–3');
});

test('what surrounds a highlight never begins or ends within an astral character', () => {
  const text = `${'x'.repeat(3)}🌊${'y'.repeat(31)}QUOTE${'z'.repeat(31)}🌊tail`;
  const m = page(new Y.Doc(), 'ada', text);
  const { prefix, suffix } = highlight(m, mark(m, 'QUOTE')).target;
  assert.deepEqual([prefix, suffix], ['y'.repeat(31), 'z'.repeat(31)]);
});

test('a place that makes no highlight is refused with its reason and writes nothing', () => {
  const { doc, m } = must(replicas('ada')[0]);
  const wave = TEXT.indexOf('🌊');
  const problems = [
    [{ start: -1, end: 4 }, 'outside'],
    [{ start: 0, end: TEXT.length + 1 }, 'outside'],
    [{ start: 0.5, end: 4 }, 'outside'],
    [{ start: 4, end: 4 }, 'empty'],
    [{ start: 9, end: 4 }, 'empty'],
    [{ start: 3, end: 4 }, 'empty'],
    [{ start: wave + 1, end: wave + 5 }, 'splits_character'],
    [{ start: wave - 3, end: wave + 1 }, 'splits_character'],
  ] as const;
  for (const [place, problem] of problems) {
    assert.equal(highlightProblem(TEXT, place), problem);
    assert.equal(m.createHighlight({ ...place, tag: null }), null);
  }
  assert.equal(highlightProblem('🌊'.repeat(10_000), { start: 0, end: 20_000 }), null);
  assert.equal(highlightProblem('a'.repeat(10_001), { start: 0, end: 10_001 }), 'too_long');
  assert.deepEqual(Y.encodeStateAsUpdate(doc), Y.encodeStateAsUpdate(new Y.Doc()));
});

test('blank and endless comments are ignored, and so are comments on nothing', () => {
  const { m } = must(replicas('ada')[0]);
  const id = mark(m, 'green');
  assert.equal(m.addComment(id, ' \n\t\u200b\0 '), null);
  assert.equal(commentProblem('x'.repeat(20_001)), 'too_long');
  assert.equal(m.addComment(id, 'x'.repeat(20_001)), null);
  assert.equal(m.addComment('nothing', 'words'), null);
  assert.equal(commentProblem('🌊'.repeat(20_000)), null);
  const comment = must(m.addComment(id, '  two\r\nlines\0 '));
  assert.equal(m.commentsOf(id).value[0]?.text, 'two\nlines');
  assert.equal(m.editComment(comment, '  '), false);
  assert.equal(m.editComment('nothing', 'words'), false);
  assert.equal(m.commentsOf(id).value.length, 1);
});

test('a comment is edited, answered and deleted, and its answers stay', () => {
  const { m } = must(replicas('ada')[0]);
  const id = mark(m, 'green');
  const first = must(m.addComment(id, 'first'));
  const second = must(m.addComment(id, 'second'));
  const answer = must(m.addComment(id, 'to the first', first));
  const deeper = must(m.addComment(id, 'to the answer', answer));
  const shape = (): unknown => m.commentsOf(id).value.map((comment) => [comment.id, comment.depth]);
  assert.deepEqual(shape(), [[first, 0], [answer, 1], [deeper, 2], [second, 0]]);
  assert.equal(m.editComment(second, 'better'), true);
  const edited = must(m.commentsOf(id).value.find((comment) => comment.id === second));
  assert.equal(edited.text, 'better');
  assert.ok(must(edited.editedAt) > must(edited.createdAt));
  assert.equal(m.deleteComment(first), true);
  assert.equal(m.deleteComment(first), false);
  assert.deepEqual(shape(), [[second, 0], [answer, 0], [deeper, 1]]);
});

test('a discussion is resolved by anybody and reopened by anybody', () => {
  const [ada, ben] = replicas('ada', 'ben') as [ReturnType<typeof replicas>[number], ReturnType<typeof replicas>[number]];
  const id = mark(ada.m, 'green');
  exchange(ada, ben);
  assert.equal(ben.m.resolve(id), true);
  exchange(ada, ben);
  assert.equal(highlight(ada.m, id).resolvedBy, 'ben');
  assert.ok(highlight(ada.m, id).resolvedAt !== null);
  assert.equal(ben.m.mayEdit(highlight(ben.m, id)), false);
  assert.equal(ada.m.mayDelete(highlight(ada.m, id)), true);
  assert.equal(ada.m.reopen(id), true);
  exchange(ada, ben);
  assert.deepEqual([highlight(ben.m, id).resolvedAt, highlight(ben.m, id).resolvedBy], [null, null]);
});

test('highlights are in the order of the text, and those whose words are not there are orphans', () => {
  const { doc, m } = must(replicas('ada')[0]);
  const [late, early, wide, again] = [mark(m, 'costs'), mark(m, 'The light'), mark(m, 'The light over'), mark(m, 'costs')];
  doc.getMap('highlights').set('lost', new Y.Map([['start', 4], ['end', 9], ['quote', 'other words']]));
  assert.deepEqual(m.order.value, [early, wide, late, again]);
  assert.deepEqual(m.orphans.value, ['lost']);
  assert.equal(highlight(m, 'lost').place, null);
  assert.deepEqual(contentsOf(m).highlights.map(({ id }) => id), [early, wide, late, again, 'lost']);
  assert.equal(m.extend(early, ...(Object.values(at('patient')) as [number, number])), true);
  assert.deepEqual(m.order.value, [wide, early, late, again]);
  assert.equal(highlight(m, early).para, '2');
  assert.equal(m.extend(early, 4, 4), false);
});

test('a remote comment touches the thread of its highlight and nothing else', () => {
  const { ada, ben, ids, counts } = watched();
  ben.m.addComment(must(ids[1]), 'a remark');
  exchange(ada, ben);
  assert.deepEqual(counts(), { 'thread 1': 1 });
});

test('a remote change of a highlight touches that highlight and nothing else', () => {
  const { ada, ben, ids, counts } = watched();
  ben.m.retag(must(ids[2]), 'tag-order');
  exchange(ada, ben);
  assert.deepEqual(counts(), { 'highlight 2': 1 });
  ben.m.resolve(must(ids[0]));
  exchange(ada, ben);
  assert.deepEqual(counts(), { 'highlight 2': 1, 'highlight 0': 1 });
  counts.reset();
  ben.m.extend(must(ids[0]), ...(Object.values(at('passenger')) as [number, number]));
  exchange(ada, ben);
  assert.deepEqual(counts(), { 'highlight 0': 1, order: 1 }, 'and where it moves past others, their order');
});

test('everything that one transaction changes is shown at once', () => {
  const { ada, ben, ids, counts, m } = watched();
  const together = runs(() => [m.order.value, m.highlights.value, m.commentsOf(must(ids[0])).value, m.orphans.value]);
  ben.doc.transact(() => {
    ben.m.addComment(must(ids[0]), 'one');
    ben.m.addComment(must(ids[0]), 'two');
    ben.m.deleteHighlight(must(ids[1]));
    mark(ben.m, 'patient');
    mark(ben.m, 'passenger');
  });
  exchange(ada, ben);
  assert.equal(together(), 1);
  assert.deepEqual(counts(), { map: 1, order: 1, 'thread 0': 1 });
});

test('what everybody has already wakes nobody', () => {
  const { ada, ben, ids, counts } = watched();
  ada.doc.transact(() => {
    const entry = ada.doc.getMap('highlights').get(must(ids[0])) as Y.Map<unknown>;
    entry.set('tag', entry.get('tag'));
    entry.set('of another version', 'unknown');
  });
  exchange(ada, ben);
  assert.deepEqual(counts(), {});
});

test('a tag touches the tags only, and a tag that is moved leaves the other objects as they are', () => {
  const { ada, ben, counts, m } = watched();
  const before = new Map(m.tags.value.map((tag) => [tag.id, tag]));
  tagging(ben.m).editTag('tag-order', { name: 'Orders' });
  exchange(ada, ben);
  assert.deepEqual(counts(), { tags: 1 });
  assert.deepEqual(m.tags.value.filter((tag) => before.get(tag.id) !== tag).map(({ id }) => id), ['tag-order']);
});

test('after another document was taken over, what both have keeps its signals and nothing that is alike is touched', () => {
  const { ada, ben, ids, counts, m } = watched();
  const gone = mark(m, 'quay');
  const before = new Map(m.highlights.value);
  counts.reset();
  // The replica without the last highlight and with a remark of Ben's takes the place of Ada's.
  ben.m.addComment(must(ids[1]), 'meanwhile');
  const fresh = new Y.Doc();
  Y.applyUpdate(fresh, Y.encodeStateAsUpdate(ben.doc));
  assert.deepEqual(m.rebind(fresh), { undoWasLost: true });
  assert.deepEqual(counts(), { map: 1, order: 1, 'thread 1': 1 });
  for (const id of ids) {
    assert.equal(m.highlights.value.get(id), before.get(id));
  }
  assert.equal(m.highlights.value.has(gone), false);
  assert.deepEqual([m.canUndo.value, m.canRedo.value], [false, false]);
  assert.deepEqual(plain(contentsOf(m)), plain(contentsOf(ben.m)));
  counts.reset();
  mark(ada.m, 'night');
  assert.deepEqual(counts(), { map: 1, order: 1 }, 'the new document is written and watched');
  assert.equal(fresh.getMap('highlights').size, 4);
  assert.equal(ada.doc.getMap('highlights').size, 4, 'and the old one is left alone');
  ada.doc.getMap('highlights').delete(must(ids[0]));
  assert.equal(m.highlights.value.has(must(ids[0])), true);
  assert.deepEqual(m.rebind(new Y.Doc()), { undoWasLost: true });
  assert.deepEqual(m.rebind(new Y.Doc()), { undoWasLost: false });
  assert.equal(m.highlights.value.size, 0);
});

test('looking at a case writes nothing', () => {
  const { doc, m } = must(replicas('ada')[0]);
  contentsOf(m);
  assert.equal(m.tags.value.length, 10);
  assert.equal(m.notes.toString(), '');
  m.undo();
  m.rebind(doc);
  m.stop();
  assert.deepEqual(Y.encodeStateAsUpdate(doc), Y.encodeStateAsUpdate(new Y.Doc()));
});

/** Ada's page, with everything on it watched, and Ben who changes things. */
function watched() {
  const [ada, ben] = replicas('ada', 'ben') as [ReturnType<typeof replicas>[number], ReturnType<typeof replicas>[number]];
  const ids = [mark(ada.m, 'green'), mark(ada.m, 'amber'), mark(ada.m, 'costs')];
  for (const id of ids) {
    ada.m.addComment(id, 'a first comment');
  }
  exchange(ada, ben);
  const { m } = ada;
  const reads: Record<string, () => unknown> = {
    map: () => m.highlights.value,
    order: () => m.order.value,
    orphans: () => m.orphans.value,
    tags: () => m.tags.value,
    groups: () => m.tagGroups.value,
    deleted: () => m.deletedTags.value,
    notes: () => m.notes.toString(),
  };
  for (const [index, id] of ids.entries()) {
    const own = must(m.highlights.value.get(id));
    reads[`highlight ${index}`] = () => own.value;
    reads[`thread ${index}`] = () => m.commentsOf(id).value;
  }
  const counters = Object.entries(reads).map(([name, read]) => [name, runs(read)] as const);
  let base: Record<string, number> = {};
  const raw = (): Record<string, number> => Object.fromEntries(counters.map(([name, count]) => [name, count()]));
  const counts = Object.assign(
    () => Object.fromEntries(
      Object.entries(raw())
        .map(([name, count]) => [name, count - (base[name] ?? 0)] as const)
        // Another document has another text of notes; it is not compared.
        .filter(([name, count]) => count > 0 && name !== 'notes'),
    ),
    { reset: () => { base = raw(); } },
  );
  return { ada, ben, ids, counts, m };
}

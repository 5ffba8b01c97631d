// What other clients may have written, reading of single entries, threads and order keys.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as Y from 'yjs';

import { contentsOf } from '../../src/marginalia/contents.ts';
import { presentable } from '../../src/marginalia/fields.ts';
import { byOrder, readOrderKey } from '../../src/marginalia/order_key.ts';
import { keyBetween, keysToPlace } from '../../src/marginalia/placing.ts';
import { threadOf } from '../../src/marginalia/threads.ts';
import type { WrittenComment } from '../../src/marginalia/schema.ts';
import { at, exchange, highlight, mark, must, page, plain, replicas, seeded, tagging } from './replicas.ts';

const JUNK: readonly unknown[] = [null, true, -1, 1.5, 1e300, NaN, Infinity, '', ' ', '\0', 'x'.repeat(30_000), [], [1], {}, { a: 1 }, new Uint8Array(3)];

test('an entry reads the same as a nested map, as one JSON value and with its text as a shared text', () => {
  const { doc, m } = must(replicas('ada')[0]);
  const fields = { ...at('green'), quote: 'green', tag: 'facts', author: 'Old', author_id: 'old', created_at: 1_700_000_000_000 };
  doc.getMap('highlights').set('nested', new Y.Map(Object.entries(fields)));
  doc.getMap('highlights').set('plain', fields);
  doc.getMap('highlights').set('texts', new Y.Map<unknown>([...Object.entries(fields), ['quote', new Y.Text('green')]]));
  const [nested, value, texts] = ['nested', 'plain', 'texts'].map((id) => ({ ...highlight(m, id), id: '' }));
  assert.deepEqual(nested, value);
  assert.deepEqual(nested, texts);
  assert.deepEqual(must(nested).place, at('green'));
  assert.equal(must(nested).createdAt, 1_700_000_000_000);
});

test('junk is skipped or left out and never an error', () => {
  const { doc, m } = must(replicas('ada')[0]);
  const names = [
    'start', 'end', 'quote', 'prefix', 'suffix', 'tag', 'para', 'author_id', 'author', 'created_at', 'edited_at', 'resolved_at', 'resolved_by',
    'highlight_id', 'parent_id', 'text', 'name', 'colour', 'pattern', 'description', 'group', 'order', 'deleted', 'source_id',
  ];
  for (const root of ['highlights', 'comments', 'tags', 'tag_groups']) {
    const map = doc.getMap(root);
    for (const [index, junk] of JUNK.entries()) {
      map.set(`junk ${index}`, junk);
      map.set(`odd ${index}`, new Y.Map(names.map((name) => [name, junk])));
      map.set(`whole ${index}`, Object.fromEntries(names.map((name) => [name, junk])));
      map.set(`almost ${index}`, new Y.Map<unknown>([...names.map((name): [string, unknown] => [name, junk]), ['highlight_id', 'odd 0']]));
    }
    for (const id of ['', 'nul\0', 'x'.repeat(201)]) {
      map.set(id, new Y.Map([['highlight_id', 'h'], ['name', 'n']]));
    }
    map.set('a text', new Y.Text('words'));
    map.set('a list', new Y.Array());
    map.set('a map of types', new Y.Map<unknown>(names.map((name) => [name, new Y.Map()])));
  }
  const contents = contentsOf(m);
  assert.ok(contents.highlights.length > 30);
  assert.deepEqual(contents.highlights.filter(({ place }) => place !== null), []);
  assert.ok(contents.highlights.every(({ id }) => id !== '' && id.length <= 200 && !id.includes('\0')));
  for (const { author, createdAt, para, target } of contents.highlights) {
    assert.ok(author.length > 0 && author.length <= 200);
    assert.ok(createdAt === null || Number.isInteger(createdAt));
    assert.ok([target.start, target.end].every((offset) => Number.isInteger(offset) && offset >= 0));
    assert.ok((para ?? '').length <= 200 && target.quote.length <= 10_000);
  }
  assert.ok(m.tags.value.every(({ name, colour, pattern, order }) => name.length <= 100 && colour && pattern && order));
  assert.equal(contentsOf(page(doc, 'ben')).highlights.length, contents.highlights.length, 'a page that opens it sees the same');
  // All of it can still be changed.
  for (const { id } of contents.highlights) {
    assert.equal(m.retag(id, 'tag-order'), true);
    assert.equal(highlight(m, id).tag, 'tag-order');
  }
});

test('roots of another kind are empty', () => {
  const other = new Y.Doc();
  other.getText('highlights').insert(0, 'not a map');
  other.getArray('comments').insert(0, [1]);
  other.getMap('notes').set('x', 1);
  const { doc, m } = must(replicas('ada')[0]);
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
  assert.deepEqual([m.highlights.value.size, m.orphans.value.length, m.notes.toString()], [0, 0, '']);
  mark(m, 'green');
  assert.equal(m.order.value.length, 1);
});

test('fields of another version stay when an entry is changed', () => {
  const { doc, m } = must(replicas('ada')[0]);
  const id = mark(m, 'green');
  const entry = doc.getMap('highlights').get(id) as Y.Map<unknown>;
  entry.set('stars', 5);
  m.retag(id, 'tag-order');
  m.extend(id, ...(Object.values(at('amber')) as [number, number]));
  m.resolve(id);
  m.reopen(id);
  assert.equal(entry.get('stars'), 5);
  assert.equal(entry.has('resolved_at'), false);
});

test('what is presented has no control characters, no half characters, and no more than its bound', () => {
  assert.equal(presentable('a\0b\x1bc\nd\te\x7f\x9f', 100), 'abc\nd\te');
  assert.equal(presentable('🌊🌊🌊', 2), '🌊🌊');
  assert.equal(presentable('a\ud800b', 9), 'a\ufffdb');
  assert.equal(presentable('x'.repeat(500), 200).length, 200);
});

test('a comment that moves to another highlight leaves the thread that it was in', () => {
  const { doc, m } = must(replicas('ada')[0]);
  const [one, two] = [mark(m, 'green'), mark(m, 'amber')];
  const comment = must(m.addComment(one, 'words'));
  (doc.getMap('comments').get(comment) as Y.Map<unknown>).set('highlight_id', two);
  assert.deepEqual([m.commentsOf(one).value.length, m.commentsOf(two).value.length], [0, 1]);
});

test('a thread loses no comment and shows none twice, whatever answers what', () => {
  const random = seeded(5);
  for (let round = 0; round < 300; round += 1) {
    const count = random(12);
    const written = Array.from({ length: count }, (_, index) => comment(`c${index}`, random(3) === 0 ? null : `c${random(count + 1)}`, random(4)));
    const thread = threadOf(written);
    assert.deepEqual(thread.map(({ id }) => id).toSorted(), written.map(({ id }) => id).toSorted());
    assert.deepEqual(threadOf(written.toReversed()), thread, 'in one order for everybody');
    for (const [index, each] of thread.entries()) {
      const parent = thread.slice(0, index).find(({ id }) => id === each.parentId);
      assert.equal(each.depth, each.parentId === null ? 0 : must(parent).depth + 1, 'below what it answers');
    }
  }
});

test('a chain of replies may be as long as anybody makes it', () => {
  const chain = Array.from({ length: 50_000 }, (_, index) => comment(`c${index}`, index === 0 ? null : `c${index - 1}`, index));
  assert.equal(threadOf(chain).at(-1)?.depth, 49_999);
});

test('there is a key between any two keys, however often one moves to the same place', () => {
  let [low, high] = [keyBetween('', null), keyBetween(keyBetween('', null), null)];
  const random = seeded(3);
  for (let round = 0; round < 300; round += 1) {
    const middle = keyBetween(low, high);
    assert.ok(low < middle && middle < high, `${low} < ${middle} < ${high}`);
    assert.equal(readOrderKey(middle), middle.length <= 64 ? middle : 'z');
    [low, high] = random(2) === 0 ? [low, middle] : [middle, high];
  }
  let [first, last] = ['V', 'V'];
  for (let round = 0; round < 200; round += 1) {
    const [before, after] = [keyBetween('', first), keyBetween(last, null)];
    assert.ok(before < first && after > last);
    [first, last] = [before, after];
  }
  assert.ok(last.length <= 5, 'appending makes no long keys');
});

test('a list stays in the order in which its items were placed, through any number of moves', () => {
  const random = seeded(8);
  let list: { id: string; order: string }[] = [];
  const ids: string[] = [];
  for (let round = 0; round < 2_000; round += 1) {
    const isNew = list.length < 12;
    const id = isNew ? `item ${round}` : must(ids[random(ids.length)]);
    const others = list.filter((item) => item.id !== id);
    const index = random(3) === 0 ? random(others.length + 1) : Math.min(1, others.length);
    const keys = keysToPlace(others, id, index);
    list = [...others, { id, order: '' }].map((item) => ({ ...item, order: keys.get(item.id) ?? item.order })).sort(byOrder);
    if (!isNew) {
      ids.splice(ids.indexOf(id), 1);
    }
    ids.splice(index, 0, id);
    assert.deepEqual(list.map((item) => item.id), ids);
    assert.ok(list.every(({ order }) => order.length <= 64 && readOrderKey(order) === order));
  }
});

test('where neighbours leave no room, because their keys are equal or too long, the list is spread anew', () => {
  const tied = ['a', 'b', 'c', 'd'].map((id) => ({ id, order: id === 'd' ? 'y' : 'm' }));
  const keys = keysToPlace(tied, 'new', 2);
  const placed = [...tied, { id: 'new', order: '' }].map(({ id, order }) => ({ id, order: keys.get(id) ?? order }));
  assert.deepEqual(placed.sort(byOrder).map(({ id }) => id), ['a', 'b', 'new', 'c', 'd']);
  // Each of the last two is put before the other, again and again, into a gap that gets narrower.
  let list = ['first', 'one', 'two'].map((id) => ({ id, order: id === 'first' ? 'a' : id === 'one' ? 'b' : 'c' }));
  let spread = 0;
  for (let round = 0; round < 1_000; round += 1) {
    const last = must(list.at(-1)).id;
    const fresh = keysToPlace(list.filter(({ id }) => id !== last), last, 1);
    spread += Number(fresh.size > 1);
    list = list.map(({ id, order }) => ({ id, order: fresh.get(id) ?? order })).sort(byOrder);
    assert.equal(list[1]?.id, last);
    assert.ok(list.every(({ order }) => order.length <= 64 && readOrderKey(order) === order));
  }
  assert.ok(spread > 0 && spread < 10);
});

test('a key that is none stands last', () => {
  assert.deepEqual(['a1', 'a10', '', '000', 'é', 7, null, 'x'.repeat(65)].map(readOrderKey), ['a1', 'a1', 'z', 'z', 'z', 'z', 'z', 'z']);
});

test('tags are made, described, grouped, moved, deleted and brought back', () => {
  const [ada, ben] = [must(replicas('ada', 'ben')[0]), must(replicas('ada', 'ben')[1])];
  const { m } = ada;
  assert.equal(tagging(m).createTag({ name: ' \n ' }), null);
  const irony = must(tagging(m).createTag({ name: '  Irony \n here ', description: 'said, not meant' }));
  const read = must(m.tags.value.find(({ id }) => id === irony));
  assert.deepEqual([read.name, read.description, read.hotKey, m.tags.value.length], ['Irony here', 'said, not meant', null, 11]);
  assert.ok(!m.tags.value.some(({ id, colour }) => id !== irony && colour === read.colour), 'a colour of its own');
  const [facts, law] = [must(tagging(m).createTagGroup('Facts')), must(tagging(m).createTagGroup('Law'))];
  tagging(m).moveTag(irony, { group: law, before: null });
  tagging(m).moveTag('tag-order', { group: law, before: irony });
  tagging(m).moveTag('tag-reasons', { group: facts, before: null });
  assert.deepEqual(m.tags.value.slice(-3).map(({ id, group }) => [id, group]), [['tag-reasons', facts], ['tag-order', law], [irony, law]]);
  tagging(m).moveTagGroup(law, facts);
  assert.deepEqual(m.tagGroups.value.map(({ name }) => name), ['Law', 'Facts']);
  assert.deepEqual(m.tags.value.slice(-3).map(({ id }) => id), ['tag-order', irony, 'tag-reasons']);
  assert.equal(tagging(m).editTag(irony, { name: '', description: '' }), true);
  assert.deepEqual(m.tags.value.find(({ id }) => id === irony)?.description, null);
  assert.equal(tagging(m).editTag('nothing', { name: 'x' }), false);
  assert.equal(tagging(m).moveTag('nothing', { group: null, before: null }), false);
  assert.equal(tagging(m).moveTagGroup('nothing', null), false);
  assert.equal(tagging(m).editTagGroup(facts, 'Fakten'), true);
  assert.deepEqual(m.tags.value.map(({ hotKey }) => hotKey), [...'1234567890', null]);
  assert.equal(tagging(m).deleteTag('tag-jurisdiction'), true);
  assert.equal(tagging(m).deleteTag('tag-jurisdiction'), false);
  assert.deepEqual(m.deletedTags.value.map(({ name }) => name), ['Jurisdiction']);
  exchange(ada, ben);
  assert.deepEqual(plain(contentsOf(ben.m)), plain(contentsOf(m)));
  for (let made = 0; made < 300; made += 1) {
    tagging(m).createTag({ name: `tag ${made}` });
  }
  assert.ok(m.tags.value.length <= 210);
  assert.equal(tagging(m).createTag({ name: 'one more' }), null);
});

function comment(id: string, parentId: string | null, createdAt: number): WrittenComment {
  return { id, parentId, highlightId: 'h', text: id, authorId: 'a', author: 'A', isImported: false, createdAt, editedAt: null };
}

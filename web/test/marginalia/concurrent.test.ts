import assert from 'node:assert/strict';
import { test } from 'node:test';

import { contentsOf } from '../../src/marginalia/contents.ts';
import { at, exchange, highlight, mark, must, plain, replicas, tagging } from './replicas.ts';
import type { Replica } from './replicas.ts';

/** Each claim must hold whichever of the two has the higher client id, since that decides who wins. */
function together(claim: string, run: (ada: Replica, ben: Replica) => void): void {
  for (const names of [['ada', 'ben'], ['ben', 'ada']]) {
    test(`${claim} (${names.join(' before ')})`, () => {
      const all = replicas(...names);
      const [ada, ben] = names[0] === 'ada' ? all : all.toReversed();
      run(must(ada), must(ben));
      exchange(...all);
      assert.deepEqual(plain(contentsOf(must(ada).m)), plain(contentsOf(must(ben).m)), 'both read the same');
    });
  }
}

together('two comments at once both survive', (ada, ben) => {
  const id = mark(ada.m, 'green');
  exchange(ada, ben);
  ada.m.addComment(id, "Ada's");
  ben.m.addComment(id, "Ben's");
  exchange(ada, ben);
  assert.deepEqual(ada.m.commentsOf(id).value.map(({ text }) => text).toSorted(), ["Ada's", "Ben's"]);
});

together('a comment on a highlight that another deletes is kept and returns with undo', (ada, ben) => {
  const id = mark(ada.m, 'green', 'tag-order');
  exchange(ada, ben);
  ben.m.deleteHighlight(id);
  const comment = must(ada.m.addComment(id, 'But why?'));
  exchange(ada, ben);
  for (const { doc, m } of [ada, ben]) {
    assert.equal(m.highlights.value.has(id), false);
    assert.equal(doc.getMap('comments').has(comment), true);
  }
  assert.equal(ben.m.undo(), true);
  exchange(ada, ben);
  for (const { m } of [ada, ben]) {
    assert.equal(highlight(m, id).authorId, 'id-ada');
    assert.equal(highlight(m, id).tag, 'tag-order');
    assert.deepEqual(m.order.value, [id]);
    assert.deepEqual(m.commentsOf(id).value.map(({ text }) => text), ['But why?']);
  }
});

together('a tag, a comment and a resolution at once all survive', (ada, ben) => {
  const id = mark(ada.m, 'green');
  exchange(ada, ben);
  ada.m.retag(id, 'tag-reasons');
  ben.m.resolve(id);
  ben.m.addComment(id, 'done');
  exchange(ada, ben);
  const read = highlight(ada.m, id);
  assert.deepEqual([read.tag, read.resolvedBy, ada.m.commentsOf(id).value.length], ['tag-reasons', 'ben', 1]);
});

together('of two tags at once one wins for both', (ada, ben) => {
  const id = mark(ada.m, 'green');
  exchange(ada, ben);
  ada.m.retag(id, 'tag-reasons');
  ben.m.retag(id, 'tag-order');
  exchange(ada, ben);
  assert.equal(highlight(ada.m, id).tag, highlight(ben.m, id).tag);
});

together('of two new places at once one wins whole, never half of each', (ada, ben) => {
  const id = mark(ada.m, 'amber');
  exchange(ada, ben);
  const start = at('amber').start;
  // Ada moves the end twice and Ben the start once: their offsets must not be mixed.
  ada.m.extend(id, start, start + 9);
  ada.m.extend(id, start, start + 15);
  ben.m.extend(id, start - 5, start + 5);
  exchange(ada, ben);
  const { place, target } = highlight(ada.m, id);
  assert.deepEqual(place, { start: target.start, end: target.end });
  assert.ok(['amber the night', 'been amber'].includes(target.quote), target.quote);
});

together('a highlight keeps the tag that another deletes, and is shown with it when it is back', (ada, ben) => {
  const tag = must(tagging(ada.m).createTag({ name: 'Irony' }));
  const id = mark(ada.m, 'green');
  exchange(ada, ben);
  tagging(ada.m).deleteTag(tag);
  ben.m.retag(id, tag);
  exchange(ada, ben);
  for (const { m } of [ada, ben]) {
    assert.equal(m.highlights.value.size, 1);
    assert.equal(m.tagOf(highlight(m, id)), null);
    assert.deepEqual(m.deletedTags.value.map(({ name }) => name), ['Irony']);
  }
  assert.equal(tagging(ben.m).restoreTag(tag), true);
  exchange(ada, ben);
  assert.equal(ada.m.tagOf(highlight(ada.m, id))?.name, 'Irony');
});

together('a tag that one renames while another deletes it is deleted, and has its new name when it is back', (ada, ben) => {
  const tag = must(tagging(ada.m).createTag({ name: 'Irony' }));
  exchange(ada, ben);
  tagging(ada.m).deleteTag(tag);
  tagging(ben.m).editTag(tag, { name: 'Sarcasm' });
  exchange(ada, ben);
  assert.equal(ada.m.tags.value.some(({ id }) => id === tag), false);
  ada.m.undo();
  exchange(ada, ben);
  assert.equal(ben.m.tags.value.find(({ id }) => id === tag)?.name, 'Sarcasm');
});

together('two who move different tags to one place both succeed, in the same order for both', (ada, ben) => {
  tagging(ada.m).moveTag('tag-order', { group: null, before: 'tag-legal_issues' });
  tagging(ben.m).moveTag('tag-decision', { group: null, before: 'tag-legal_issues' });
  exchange(ada, ben);
  const ids = ada.m.tags.value.map(({ id }) => id);
  assert.deepEqual(ids.slice(3, 6).toSorted(), ['tag-decision', 'tag-legal_issues', 'tag-order']);
  assert.equal(ids[5], 'tag-legal_issues');
  assert.deepEqual(ben.m.tags.value.map(({ id }) => id), ids);
  // Their keys are equal; there is still a place between them.
  assert.equal(tagging(ada.m).moveTag('tag-reflection', { group: null, before: must(ids[4]) }), true);
  exchange(ada, ben);
  assert.deepEqual(ben.m.tags.value.map(({ id }) => id).slice(3, 7), [ids[3], 'tag-reflection', ids[4], 'tag-legal_issues']);
});

together('two who move one tag agree on where it is', (ada, ben) => {
  tagging(ada.m).moveTag('tag-order', { group: null, before: 'tag-jurisdiction' });
  tagging(ben.m).moveTag('tag-order', { group: null, before: 'tag-decision' });
  exchange(ada, ben);
  assert.equal(ada.m.tags.value.length, 10);
  assert.deepEqual(ada.m.tags.value, ben.m.tags.value);
});

together('two who change one tag that nobody had changed make one tag of it, not two', (ada, ben) => {
  tagging(ada.m).editTag('tag-order', { name: 'Orders' });
  tagging(ben.m).deleteTag('tag-order');
  exchange(ada, ben);
  const shown = ada.m.tags.value.filter(({ id }) => id === 'tag-order');
  const deleted = ada.m.deletedTags.value.filter(({ id }) => id === 'tag-order');
  assert.equal(shown.length + deleted.length, 1);
});

together('a tag that one puts into a group while another deletes the group is shown without one', (ada, ben) => {
  const group = must(tagging(ada.m).createTagGroup('Facts'));
  exchange(ada, ben);
  tagging(ada.m).deleteTagGroup(group);
  tagging(ben.m).moveTag('tag-order', { group, before: null });
  exchange(ada, ben);
  assert.equal(ada.m.tags.value.find(({ id }) => id === 'tag-order')?.group, null);
  assert.deepEqual(ada.m.tagGroups.value, []);
  ada.m.undo();
  exchange(ada, ben);
  assert.equal(ben.m.tags.value.find(({ id }) => id === 'tag-order')?.group, group);
});

together('a reply to a comment that another deletes stays', (ada, ben) => {
  const id = mark(ada.m, 'green');
  const first = must(ada.m.addComment(id, 'first'));
  exchange(ada, ben);
  ada.m.deleteComment(first);
  ben.m.addComment(id, 'reply', first);
  exchange(ada, ben);
  assert.deepEqual(ada.m.commentsOf(id).value.map(({ text, depth, parentId }) => [text, depth, parentId]), [['reply', 0, null]]);
  ada.m.undo();
  exchange(ada, ben);
  assert.deepEqual(ben.m.commentsOf(id).value.map(({ text, depth }) => [text, depth]), [['first', 0], ['reply', 1]]);
});

together('three who highlight the same words have three highlights, in one order', (ada, ben) => {
  const eve = must(replicas('eve')[0]);
  eve.doc.clientID = 9;
  const all = [ada, ben, eve];
  const ids = all.map(({ m }) => mark(m, 'green'));
  exchange(...all);
  exchange(...all);
  for (const { m } of all) {
    assert.deepEqual(m.order.value.toSorted(), ids.toSorted());
    assert.deepEqual(m.order.value, ada.m.order.value);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { contentsOf } from '../../src/marginalia/contents.ts';
import { EVERYTHING, NO_TAG, matches } from '../../src/marginalia/filter.ts';
import type { Filter } from '../../src/marginalia/filter.ts';
import { FoldedText, fold, foldQuery } from '../../src/marginalia/folding.ts';
import { peopleOf, tagCounts } from '../../src/marginalia/statistics.ts';
import { exchange, highlight, mark, must, replicas, seeded, tagging } from './replicas.ts';

test('a filter asks for tags, a person, mine, and what is unresolved, all at once', () => {
  const { m, ids: [green, amber, costs], found } = scene();
  assert.deepEqual(found({}), [green, amber, costs]);
  assert.deepEqual(found({ tags: new Set(['tag-order']) }), [green]);
  assert.deepEqual(found({ tags: new Set(['tag-order', NO_TAG]) }), [green, costs]);
  assert.deepEqual(found({ mine: true }), [green, amber], 'made by me, or commented on by me');
  assert.deepEqual(found({ person: 'id-ben' }), [green, amber]);
  assert.deepEqual(found({ unresolved: true }), [green, amber]);
  assert.deepEqual(found({ unresolved: true, tags: new Set(['tag-order']), query: 'LAMP' }), [green]);
  tagging(m).deleteTag('tag-order');
  assert.deepEqual(found({ tags: new Set([NO_TAG]) }), [green, costs], 'a deleted tag is shown as none');
});

test('a search looks into quotes and comments and minds neither capitals nor accents nor curly quotes', () => {
  const { ids: [green, amber, costs], found } = scene();
  assert.deepEqual(found({ query: ' GREEN ' }), [green]);
  assert.deepEqual(found({ query: 'lamp' }), [green]);
  assert.deepEqual(found({ query: 'cafe "au' }), [amber]);
  assert.deepEqual(found({ query: 'strasse' }), [amber]);
  assert.deepEqual(found({ query: 'with   costs' }), [costs]);
  assert.deepEqual(found({ query: 'nowhere' }), []);
  assert.deepEqual(found({ query: ' \u0301 ' }), [green, amber, costs], 'nothing is asked for');
});

test('words are found in the text where they stand, whole characters with their accents', () => {
  const text = 'Cafe\u0301 — «Straße» 🌊 𝔊reen ﬁsh; CAFÉ';
  const searched = new FoldedText(text);
  const found = (query: string): string[] => searched.find(query).map(({ start, end }) => text.slice(start, end));
  assert.deepEqual(found('café'), ['Cafe\u0301', 'CAFÉ']);
  assert.deepEqual(found('strasse'), ['Straße']);
  assert.deepEqual(found('stras'), ['Straß'], 'no half characters');
  assert.deepEqual(found('- "strasse"'), ['— «Straße»']);
  assert.deepEqual(found('🌊'), ['🌊']);
  assert.deepEqual(found('green fish'), ['𝔊reen ﬁsh']);
  assert.deepEqual(new FoldedText('one\ntwo ~three').find('one two ~three'), [{ start: 0, end: 14 }]);
  assert.deepEqual(found('  '), []);
  assert.equal(new FoldedText('a'.repeat(5_000)).find('a').length, 2_000);
  assert.deepEqual(new FoldedText('ß…').find('s').concat(new FoldedText('ß…').find('.')), [{ start: 0, end: 1 }, { start: 1, end: 2 }], 'a character once');
  assert.deepEqual(new FoldedText('ΟΔΟΣ οδος').find('οδός').length, 2);
});

test('whatever is cut out of a text is found in it', () => {
  const random = seeded(21);
  const alphabet = ['a', '~', 'É', 'ß', ' ', '\n', '🌊', 'e\u0301', '’', '—', 'ﬁ', '\u00ad', 'İ', 'Σ'];
  for (let round = 0; round < 500; round += 1) {
    const pieces = Array.from({ length: 40 }, () => must(alphabet[random(alphabet.length)]));
    const from = random(35);
    const query = pieces.slice(from, from + 1 + random(5)).join('');
    if (foldQuery(query) === '' || foldQuery(query) !== fold(query)) {
      continue;
    }
    const start = pieces.slice(0, from).join('').length;
    const text = pieces.join('');
    const places = new FoldedText(text).find(query);
    assert.ok(places.some((place) => place.start <= start && start < place.end) || places.some((place) => fold(text.slice(place.start, place.end)) === fold(query)));
    assert.ok(places.every((place) => text.slice(place.start, place.end).isWellFormed()));
  }
});

test('a text folds as each of its characters does by itself', () => {
  const random = seeded(11);
  const characters = [...'aZ ~\t\n\u0000é\u0301ẞßΣςİıﬁ“’…—\u00a0\u2028\u200b𝒜🙂Ǆǆ'];
  for (let round = 0; round < 2_000; round += 1) {
    const text = Array.from({ length: 12 }, () => must(characters[random(characters.length)])).join('');
    assert.equal(fold(text), [...text].map(fold).join(''), JSON.stringify(text));
  }
});

test('a long text is found the same words in, folded in pieces', async () => {
  const random = seeded(22);
  const alphabet = ['harbour ', 'É', 'ß', '\n', '🌊', 'e\u0301', '— ', '𝔊', 'pilot '];
  const text = Array.from({ length: 60_000 }, () => must(alphabet[random(alphabet.length)])).join('');
  let pauses = 0;
  const inPieces = await FoldedText.inPieces(text, () => Promise.resolve(void (pauses += 1)));
  assert.ok(pauses > 5, `${pauses} pauses in ${text.length} units`);
  for (const query of ['harbour pilot', 'é', 'ss', '🌊', 'g', '- g']) {
    const places = inPieces.find(query, 100_000);
    assert.ok(places.length > 100);
    assert.deepEqual(places, new FoldedText(text).find(query, 100_000), query);
    assert.ok(places.every(({ start, end }) => text.slice(start, end).isWellFormed()));
  }
});

test('people are counted under the name that they used last, and tags by highlights', () => {
  const { m } = scene();
  m.me = { id: 'id-ada', name: 'Ada L.' };
  m.addComment(must(m.order.value[0]), 'renamed');
  assert.deepEqual(peopleOf(contentsOf(m)), [
    { id: 'id-ada', name: 'Ada L.', isImported: false, highlights: 1, comments: 2 },
    { id: 'id-ben', name: 'ben', isImported: false, highlights: 1, comments: 1 },
    { id: 'id-eve', name: 'eve', isImported: false, highlights: 1, comments: 0 },
  ]);
  assert.deepEqual([...tagCounts(contentsOf(m))].toSorted(), [['', 1], ['tag-order', 1], ['tag-reasons', 1]]);
});

/** Ada's page with three highlights by three people. */
function scene() {
  const [ada, ben, eve] = replicas('ada', 'ben', 'eve');
  const all = [must(ada), must(ben), must(eve)];
  const green = mark(all[0]!.m, 'green', 'tag-order');
  const amber = mark(all[1]!.m, 'amber', 'tag-reasons');
  const costs = mark(all[2]!.m, 'with costs');
  exchange(...all);
  all[1]!.m.addComment(green, 'or a lamp?');
  all[0]!.m.addComment(amber, 'As in the Café “au Phare”, Straße 4');
  all[2]!.m.resolve(costs);
  exchange(...all);
  const { m } = all[0]!;
  const found = (asked: Partial<Filter>): string[] => {
    const tags = new Set(m.tags.value.map(({ id }) => id));
    return m.order.value.filter((id) => (
      matches(highlight(m, id), m.commentsOf(id).value, { ...EVERYTHING, ...asked }, m.me, (tag) => tags.has(tag))
    ));
  };
  return { m, ids: [green, amber, costs] as const, found };
}

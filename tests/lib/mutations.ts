// Random edits on a Yjs document: text with surrogates and formats, nested maps, arrays, XML, and deletions of each.

import * as Y from 'yjs';

import { roots } from './documents.ts';
import type { Random } from './random.ts';

const words = ['a', 'lex ', 'é', '😀', '𝒳𝒴', '漢字', 'e\u0301', '\n', 'x'.repeat(40), '👩‍👩‍👧'];
const values = [true, null, 0, -1.5, 2 ** 40, 'text', '😀', { deep: [1, { er: 'x' }] }, [1, 'two', null]];

type Mutation = (doc: Y.Doc, random: Random, user: string) => void;

const mutations: readonly Mutation[] = [
  insertText,
  insertText,
  insertText,
  deleteText,
  formatText,
  addHighlight,
  changeHighlight,
  removeHighlight,
  insertIntoList,
  removeFromList,
  insertElement,
  changeElement,
  removeElement,
];

/** Makes one random edit of somebody, in one transaction; it may turn out to change nothing when there is nothing to change. */
export function mutate(doc: Y.Doc, random: Random, user: string): void {
  doc.transact(() => random.pick(mutations)(doc, random, user));
}

/** A place in the text where an editor's cursor can be. */
function placeIn(text: Y.Text, random: Random): number {
  return betweenCharacters(text, random.below(text.length + 1));
}

/**
 * The nearest place at or before `place` that does not lie within a surrogate pair. No editor cuts one in two; Yjs and
 * the room survive it (there is a test for that), but pycrdt 0.14 is left with a document that it cannot encode.
 */
function betweenCharacters(text: Y.Text, place: number): number {
  const isWithin = place > 0 && isHighSurrogate(text.toString().charCodeAt(place - 1));
  return isWithin ? place - 1 : place;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function insertText(doc: Y.Doc, random: Random): void {
  const text = roots.notes(doc);
  text.insert(placeIn(text, random), random.pick(words));
}

function deleteText(doc: Y.Doc, random: Random): void {
  const text = roots.notes(doc);
  const [from, to] = [placeIn(text, random), placeIn(text, random)].sort((left, right) => left - right);
  if (from !== undefined && to !== undefined) {
    const end = betweenCharacters(text, Math.min(to, from + 60));
    if (from < end) {
      text.delete(from, end - from);
    }
  }
}

function formatText(doc: Y.Doc, random: Random): void {
  const text = roots.notes(doc);
  const [from, to] = [placeIn(text, random), placeIn(text, random)].sort((left, right) => left - right);
  if (from !== undefined && to !== undefined && from < to) {
    text.format(from, to - from, { bold: random.chance(1, 2) ? true : null });
  }
}

function addHighlight(doc: Y.Doc, random: Random, user: string): void {
  const highlight = new Y.Map<unknown>();
  highlight.set('author_id', user);
  highlight.set('start', random.below(1000));
  highlight.set('quote', random.pick(words));
  const tags = new Y.Array<unknown>();
  tags.push([random.pick(values)]);
  highlight.set('tags', tags);
  roots.highlights(doc).set(`h${random.below(12)}`, highlight);
}

function changeHighlight(doc: Y.Doc, random: Random): void {
  const highlights = roots.highlights(doc);
  const ids = [...highlights.keys()].sort();
  if (ids.length > 0) {
    const highlight = highlights.get(random.pick(ids));
    if (highlight instanceof Y.Map) {
      highlight.set(random.pick(['tag', 'start', 'note']), random.pick(values));
    }
  }
}

function removeHighlight(doc: Y.Doc, random: Random): void {
  const highlights = roots.highlights(doc);
  const ids = [...highlights.keys()].sort();
  if (ids.length > 0) {
    highlights.delete(random.pick(ids));
  }
}

function insertIntoList(doc: Y.Doc, random: Random): void {
  const list = roots.list(doc);
  const value = random.pick(values);
  const nested = new Y.Array<unknown>();
  nested.push([value]);
  list.insert(random.below(list.length + 1), [random.chance(1, 4) ? nested : value]);
}

function removeFromList(doc: Y.Doc, random: Random): void {
  const list = roots.list(doc);
  if (list.length > 0) {
    const from = random.below(list.length);
    list.delete(from, Math.min(1 + random.below(3), list.length - from));
  }
}

function insertElement(doc: Y.Doc, random: Random): void {
  const page = roots.page(doc);
  const element = new Y.XmlElement(random.pick(['p', 'em', 'li']));
  element.setAttribute('n', String(random.below(100)));
  element.insert(0, [new Y.XmlText(random.pick(words))]);
  page.insert(random.below(page.length + 1), [element]);
}

function changeElement(doc: Y.Doc, random: Random): void {
  const element = anElement(doc, random);
  if (element !== undefined) {
    const first = element.length > 0 ? element.get(0) : undefined;
    if (first instanceof Y.XmlText && random.chance(1, 2)) {
      first.insert(first.length, random.pick(words));
    } else {
      element.setAttribute(random.pick(['n', 'class']), random.pick(words));
    }
  }
}

function removeElement(doc: Y.Doc, random: Random): void {
  const page = roots.page(doc);
  if (page.length > 0) {
    page.delete(random.below(page.length), 1);
  }
}

function anElement(doc: Y.Doc, random: Random): Y.XmlElement | undefined {
  const page = roots.page(doc);
  const child = page.length > 0 ? page.get(random.below(page.length)) : undefined;
  return child instanceof Y.XmlElement ? child : undefined;
}

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as Y from 'yjs';

import type { Selection } from '../../src/page/notes/change.ts';
import { NotesBinding, shownText } from '../../src/page/notes/notes_binding.ts';
import type { TextField } from '../../src/page/notes/notes_binding.ts';

test('what is typed reaches the others, and what they type reaches the field', () => {
  const { mine, theirs, field } = pair('The light is green.');
  field.type(13, 18, 'amber');
  assert.equal(theirs.toString(), 'The light is amber.');
  theirs.insert(0, '🌊 ');
  assert.equal(field.text(), '🌊 The light is amber.');
  assert.equal(mine.toString(), field.text());
});

test('the caret stays between the same letters while others write', () => {
  const { theirs, field } = pair('one two three');
  field.select(7, 7);
  theirs.insert(0, 'zero ');
  assert.deepEqual(field.selection(), { start: 12, end: 12, direction: 'none' });
  theirs.delete(0, 9);
  assert.equal(field.text(), 'two three');
  assert.deepEqual(field.selection(), { start: 3, end: 3, direction: 'none' });
});

test('replacing one astral character by its neighbour leaves no broken half anywhere', () => {
  const { theirs, field } = pair('a😀b');
  field.type(1, 3, '😁');
  assert.equal(theirs.toString(), 'a😁b');
});

test('while an input method composes, the field is left alone and both sides are joined afterwards', () => {
  const { mine, theirs, field } = pair('sea ');
  field.compose(true);
  field.type(4, 4, 'つ');
  theirs.insert(0, 'the ');
  assert.equal(field.text(), 'sea つ');
  field.type(4, 5, '津波');
  theirs.insert(theirs.length, '.');
  field.compose(false);
  assert.equal(mine.toString(), 'the sea 津波.');
  assert.equal(field.text(), 'the sea 津波.');
  assert.equal(theirs.toString(), 'the sea 津波.');
  assert.equal(field.selection().end, 10);
});

test('undo takes back what was typed here and nothing that others wrote', () => {
  const { theirs, field } = pair('');
  field.type(0, 0, 'mine');
  theirs.insert(4, ' theirs');
  field.history('undo');
  assert.equal(field.text(), ' theirs');
  field.history('redo');
  assert.equal(theirs.toString(), 'mine theirs');
});

test('a text that other clients wrote with carriage returns and objects is read without being rewritten', () => {
  const { mine, theirs, field } = pair('');
  theirs.insert(0, 'a\r\nb\rc');
  theirs.insertEmbed(6, { image: 'x' });
  theirs.insert(7, 'd');
  assert.deepEqual(Y.encodeStateVector(docOf(mine)), Y.encodeStateVector(docOf(theirs)));
  assert.deepEqual([...Y.decodeStateVector(Y.encodeStateVector(docOf(mine))).keys()], [docOf(theirs).clientID]);
  assert.equal(field.text().length, mine.length);
  assert.equal(field.text(), 'a\u200B\nb\nc\uFFFCd');
  field.type(8, 8, '!');
  assert.equal(theirs.toString(), 'a\r\nb\rcd!');
  assert.equal(shownText(mine), field.text());
});

test('any mixture of typing on both sides ends alike on both', () => {
  const { mine, theirs, field } = pair('The bar cannot be seen from the quay. 🌊😀𝑝');
  let state = 11;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let round = 0; round < 2_000; round += 1) {
    const at = boundary(field.text(), random(field.text().length + 1));
    if (random(3) === 0) {
      theirs.insert(boundary(theirs.toString(), random(theirs.length + 1)), ['x', '😁', '\n'][random(3)] ?? '');
    } else {
      const end = boundary(field.text(), Math.min(field.text().length, at + random(4)));
      field.type(Math.min(at, end), Math.max(at, end), ['', 'ab', '🌊', ' '][random(4)] ?? '');
    }
    assert.equal(field.text(), mine.toString());
    assert.equal(mine.toString(), theirs.toString());
    assert.ok(field.text().isWellFormed());
  }
});

/** A field that is typed into by the test, as a browser's would be. */
class FieldOfTest implements TextField {
  #text = '';
  #selection: Selection = { start: 0, end: 0, direction: 'none' };
  #edited: () => void = () => {};
  #composing: (isComposing: boolean) => void = () => {};
  #history: (step: 'undo' | 'redo') => void = () => {};

  release(): void {}

  text(): string {
    return this.#text;
  }

  selection(): Selection {
    return this.#selection;
  }

  show(text: string, selection: Selection): void {
    this.#text = text;
    this.#selection = selection;
  }

  onEdited(listener: () => void): void {
    this.#edited = listener;
  }

  onComposing(listener: (isComposing: boolean) => void): void {
    this.#composing = listener;
  }

  onHistory(listener: (step: 'undo' | 'redo') => void): void {
    this.#history = listener;
  }

  select(start: number, end: number): void {
    this.#selection = { start, end, direction: 'none' };
  }

  type(start: number, end: number, text: string): void {
    this.#text = this.#text.slice(0, start) + text + this.#text.slice(end);
    this.select(start + text.length, start + text.length);
    this.#edited();
  }

  compose(isComposing: boolean): void {
    this.#composing(isComposing);
  }

  history(step: 'undo' | 'redo'): void {
    this.#history(step);
  }
}

/** Two replicas that exchange every update at once, mine with a field. */
function pair(start: string): { mine: Y.Text; theirs: Y.Text; field: FieldOfTest } {
  const [a, b] = [new Y.Doc(), new Y.Doc()];
  a.on('update', (update: Uint8Array, origin: unknown) => origin !== 'wire' && Y.applyUpdate(b, update, 'wire'));
  b.on('update', (update: Uint8Array, origin: unknown) => origin !== 'wire' && Y.applyUpdate(a, update, 'wire'));
  const mine = a.getText('notes');
  mine.insert(0, start);
  const field = new FieldOfTest();
  const origin = Symbol('typing');
  new NotesBinding(mine, field, new Y.UndoManager(mine, { trackedOrigins: new Set([origin]) }), origin);
  return { mine, theirs: b.getText('notes'), field };
}

function docOf(text: Y.Text): Y.Doc {
  assert.ok(text.doc !== null);
  return text.doc;
}

/** The offset itself, or the one before if it would split a surrogate pair. */
function boundary(text: string, offset: number): number {
  return text.slice(0, offset).isWellFormed() ? offset : offset - 1;
}

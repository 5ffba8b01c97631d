import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Drafts } from '../../src/marginalia/drafts.ts';
import type { DraftStorage } from '../../src/marginalia/drafts.ts';
import { forgetDraftsOf, forgetOldDrafts } from '../../src/marginalia/old_drafts.ts';
import { clock } from './replicas.ts';

const ON_H = { kind: 'comment', id: 'h' } as const;

test('a draft survives a reload until it is posted or emptied', () => {
  const storage = new StorageOfTest();
  drafts(storage).write(ON_H, 'half a sent');
  assert.equal(drafts(storage).read(ON_H), 'half a sent');
  assert.equal(drafts(storage).read({ kind: 'reply', id: 'h' }), '');
  drafts(storage).forget(ON_H);
  assert.equal(drafts(storage).read(ON_H), '');
  drafts(storage).write(ON_H, 'again');
  drafts(storage).write(ON_H, ' \n');
  assert.equal(storage.length, 0, 'nothing is left behind');
});

test('nobody sees the drafts of another person or of another case, whatever they are called', () => {
  const storage = new StorageOfTest();
  drafts(storage, 'a/b', 'c').write(ON_H, 'mine');
  for (const [user, caseId] of [['a', 'b/c'], ['a', 'c'], ['a/b', 'd'], ['a%2Fb', 'c']] as const) {
    assert.equal(drafts(storage, user, caseId).read(ON_H), '');
  }
  drafts(storage, 'a', 'c').write(ON_H, 'another');
  forgetDraftsOf(storage, 'a');
  assert.equal(drafts(storage, 'a', 'c').read(ON_H), '');
  assert.equal(drafts(storage, 'a/b', 'c').read(ON_H), 'mine');
});

test('all that is half-written about some things is told, stored or not', () => {
  const [stored, unstored] = [drafts(new StorageOfTest()), drafts(null)];
  for (const each of [stored, unstored]) {
    each.write(ON_H, 'a comment');
    each.write({ kind: 'reply', id: 'c' }, 'a reply');
    each.write({ kind: 'comment', id: 'h2' }, 'elsewhere');
    assert.deepEqual(each.about(['h', 'c', 'x']), ['a comment', 'a reply']);
    assert.deepEqual(each.about([]), []);
  }
});

test('two tabs keep their drafts beside each other', () => {
  const storage = new StorageOfTest();
  const [one, two] = [drafts(storage), drafts(storage)];
  one.write(ON_H, 'from one');
  two.write({ kind: 'edit', id: 'c' }, 'from two');
  one.write({ kind: 'reply', id: 'c' }, 'more');
  assert.deepEqual([two.read(ON_H), one.read({ kind: 'edit', id: 'c' })], ['from one', 'from two']);
});

test('where the browser stores nothing, drafts live as long as the page', () => {
  for (const storage of [null, new StorageOfTest(true)]) {
    const page = drafts(storage);
    page.write(ON_H, 'half');
    page.write(ON_H, 'half a sentence');
    assert.equal(page.read(ON_H), 'half a sentence');
    page.forget(ON_H);
    assert.equal(page.read(ON_H), '');
  }
});

test('drafts are bounded in number and in size, and the oldest goes first', () => {
  const storage = new StorageOfTest();
  const page = drafts(storage);
  for (let index = 0; index < 60; index += 1) {
    page.write({ kind: 'comment', id: `h${index}` }, `words ${index}`);
  }
  assert.equal(page.read({ kind: 'comment', id: 'h9' }), '');
  assert.equal(page.read({ kind: 'comment', id: 'h10' }), 'words 10');
  for (let index = 0; index < 10; index += 1) {
    page.write({ kind: 'comment', id: `long${index}` }, 'x'.repeat(30_000));
  }
  assert.equal(page.read({ kind: 'comment', id: 'long9' }).length, 20_000);
  assert.equal(page.read({ kind: 'comment', id: 'long5' }).length, 20_000);
  assert.equal(page.read({ kind: 'comment', id: 'long4' }), '');
  assert.ok(storage.units() < 120_000);
});

test('what is stored and is no draft is no error', () => {
  for (const stored of ['', '{', 'null', '[]', '7', '"x"', '{"comment:h":null}', '{"comment:h":{"text":7,"at":1}}', '{"comment:h":"x"}']) {
    const storage = new StorageOfTest();
    storage.setItem('glossator.drafts.u/c', stored);
    const page = drafts(storage);
    assert.equal(page.read(ON_H), '');
    page.write(ON_H, 'new');
    assert.equal(page.read(ON_H), 'new');
  }
});

test('after half a year drafts are forgotten, those of all cases', () => {
  const storage = new StorageOfTest();
  drafts(storage, 'u', 'old', Date.UTC(2025, 0, 1)).write(ON_H, 'old');
  drafts(storage, 'u', 'new', Date.UTC(2025, 11, 1)).write(ON_H, 'new');
  storage.setItem('something else', '{}');
  forgetOldDrafts(storage, Date.UTC(2026, 0, 1));
  assert.equal(storage.getItem('glossator.drafts.u/old'), null);
  assert.notEqual(storage.getItem('glossator.drafts.u/new'), null);
  assert.equal(storage.getItem('something else'), '{}');
});

function drafts(storage: DraftStorage | null, user = 'u', caseId = 'c', now = Date.UTC(2026, 0, 1)): Drafts {
  return new Drafts(storage, { user, caseId }, clock(now));
}

class StorageOfTest implements DraftStorage {
  readonly #items = new Map<string, string>();
  readonly #refuses: boolean;

  constructor(refuses = false) {
    this.#refuses = refuses;
  }

  get length(): number {
    this.#fail();
    return this.#items.size;
  }

  key(index: number): string | null {
    this.#fail();
    return [...this.#items.keys()][index] ?? null;
  }

  getItem(name: string): string | null {
    this.#fail();
    return this.#items.get(name) ?? null;
  }

  setItem(name: string, value: string): void {
    this.#fail();
    this.#items.set(name, value);
  }

  removeItem(name: string): void {
    this.#fail();
    this.#items.delete(name);
  }

  units(): number {
    return [...this.#items.values()].reduce((sum, value) => sum + value.length, 0);
  }

  #fail(): void {
    if (this.#refuses) {
      throw new DOMException('no', 'SecurityError');
    }
  }
}

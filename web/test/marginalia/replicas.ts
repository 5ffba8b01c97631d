// Several replicas of one document, each with its own page's view of it, which exchange updates when the test says so.

import { effect } from '@preact/signals';
import * as Y from 'yjs';

import { Marginalia } from '../../src/marginalia/marginalia.ts';
import { TagCommands } from '../../src/marginalia/tag_commands.ts';
import type { Contents, Highlight } from '../../src/marginalia/model.ts';
import { anchor } from '../../src/text/anchor.ts';

/** Three paragraphs, with characters beyond the first plane. */
export const TEXT = [
  'The light over the bar was green, and the pilot 🌊 took it for a lamp on the quay.',
  'It had been amber the night before. The pilot did not ask; nobody asked. The sea is patient.',
  'We would dismiss the appeal with costs. The light is not a chart, and a pilot is not a passenger.',
].join('\n\n');

/** Ids are never used twice, whichever page made them. */
let made = 0;

export type Replica = { doc: Y.Doc; m: Marginalia };

export function page(doc: Y.Doc, name: string, text = TEXT, now: () => number = clock()): Marginalia {
  return new Marginalia(doc, {
    text,
    me: { id: `id-${name}`, name },
    anchor: (target) => anchor(target, text),
    paragraphAt: (offset) => String(text.slice(0, offset).split('\n\n').length),
    now,
    newId: () => `${name}-${(made += 1)}`,
  });
}

/** A clock that goes on by a second each time it is read. */
export function clock(start = Date.UTC(2026, 0, 5, 9)): () => number {
  let now = start;
  return () => (now += 1_000);
}

/** Replicas that know nothing of each other until `exchange`. Their client ids rise with the names given. */
export function replicas(...names: readonly string[]): Replica[] {
  return names.map((name, index) => {
    const doc = new Y.Doc();
    doc.clientID = index + 1;
    return { doc, m: page(doc, name) };
  });
}

/** Gives everybody everything. */
export function exchange(...all: readonly Replica[]): void {
  const states = all.map(({ doc }) => Y.encodeStateAsUpdate(doc));
  for (const { doc } of all) {
    for (const state of states) {
      Y.applyUpdate(doc, state, 'wire');
    }
  }
}

/** The commands about tags. */
export function tagging(m: Marginalia): TagCommands {
  return new TagCommands(m);
}

export function highlight(m: Marginalia, id: string): Highlight {
  const found = m.highlights.peek().get(id)?.peek();
  if (found === undefined) {
    throw new Error(`there is no highlight ${id}`);
  }
  return found;
}

/** Where words stand in the text, to be highlighted. */
export function at(words: string, text = TEXT): { start: number; end: number } {
  const start = text.indexOf(words);
  if (start < 0) {
    throw new Error(`the text has no ${words}`);
  }
  return { start, end: start + words.length };
}

/** A highlight of some words; fails if there is none. */
export function mark(m: Marginalia, words: string, tag: string | null = null): string {
  return must(m.createHighlight({ ...at(words, m.text), tag }));
}

export function must<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) {
    throw new Error('expected something');
  }
  return value;
}

/** Counts how often an effect runs that reads something, the first time not counted. */
export function runs(read: () => unknown): () => number {
  let count = -1;
  effect(() => {
    read();
    count += 1;
  });
  return () => count;
}

/** The read model as one plain value. */
export function plain(contents: Contents): unknown {
  return { ...contents, comments: Object.fromEntries(contents.comments) };
}

/** A seeded random source: whole numbers below a bound. */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

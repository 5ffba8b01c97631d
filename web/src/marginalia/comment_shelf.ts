// The comments as signals: one for each highlight that somebody has asked about, with its thread in order.

import { signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type * as Y from 'yjs';

import type { Comment } from './model.ts';
import { keepSame } from './same.ts';
import { readComment } from './schema.ts';
import type { WrittenComment } from './schema.ts';
import { threadOf } from './threads.ts';

export class CommentShelf {
  readonly #written = new Map<string, WrittenComment>();
  readonly #byHighlight = new Map<string, Map<string, WrittenComment>>();
  readonly #threads = new Map<string, Signal<readonly Comment[]>>();

  /** The thread of a highlight; always the same signal, even if the highlight goes and comes back. */
  of(highlightId: string): ReadonlySignal<readonly Comment[]> {
    let thread = this.#threads.get(highlightId);
    if (thread === undefined) {
      thread = signal(this.#threadOf(highlightId));
      this.#threads.set(highlightId, thread);
    }
    return thread;
  }

  /** One comment as written, whether its highlight is there or not. */
  written(id: string): WrittenComment | null {
    return this.#written.get(id) ?? null;
  }

  /** Reads the entries with these ids again. Call it within a batch. */
  read(root: Y.Map<unknown>, ids: Iterable<string>): void {
    const touched = new Set<string>();
    for (const id of ids) {
      const before = this.#written.get(id);
      const after = readComment(root, id);
      if (before !== undefined) {
        touched.add(before.highlightId);
        this.#byHighlight.get(before.highlightId)?.delete(id);
        this.#written.delete(id);
      }
      if (after !== null) {
        touched.add(after.highlightId);
        this.#written.set(id, after);
        this.#siblings(after.highlightId).set(id, after);
      }
    }
    for (const highlightId of touched) {
      const thread = this.#threads.get(highlightId);
      if (thread !== undefined) {
        thread.value = keepSame(thread.peek(), this.#threadOf(highlightId));
      }
    }
  }

  /** Reads all of another document; threads keep their signals. */
  readAll(root: Y.Map<unknown>): void {
    this.read(root, new Set([...this.#written.keys(), ...root.keys()]));
  }

  #siblings(highlightId: string): Map<string, WrittenComment> {
    let siblings = this.#byHighlight.get(highlightId);
    if (siblings === undefined) {
      siblings = new Map();
      this.#byHighlight.set(highlightId, siblings);
    }
    return siblings;
  }

  #threadOf(highlightId: string): readonly Comment[] {
    return threadOf([...(this.#byHighlight.get(highlightId)?.values() ?? [])]);
  }
}

// Writing into a document: entries are nested maps, so that two people who change different fields at once both succeed.

import * as Y from 'yjs';

import { plainOf, presentable } from './fields.ts';
import { LABEL_CHARS_MAX } from './limits.ts';
import type { Me } from './model.ts';
import { rootsOf } from './schema.ts';
import type { RootName, Roots } from './schema.ts';

/** The origin of every transaction of a command. */
export const LOCAL = Symbol('a command of this page');

/** The fields of an entry; what is null is not written. */
export type Fields = Readonly<Record<string, string | number | boolean | null>>;

/** An entry to be written if there is none with its id. */
export type NewEntry = { readonly root: RootName; readonly id: string; readonly fields: Fields };

export class Pen {
  me: Me;
  readonly newId: () => string;
  readonly #now: () => number;
  #doc: Y.Doc;
  #roots: Roots;

  constructor(doc: Y.Doc, me: Me, now: () => number, newId: () => string) {
    this.me = me;
    this.newId = newId;
    this.#now = now;
    this.#doc = doc;
    this.#roots = rootsOf(doc);
  }

  get roots(): Roots {
    return this.#roots;
  }

  rebind(doc: Y.Doc): void {
    this.#doc = doc;
    this.#roots = rootsOf(doc);
  }

  /** Makes changes as one: one transaction, one step of undo, one frame. */
  write<T>(change: () => T): T {
    return this.#doc.transact(change, LOCAL);
  }

  /** Writes an entry that is not there yet. */
  add({ root, id, fields }: NewEntry): void {
    const written = Object.entries(fields).filter(([, value]) => value !== null);
    this.#roots[root].set(id, new Y.Map<unknown>(written));
  }

  /**
   * Changes fields of an entry, null removes one; every field that is named is written, even if it has that value already,
   * so that of two people who change the same fields at once one wins as a whole. Gives whether there is such an entry.
   */
  change(root: RootName, id: string, fields: Fields): boolean {
    return this.write(() => {
      const entry = this.#nested(root, id);
      for (const [name, value] of Object.entries(fields)) {
        if (value === null) {
          entry?.delete(name);
        } else {
          entry?.set(name, value);
        }
      }
      return entry !== null;
    });
  }

  remove(root: RootName, id: string): boolean {
    const isThere = this.#roots[root].has(id);
    if (isThere) {
      this.write(() => this.#roots[root].delete(id));
    }
    return isThere;
  }

  /** Who writes, and when: part of every entry that belongs to somebody. */
  signature(): { author_id: string; author: string; created_at: string } {
    return { author_id: this.me.id, author: presentable(this.me.name, LABEL_CHARS_MAX), created_at: this.moment() };
  }

  moment(): string {
    return new Date(this.#now()).toISOString();
  }

  now(): number {
    return this.#now();
  }

  /** The nested map of an entry. One that was written as a JSON value becomes one first, with everything that it held. */
  #nested(root: RootName, id: string): Y.Map<unknown> | null {
    const value = this.#roots[root].get(id);
    if (value instanceof Y.Map) {
      return value as Y.Map<unknown>;
    }
    const plain = plainOf(value);
    if (plain === null) {
      return null;
    }
    const nested = new Y.Map<unknown>(Object.entries(plain));
    this.#roots[root].set(id, nested);
    return nested;
  }
}

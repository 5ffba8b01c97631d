// What the page holds of a board: its document's roots as signals, and the commands that change them.
//
// Knows Yjs and signals, not the DOM. One transaction changes the signals once, and only those whose value changed. Who may
// do what is decided by the room; `may` only says what the page offers.

import { batch, computed, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import * as Y from 'yjs';

import { presentable } from '../marginalia/fields.ts';
import { LABEL_CHARS_MAX } from '../marginalia/limits.ts';
import type { Me } from '../marginalia/model.ts';
import { may, whoseIs } from '../marginalia/rights.ts';
import type { Deed, Role, Thing } from '../marginalia/rights.ts';
import { History } from '../marginalia/undo.ts';
import { COORDINATE_MAX, STICKIES_MAX, STICKY_TEXT_UNITS_MAX, STROKES_MAX } from './limits.ts';
import { placeOnBoard, readSticky, readStroke } from './model.ts';
import type { BoardColour, Place, Sticky, Stroke } from './model.ts';
import { simplified } from './points.ts';

/** The origin of every transaction of a command. */
const COMMAND = Symbol('a command of this page');

type Roots = { readonly stickies: Y.Map<unknown>; readonly strokes: Y.Map<unknown> };

export type BoardOptions = { readonly me: Me; readonly role: () => Role; readonly now?: () => number; readonly newId?: () => string };

export class Board {
  /** Undo and redo of commands. */
  readonly history = new History(COMMAND, 0);
  readonly me: Me;
  readonly #role: () => Role;
  readonly #now: () => number;
  readonly #newId: () => string;
  readonly #stickies = signal<ReadonlyMap<string, Signal<Sticky>>>(new Map());
  readonly #strokes = signal<ReadonlyMap<string, Stroke>>(new Map());
  #doc: Y.Doc;
  #roots: Roots;
  #unwatch: () => void;

  constructor(doc: Y.Doc, { me, role, now, newId }: BoardOptions) {
    this.me = me;
    this.#role = role;
    this.#now = now ?? Date.now;
    this.#newId = newId ?? (() => crypto.randomUUID());
    this.#doc = doc;
    this.#roots = rootsOf(doc);
    this.#bind();
    this.#unwatch = this.#watch();
  }

  /** Takes over another document of the same board; gives whether steps of undo were lost. */
  rebind(doc: Y.Doc): { undoWasLost: boolean } {
    this.#unwatch();
    this.#doc = doc;
    this.#roots = rootsOf(doc);
    const undoWasLost = this.#bind();
    this.#unwatch = this.#watch();
    return { undoWasLost };
  }

  /** Every note. The map changes only when one comes or goes; a note's signal is the same for as long as it is there. */
  get stickies(): ReadonlySignal<ReadonlyMap<string, ReadonlySignal<Sticky>>> {
    return this.#stickies;
  }

  get strokes(): ReadonlySignal<ReadonlyMap<string, Stroke>> {
    return this.#strokes;
  }

  /** Whether there is nothing on it. */
  readonly isEmpty = computed(() => this.#stickies.value.size + this.#strokes.value.size === 0);

  sticky(id: string): Sticky | null {
    return this.#stickies.peek().get(id)?.peek() ?? null;
  }

  may(deed: Deed, thing: Thing, authorId: unknown = this.me.id): boolean {
    return may(this.#role(), deed, thing, whoseIs(thing, authorId, this.me.id));
  }

  // Commands. Each is one transaction and one step of undo. They give the id of what was made, or whether there was
  // something to be changed.

  /** Null if the board has as many notes as it takes, of which some may be none that can be shown. */
  addSticky(place: Place, colour: BoardColour): string | null {
    if (this.#roots.stickies.size >= STICKIES_MAX) {
      return null;
    }
    const id = this.#newId();
    const fields = { text: '', ...placeOnBoard(place), z: this.#above(), colour, ...this.#signature() };
    this.#write(() => this.#roots.stickies.set(id, new Y.Map<unknown>(Object.entries(fields))));
    return id;
  }

  /** Puts a note somewhere else, before all others. */
  moveSticky(id: string, place: Place): boolean {
    const { x, y } = placeOnBoard(place);
    const { z } = this.sticky(id) ?? { z: 0 };
    return this.#change(id, { x, y, ...(z < this.#top() ? { z: this.#above() } : {}) });
  }

  writeSticky(id: string, text: string): boolean {
    return this.#change(id, { text: text.slice(0, STICKY_TEXT_UNITS_MAX) });
  }

  paintSticky(id: string, colour: BoardColour): boolean {
    return this.#change(id, { colour });
  }

  /** Takes notes and strokes away, in one step; gives how many there were. */
  remove(ids: Iterable<string>): number {
    return this.#write(() => {
      let count = 0;
      for (const id of ids) {
        for (const root of [this.#roots.stickies, this.#roots.strokes]) {
          if (root.has(id)) {
            root.delete(id);
            count += 1;
          }
        }
      }
      return count;
    });
  }

  /** Null if the board has as many strokes as it takes. */
  addStroke(points: readonly number[], width: number, colour: BoardColour): string | null {
    if (this.#roots.strokes.size >= STROKES_MAX || points.length < 2) {
      return null;
    }
    const id = this.#newId();
    const fields = { points: simplified(points), width, colour, ...this.#signature() };
    this.#write(() => this.#roots.strokes.set(id, new Y.Map<unknown>(Object.entries(fields))));
    return id;
  }

  #change(id: string, fields: Readonly<Record<string, string | number>>): boolean {
    const entry = this.#roots.stickies.get(id);
    if (!(entry instanceof Y.Map)) {
      return false;
    }
    const changed = Object.entries(fields).filter(([name, value]) => entry.get(name) !== value);
    if (changed.length > 0) {
      this.#write(() => changed.forEach(([name, value]) => entry.set(name, value)));
    }
    return true;
  }

  #write<T>(change: () => T): T {
    return this.#doc.transact(change, COMMAND);
  }

  #signature(): { author_id: string; author: string; created_at: string } {
    const author = presentable(this.me.name, LABEL_CHARS_MAX);
    return { author_id: this.me.id, author, created_at: new Date(this.#now()).toISOString() };
  }

  #top(): number {
    let top = 0;
    for (const sticky of this.#stickies.peek().values()) {
      top = Math.max(top, sticky.peek().z);
    }
    return top;
  }

  /** Before all others, as far as there are numbers for it: of notes with the same one the younger lies before the older. */
  #above(): number {
    return Math.min(this.#top() + 1, COORDINATE_MAX);
  }

  #bind(): boolean {
    return batch(() => {
      const { stickies, strokes } = this.#roots;
      this.#readStickies(new Set([...this.#stickies.peek().keys(), ...stickies.keys()]));
      this.#readStrokes(new Set([...this.#strokes.peek().keys(), ...strokes.keys()]));
      return this.history.bind([stickies, strokes]);
    });
  }

  #watch(): () => void {
    const { stickies, strokes } = this.#roots;
    const follow = (root: Y.Map<unknown>, read: (ids: ReadonlySet<string>) => void): (() => void) => {
      const observer = (events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): void => {
        const ids = events.flatMap(({ path, changes }) => (path[0] === undefined ? [...changes.keys.keys()] : [String(path[0])]));
        batch(() => read(new Set(ids)));
      };
      root.observeDeep(observer as Parameters<Y.Map<unknown>['observeDeep']>[0]);
      return () => root.unobserveDeep(observer as Parameters<Y.Map<unknown>['observeDeep']>[0]);
    };
    const ends = [follow(stickies, (ids) => this.#readStickies(ids)), follow(strokes, (ids) => this.#readStrokes(ids))];
    return () => ends.forEach((end) => end());
  }

  #readStickies(ids: ReadonlySet<string>): void {
    const before = this.#stickies.peek();
    const after = new Map(before);
    for (const id of ids) {
      const read = readSticky(this.#roots.stickies.get(id), id);
      const known = before.get(id);
      if (read === null) {
        after.delete(id);
      } else if (known === undefined) {
        after.set(id, signal(read));
      } else {
        known.value = read;
      }
    }
    if (after.size !== before.size || [...after.keys()].some((id) => !before.has(id))) {
      this.#stickies.value = after;
    }
  }

  #readStrokes(ids: ReadonlySet<string>): void {
    const after = new Map(this.#strokes.peek());
    for (const id of ids) {
      const read = readStroke(this.#roots.strokes.get(id), id);
      if (read === null) {
        after.delete(id);
      } else {
        after.set(id, read);
      }
    }
    this.#strokes.value = after;
  }
}

function rootsOf(doc: Y.Doc): Roots {
  return { stickies: doc.getMap('stickies'), strokes: doc.getMap('strokes') };
}

// Ties a shared text to a field that people type in. Knows Yjs' text and an abstract field, neither the DOM nor the wire.
//
// The field shows exactly as many UTF-16 units as the text holds, so offsets mean the same in both (see `shownText`).

import type * as Y from 'yjs';

import { carryChange, carrySelection, changeBetween, moveSelection } from './change.ts';
import type { Change, Selection, Step } from './change.ts';

/** A field of plain text, as the binding needs it. */
export interface TextField {
  text(): string;
  selection(): Selection;
  /** Shows another text and puts the selection where it belongs, without scrolling. */
  show(text: string, selection: Selection): void;
  /** Says that the person has changed the field. */
  onEdited(listener: () => void): void;
  /** Says that an input method has begun or ended to compose; while it does, the field must not be written to. */
  onComposing(listener: (isComposing: boolean) => void): void;
  /** Says that the person wants to undo or redo. */
  onHistory(listener: (step: 'undo' | 'redo') => void): void;
  /** Says nothing any more. */
  release(): void;
}

/** Where the steps are kept that can be taken back. */
export type NotesHistory = { undo(): void; redo(): void };

/** A shared text bound to a field. */
export class NotesBinding {
  readonly #text: Y.Text;
  readonly #field: TextField;
  readonly #origin: unknown;
  /** What the field showed when it and the text last agreed. */
  #agreed: string;
  /** What others did to the text while an input method was composing, to be shown afterwards. */
  #unshown: Step[][] = [];
  #isComposing = false;

  /**
   * Shows the text in the field and keeps both alike from then on. What is typed is written with `origin`, by which
   * `history` knows what to take back.
   */
  constructor(text: Y.Text, field: TextField, history: NotesHistory, origin: unknown) {
    this.#text = text;
    this.#field = field;
    this.#origin = origin;
    this.#agreed = shownText(text);
    field.show(this.#agreed, { start: 0, end: 0, direction: 'none' });
    text.observe(this.#observe);
    field.onEdited(() => this.#give());
    field.onComposing((isComposing) => {
      this.#isComposing = isComposing;
      this.#give();
    });
    field.onHistory((step) => {
      if (!this.#isComposing) {
        history[step]();
      }
    });
  }

  /** Lets go of both. */
  stop(): void {
    this.#text.unobserve(this.#observe);
    this.#field.release();
  }

  readonly #observe = (event: Y.YTextEvent, { origin }: Y.Transaction): void => {
    if (origin !== this.#origin) {
      this.#take(stepsOf(event));
    }
  };

  /** Puts what the person has typed into the text. */
  #give(): void {
    if (this.#isComposing) {
      return;
    }
    const typed = this.#field.text();
    const selection = this.#field.selection();
    const change = changeBetween(this.#agreed, typed, selection.end) ?? { at: selection.end, removed: 0, inserted: '' };
    const unshown = this.#unshown;
    this.#unshown = [];
    const carried = carryChange(change, unshown);
    if (carried.length > 0) {
      this.#write(carried);
    }
    this.#agreed = shownText(this.#text);
    if (this.#agreed !== typed) {
      this.#field.show(this.#agreed, carrySelection(selection, change, carried, unshown));
    }
  }

  #write(changes: readonly Change[]): void {
    this.#text.doc?.transact(() => {
      for (const { at, removed, inserted } of changes) {
        if (removed > 0) {
          this.#text.delete(at, removed);
        }
        if (inserted !== '') {
          this.#text.insert(at, inserted);
        }
      }
    }, this.#origin);
  }

  /** Shows what others have written. */
  #take(steps: Step[]): void {
    if (this.#isComposing) {
      this.#unshown.push(steps);
      return;
    }
    this.#agreed = shownText(this.#text);
    this.#field.show(this.#agreed, moveSelection(this.#field.selection(), steps));
  }
}

/**
 * What a field shows of a text: as many UTF-16 units as the text has.
 *
 * A field turns carriage returns into line feeds and knows no embedded objects, but other clients may write both. Each
 * is shown as one unit of its own, so that nobody's offsets shift and nothing is rewritten only because it was read.
 */
export function shownText(text: Y.Text): string {
  const pieces = text.toDelta() as readonly { insert: unknown }[];
  return pieces
    .map(({ insert }) => (typeof insert === 'string' ? insert : '\uFFFC'))
    .join('')
    .replaceAll('\r\n', '\u200B\n')
    .replaceAll('\r', '\n');
}

function stepsOf(event: Y.YTextEvent): Step[] {
  const steps: Step[] = [];
  for (const { retain, delete: removed, insert } of event.delta) {
    if (retain !== undefined) {
      steps.push({ retain });
    } else if (removed !== undefined) {
      steps.push({ remove: removed });
    } else if (insert !== undefined) {
      steps.push({ insert: typeof insert === 'string' ? insert.length : 1 });
    }
  }
  return steps;
}

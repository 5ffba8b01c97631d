// Selections of the reader in the text: when one is complete, and what a highlight of it would store.

import { selectorOf, type Selector, type Span } from './anchor.ts';
import { rectsOfUnit } from './hit.ts';
import { preparePresses } from './link_selection.ts';
import { CompletionRules, type Sign } from './selection_rules.ts';
import type { TextView } from './text_view.ts';

export type { CaretMode } from './caret_mode.ts';

/** How a selection was made: a toolbar for touch stands below the text and does not take the focus. */
export type SelectionManner = 'mouse' | 'touch' | 'keyboard';

/** A selection that is complete: what a highlight stores about its place, and where to show a toolbar. */
export type TextSelection = Selector & {
  readonly manner: SelectionManner;
  /** All of it, in the viewport's coordinates. */
  readonly rect: DOMRect;
  /** The character at the end that was moved last: where the hand is. */
  readonly focusRect: DOMRect;
};

export interface SelectionListener {
  /** The reader has made a selection and let go. Comes again when it is changed. */
  completed(selection: TextSelection): void;
  /** There is no selection in the text any more; only after `completed`. */
  cleared(): void;
  /** What is selected at this moment, at most once a frame; null for nothing. For presence. */
  moved(span: Span | null): void;
}

/**
 * Watches the document's selection. Selections outside of the text are none; and while a field is being written in, what
 * was selected before stays the selection, since some browsers drop it then.
 */
export class SelectionWatcher {
  readonly #view: TextView;
  readonly #listener: SelectionListener;
  readonly #rules = new CompletionRules();
  readonly #stop = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #frame: number | null = null;
  /** What was told last. */
  #told: Span | null = null;

  constructor(view: TextView, listener: SelectionListener) {
    this.#view = view;
    this.#listener = listener;
    const { signal } = this.#stop;
    const on = <Name extends keyof DocumentEventMap>(name: Name, signOf: (event: DocumentEventMap[Name]) => Sign | null): void =>
      document.addEventListener(name, (event) => this.#take(signOf(event)), { signal, capture: true, passive: true });
    on('pointerdown', (event) => ({ sign: 'pressed', pointer: event.pointerType }));
    on('pointerup', () => ({ sign: 'released' }));
    on('pointercancel', () => ({ sign: 'cancelled' }));
    on('contextmenu', () => ({ sign: 'menu' }));
    on('keydown', ({ key }) => ({ sign: 'key down', key }));
    on('keyup', ({ key }) => ({ sign: 'key up', key }));
    on('selectionchange', () => this.#change());
    window.addEventListener('blur', () => this.#take({ sign: 'blurred' }), { signal });
    preparePresses(view.root, signal);
  }

  /** Selects a stretch, as if the reader had. */
  select({ start, end }: Span): void {
    const range = this.#view.rangeOf(start, end);
    if (range !== null) {
      document.getSelection()?.setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
      this.look();
    }
  }

  /** Takes the selection as it is for complete, and tells of it even if it was told before. */
  look(): void {
    const selection = this.#read();
    const told = this.#told;
    this.#told = selection;
    if (selection !== null) {
      this.#listener.completed(selection);
    } else if (told !== null) {
      this.#listener.cleared();
    }
  }

  /** Drops the selection, for instance once a highlight is made of it. */
  clear(): void {
    document.getSelection()?.removeAllRanges();
    this.look();
  }

  stop(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
    if (this.#frame !== null) {
      cancelAnimationFrame(this.#frame);
    }
  }

  #change(): Sign | null {
    if (isWriting()) {
      return null;
    }
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      this.#listener.moved(this.#span());
    });
    return { sign: 'changed', empty: document.getSelection()?.isCollapsed !== false };
  }

  #take(sign: Sign | null): void {
    if (sign === null) {
      return;
    }
    const now = performance.now();
    // What the page itself has selected comes back as a change that is none.
    if (this.#rules.handle(sign, now) && !isSame(this.#span(), this.#told)) {
      this.look();
    }
    clearTimeout(this.#timer);
    const { deadline } = this.#rules;
    if (deadline !== null) {
      this.#timer = setTimeout(() => this.#take({ sign: 'time passed' }), Math.ceil(deadline - now));
    }
  }

  #span(): Span | null {
    const selection = document.getSelection();
    return selection === null || selection.rangeCount === 0 || selection.isCollapsed
      ? null
      : this.#view.offsetsOf(selection.getRangeAt(0));
  }

  #read(): TextSelection | null {
    const selection = document.getSelection();
    const span = this.#span();
    const range = span === null ? null : this.#view.rangeOf(span.start, span.end);
    if (selection === null || span === null || range === null) {
      return null;
    }
    const { startContainer, startOffset } = selection.getRangeAt(0);
    const isBackward = selection.focusNode === startContainer && selection.focusOffset === startOffset;
    const rect = range.getBoundingClientRect();
    const focusRect = rectsOfUnit(this.#view, isBackward ? span.start : span.end - 1)[0] ?? rect;
    return { ...selectorOf(span, this.#view.text), manner: this.#rules.manner, rect, focusRect };
  }
}

function isSame(one: Span | null, other: Span | null): boolean {
  return one?.start === other?.start && one?.end === other?.end;
}

function isWriting(): boolean {
  const at = document.activeElement;
  return at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement || (at instanceof HTMLElement && at.isContentEditable);
}

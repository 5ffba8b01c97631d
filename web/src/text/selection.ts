// Selections of the reader in the text.
import type { Selector, Span } from './anchor.ts';
import type { TextView } from './text_view.ts';

/** How a selection was made: a toolbar for touch stands below the text and does not take the focus. */
export type SelectionManner = 'mouse' | 'touch' | 'keyboard';

/** A selection that is complete: what a highlight stores about its place, and where to show a toolbar. */
export type TextSelection = Selector & {
  readonly manner: SelectionManner;
  /** All of it, in the viewport's coordinates. */
  readonly rect: DOMRect;
  /** The line where it was ended: where the hand is. */
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

export declare class SelectionWatcher {
  constructor(view: TextView, listener: SelectionListener);
  /** Selects a stretch, as if the reader had. */
  select(span: Span): void;
  /** Drops the selection, for instance once a highlight is made of it. */
  clear(): void;
  stop(): void;
}

export interface CaretListener {
  /** The caret was shown or has gone: announce it, show the keys. */
  changed(active: boolean): void;
}

/** Selecting by keys alone: a caret that arrow keys move. */
export declare class CaretMode {
  constructor(view: TextView, watcher: SelectionWatcher, listener: CaretListener);
  readonly active: boolean;
  /** Shows the caret at the selection, else at the first line in sight, and takes the focus. */
  enter(): void;
  leave(): void;
  /** "Annotate this sentence", "annotate this paragraph": selects what the caret is in. Works without the mode too. */
  selectSentence(): void;
  selectBlock(blockId?: string): void;
}

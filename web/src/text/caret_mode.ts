// Selecting by keys alone, as the page sees it. What moves the caret, and Intl's sentences, are fetched when first wanted.

import type { Caret } from './caret.ts';
import type { SelectionWatcher } from './selection.ts';
import type { TextView } from './text_view.ts';

export interface CaretListener {
  /** The caret was shown or has gone: announce it, show the keys. */
  changed(active: boolean): void;
  /** The script for it could not be fetched; trying again may help. */
  failed?(): void;
}

export class CaretMode {
  readonly #view: TextView;
  readonly #watcher: SelectionWatcher;
  readonly #listener: CaretListener;
  #caret: Promise<Caret> | null = null;
  #isActive = false;

  constructor(view: TextView, watcher: SelectionWatcher, listener: CaretListener) {
    this.#view = view;
    this.#watcher = watcher;
    this.#listener = listener;
  }

  get active(): boolean {
    return this.#isActive;
  }

  /** Shows the caret at the selection, else at the first block in sight, and takes the focus. */
  enter(): void {
    this.#change(true);
    this.#use((caret) => {
      // It may have been left again meanwhile.
      if (this.#isActive) {
        caret.enter();
      }
    });
  }

  /** Leaves the mode; what is selected stays. */
  leave(): void {
    this.#change(false);
    if (this.#caret !== null) {
      this.#use((caret) => caret.leave());
    }
  }

  /** "Annotate this sentence": selects the one in which the caret, or the reader's selection, ends. */
  selectSentence(): void {
    this.#use((caret) => caret.selectSentence());
  }

  /** "Annotate this paragraph": selects a block. The caret's own one: key `p` in the mode. */
  selectBlock(blockId: string): void {
    const block = this.#view.blocks.find(({ id }) => id === blockId);
    if (block !== undefined) {
      this.#watcher.select(block);
    }
  }

  #use(use: (caret: Caret) => void): void {
    this.#caret ??= import('./caret.ts').then(({ Caret }) => new Caret(this.#view, this.#watcher, () => this.#change(false)));
    this.#caret.then(use, () => {
      // The next time fetches it again.
      this.#caret = null;
      this.#change(false);
      this.#listener.failed?.();
    });
  }

  #change(active: boolean): void {
    if (active !== this.#isActive) {
      this.#isActive = active;
      this.#listener.changed(active);
    }
  }
}

// A textarea as the field of a `NotesBinding`.

import type { Selection } from './change.ts';
import type { TextField } from './notes_binding.ts';

/** Wraps a textarea. */
export class TextareaField implements TextField {
  readonly #area: HTMLTextAreaElement;
  readonly #released = new AbortController();

  constructor(area: HTMLTextAreaElement) {
    this.#area = area;
  }

  text(): string {
    return this.#area.value;
  }

  selection(): Selection {
    const { selectionStart, selectionEnd, selectionDirection } = this.#area;
    return { start: selectionStart, end: selectionEnd, direction: selectionDirection };
  }

  show(text: string, selection: Selection): void {
    const { scrollTop, scrollLeft } = this.#area;
    if (this.#area.value !== text) {
      this.#area.value = text;
    }
    this.#area.setSelectionRange(selection.start, selection.end, selection.direction);
    this.#area.scrollTop = scrollTop;
    this.#area.scrollLeft = scrollLeft;
  }

  onEdited(listener: () => void): void {
    this.#area.addEventListener('input', listener, this.#options);
  }

  onComposing(listener: (isComposing: boolean) => void): void {
    this.#area.addEventListener('compositionstart', () => listener(true), this.#options);
    this.#area.addEventListener('compositionend', () => listener(false), this.#options);
  }

  onHistory(listener: (step: 'undo' | 'redo') => void): void {
    // The browser forgets its own history whenever the value is set, so both ways to ask for it end here: the menu's,
    // which the browser offers only while it has a history, and the keys.
    this.#area.addEventListener('beforeinput', (event) => {
      if (event.inputType === 'historyUndo' || event.inputType === 'historyRedo') {
        event.preventDefault();
        listener(event.inputType === 'historyUndo' ? 'undo' : 'redo');
      }
    }, this.#options);
    this.#area.addEventListener('keydown', (event) => {
      const step = historyStep(event);
      if (step !== null) {
        event.preventDefault();
        listener(step);
      }
    }, this.#options);
  }

  release(): void {
    this.#released.abort();
  }

  get #options(): { signal: AbortSignal } {
    return { signal: this.#released.signal };
  }
}

function historyStep(event: KeyboardEvent): 'undo' | 'redo' | null {
  if (event.altKey || event.isComposing || !(event.ctrlKey || event.metaKey)) {
    return null;
  }
  const key = event.key.toLowerCase();
  if (key === 'z') {
    return event.shiftKey ? 'redo' : 'undo';
  }
  return key === 'y' && !event.shiftKey ? 'redo' : null;
}

// When a selection is complete. Pure: signs go in, and out comes whether to look at the selection at once.
//
//   mouse, pen   when the button is let go
//   keys         when Shift is let go
//   touch        when the finger is lifted, or when the system shows its menu (Android does so instead of lifting)
//   the rest     the handles of a touch selection, "select all" and readers' machines give no sign of having ended:
//                when nothing has changed for a moment
//
// A selection that has become empty is no longer one at once.

import type { SelectionManner } from './selection.ts';

/** Longer than the pause between two steps of a dragged handle, shorter than patience. */
export const SETTLE_MS = 350;

export type Sign =
  | { readonly sign: 'pressed'; readonly pointer: string }
  | { readonly sign: 'released' }
  /** The system took the pointer away, for scrolling or for a long press. */
  | { readonly sign: 'cancelled' }
  | { readonly sign: 'menu' }
  | { readonly sign: 'key down' | 'key up'; readonly key: string }
  | { readonly sign: 'changed'; readonly empty: boolean }
  /** The window lost the focus, so that the end of what is pressed will not be told. */
  | { readonly sign: 'blurred' }
  | { readonly sign: 'time passed' };

export class CompletionRules {
  #pressed: SelectionManner | null = null;
  #shift = false;
  #changed = false;
  #settlesAt: number | null = null;
  #manner: SelectionManner = 'mouse';

  /** How what is selected was selected. */
  get manner(): SelectionManner {
    return this.#manner;
  }

  /** When to say that time has passed; null if there is nothing to wait for. */
  get deadline(): number | null {
    return this.#settlesAt;
  }

  /** Takes a sign; true if the selection is to be looked at now. */
  handle(sign: Sign, now: number): boolean {
    switch (sign.sign) {
      case 'pressed':
        this.#pressed = sign.pointer === 'touch' ? 'touch' : 'mouse';
        this.#manner = this.#pressed;
        return false;
      case 'released':
      case 'blurred':
        this.#pressed = null;
        this.#shift &&= sign.sign !== 'blurred';
        return !this.#shift && this.#settle();
      case 'cancelled':
        this.#pressed = null;
        return false;
      case 'menu':
        return this.#settle();
      case 'key down':
        this.#shift ||= sign.key === 'Shift';
        this.#manner = 'keyboard';
        return false;
      case 'key up':
        if (sign.key !== 'Shift') {
          return false;
        }
        this.#shift = false;
        return this.#pressed === null && this.#settle();
      case 'changed':
        return this.#change(sign.empty, now);
      case 'time passed':
        return this.#settlesAt !== null && now >= this.#settlesAt && this.#settle();
    }
  }

  #change(empty: boolean, now: number): boolean {
    this.#changed = true;
    if (this.#pressed === 'mouse' || (this.#shift && this.#manner === 'keyboard' && !empty)) {
      this.#settlesAt = null;
      return false;
    }
    if (empty) {
      return this.#settle();
    }
    this.#settlesAt = now + SETTLE_MS;
    return false;
  }

  #settle(): boolean {
    const changed = this.#changed;
    this.#changed = false;
    this.#settlesAt = null;
    return changed;
  }
}

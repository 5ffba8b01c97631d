// Short words about what just happened, with what can be done about it, and what screen readers are told.

import { signal } from '@preact/signals';

/** A line at the edge of the page. */
export type Notice = { id: number; words: string; action: { label: string; run: () => void } | null; isAlert: boolean };

const NOTICE_MS = 10_000;
const NOTICES_MAX = 3;

export class Notices {
  readonly list = signal<readonly Notice[]>([]);
  /** What the polite live region says: about what one has done oneself, so it is never switched off. */
  readonly spoken = signal('');
  #nextId = 0;

  /** Shows a line for ten seconds; longer while the pointer or the focus is on it, see `NoticeList`. Gives its id. */
  show(words: string, action: Notice['action'] = null, isAlert = false): number {
    this.#nextId += 1;
    const notice = { id: this.#nextId, words, action, isAlert };
    this.list.value = [...this.list.value, notice].slice(-NOTICES_MAX);
    this.hideLater(notice.id);
    return notice.id;
  }

  /** Shows and says that something was not done. */
  complain(words: string): void {
    this.show(words, null, true);
    this.say(words);
  }

  hideLater(id: number): void {
    setTimeout(() => {
      if (document.querySelector(`[data-notice="${id}"]:is(:hover, :focus-within)`) === null) {
        this.hide(id);
      } else {
        this.hideLater(id);
      }
    }, NOTICE_MS);
  }

  hide(id: number): void {
    this.list.value = this.list.value.filter((notice) => notice.id !== id);
  }

  /** Says something to screen readers; the same words twice are said twice. */
  say(words: string): void {
    this.spoken.value = words === this.spoken.value ? `${words}\u00A0` : words;
  }
}

// Tells the others where one reads and what one has selected: rarely, and nothing that they need to act upon.

import type { TextView } from '../../text/text_view.ts';
import { colourOf } from '../people/people.ts';
import type { PresenceState, Span } from '../people/people.ts';
import type { Desk } from '../desk/desk.ts';

/** Others need to see a selection soon, but not each of its steps. */
const TELL_MS = 250;
/** With more people than this, where each reads is of no use to anybody, and telling costs the square of their number. */
const TELLERS_MAX = 50;
const HEADER_PX = 80;

export class ReadingPlace {
  readonly #desk: Desk;
  readonly #view: TextView;
  readonly #ended = new AbortController();
  #selection: Span | null = null;
  #told = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(desk: Desk, view: TextView) {
    this.#desk = desk;
    this.#view = view;
    addEventListener('scroll', () => this.#later(), { passive: true, signal: this.#ended.signal });
    this.#later();
  }

  stop(): void {
    this.#ended.abort();
    clearTimeout(this.#timer);
  }

  selected(span: Span | null): void {
    this.#selection = span;
    this.#later();
  }

  #later(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#tell();
    }, TELL_MS);
  }

  #tell(): void {
    const { me, session } = this.#desk;
    const isCrowd = session.tabs.peek().length > TELLERS_MAX;
    const reads = isCrowd ? null : topOffset(this.#view);
    const state: PresenceState = {
      user: { id: me.id, name: me.name, color: colourOf(me.name) },
      ...(this.#selection === null || isCrowd ? {} : { selection: this.#selection }),
      ...(reads === null ? {} : { reads }),
    };
    const words = JSON.stringify(state);
    if (words !== this.#told) {
      this.#told = words;
      session.client.presence.set(state);
    }
  }
}

/** The start of the first block whose end is in sight. */
export function topOffset(view: TextView): number | null {
  const { blocks } = view;
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const element = view.elementOf(blocks[middle]?.id ?? '');
    if (element !== null && element.getBoundingClientRect().bottom <= HEADER_PX) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return blocks[low]?.start ?? null;
}

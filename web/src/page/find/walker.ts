// Walks through what the search and the filter have found, in the text and in the margin, and back to where one was.

import { computed, effect, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

import { rectsOfUnit } from '../../text/hit.ts';
import { bringIntoSight } from '../../text/scrolling.ts';
import type { TextView } from '../../text/text_view.ts';
import { isNarrow } from '../base/narrow.ts';
import { activate } from '../desk/actions.ts';
import type { Desk } from '../desk/desk.ts';
import { topOffset } from '../sheet/reading_place.ts';
import { stopFrom } from './stops.ts';
import type { Stop } from './stops.ts';

/** So many units before and behind a match are read out with it. */
const CONTEXT_UNITS = 40;

const SCROLLING_KEY = /^(Arrow|Page|Home|End| )/;

/** Where one read: a paragraph, how far it was from the upper edge, and which card was open. */
type Reading = { readonly element: HTMLElement; readonly top: number; readonly active: string | null };

export class Walker {
  readonly #desk: Desk;
  readonly stops: ReadonlySignal<readonly Stop[]>;
  /** Where one stands; null where one has gone elsewhere. */
  readonly stop = signal<Stop | null>(null);
  /** Its index, also where what was found has changed, or where a card that was found was opened otherwise; -1 for none. */
  readonly index: ReadonlySignal<number>;
  /** Where one read before the first step. */
  #left: Reading | null = null;
  #isStepping = false;

  constructor(desk: Desk, stops: ReadonlySignal<readonly Stop[]>) {
    this.#desk = desk;
    this.stops = stops;
    this.index = computed(() => indexOf(stops.value, this.stop.value, desk.active.value));
    effect(() => {
      void desk.active.value;
      const isOver = desk.finding.query.value === '';
      if (!this.#isStepping) {
        this.stop.value = null;
        this.#left = isOver ? null : this.#left;
      }
    });
    for (const type of ['wheel', 'touchmove', 'pointerdown', 'keydown']) {
      addEventListener(type, (event) => this.#noticed(event), { capture: true, passive: true });
    }
  }

  /** Goes to the next or previous stop. */
  step(by: 1 | -1): void {
    const view = this.#desk.sheet.peek()?.view;
    const index = this.index.peek();
    const stop = view === undefined ? null : stopFrom(this.stops.peek(), index < 0 ? { offset: this.#readsFrom(view) } : { index }, by);
    if (view === undefined || stop === null) {
      this.#desk.notices.say('Nothing found.');
      return;
    }
    this.#left ??= this.#reading(view);
    this.#isStepping = true;
    this.stop.value = stop;
    if (stop.match === null) {
      activate(this.#desk, stop.card, 'step');
    } else {
      this.#goTo(view, stop, stop.match.start);
    }
    this.#isStepping = false;
  }

  /** Goes back to where one read before the first step, unless one has read on since. */
  goBack(): void {
    const left = this.#left;
    this.#left = null;
    if (left !== null) {
      const isThere = left.active !== null && this.#desk.marginalia.highlights.peek().has(left.active);
      activate(this.#desk, isThere ? left.active : null, 'made');
      scrollBy({ top: left.element.getBoundingClientRect().top - left.top, behavior: 'instant' });
    }
  }

  #goTo(view: TextView, { card }: Stop, start: number): void {
    const desk = this.#desk;
    if (isNarrow.peek()) {
      activate(desk, card, 'card');
    } else {
      // The margin follows by itself; the words in the text are what is to be seen.
      desk.choice.value = null;
      desk.active.value = card;
    }
    const top = rectsOfUnit(view, start)[0]?.top;
    if (top !== undefined) {
      bringIntoSight(view.root, top);
    }
    desk.notices.say(aloud(view, start));
  }

  #readsFrom(view: TextView): number {
    const { marginalia, active } = this.#desk;
    return marginalia.highlights.peek().get(active.peek() ?? '')?.peek().place?.start ?? topOffset(view) ?? 0;
  }

  #reading(view: TextView): Reading | null {
    const block = view.blockAt(topOffset(view) ?? 0);
    const element = block === null ? null : view.elementOf(block.id);
    return element === null ? null : { element, top: element.getBoundingClientRect().top, active: this.#desk.active.peek() };
  }

  /** Whoever scrolls, points or moves about has begun to read where the search has led. */
  #noticed(event: Event): void {
    const isSearch = event.target instanceof Element && event.target.closest('.search') !== null;
    if (!isSearch && (!(event instanceof KeyboardEvent) || SCROLLING_KEY.test(event.key))) {
      this.#left = null;
    }
  }
}

/** A stop is found again by its place when what was found has changed; an open card is its own stop. */
function indexOf(stops: readonly Stop[], stop: Stop | null, active: string | null): number {
  const isThere = (other: Stop): boolean =>
    stop === null ? active !== null && other.card === active : other.start === stop.start && (other.match === null) === (stop.match === null);
  return stops.findIndex((other) => isThere(other) && (stop === null || stop.match !== null || other.card === stop.card));
}

/** A match with the words around it. */
function aloud(view: TextView, start: number): string {
  const block = view.blockAt(start);
  if (block === null) {
    return '';
  }
  const from = Math.max(block.start, start - CONTEXT_UNITS);
  const to = Math.min(block.end, start + CONTEXT_UNITS * 2);
  const [isCutBefore, isCutBehind] = [from > block.start, to < block.end];
  const cut = view.text.slice(from, to).replaceAll(/\s+/g, ' ');
  // Half words cannot be understood when they are heard.
  const words = cut.replace(isCutBefore ? /^\S* / : '', '').replace(isCutBehind ? / \S*$/ : '', '');
  return `${block.para === null ? '' : `Paragraph ${block.para}: `}${isCutBefore ? '…' : ''}${words}${isCutBehind ? '…' : ''}`;
}

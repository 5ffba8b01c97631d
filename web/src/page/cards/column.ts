// Keeps the cards of the margin beside their texts. Knows elements and pixels, and nothing of annotations but their ids.
//
// Cards follow each other in the normal flow; only the margin above each is set. So a card that grows pushes the others
// by itself, and a change writes the few margins that change, however many cards there are. `margins.ts` writes them.

import type { Painter } from '../../text/painter.ts';
import { prefersLessMotion } from '../base/motion.ts';
import { isNarrow } from '../base/narrow.ts';
import { gapsOf, placeCards } from './layout.ts';
import type { Anchor, CardBox } from './layout.ts';
import { Margins } from './margins.ts';

type Placed = { id: string; top: number; height: number };

export class CardColumn {
  readonly #list: HTMLElement;
  readonly #painter: Painter;
  readonly #order: () => readonly string[];
  readonly #active: () => string | null;
  readonly #cards = new Map<string, HTMLElement>();
  readonly #heights = new Map<Element, number>();
  readonly #margins = new Margins();
  /** Tops of texts, relative to the list; measured anew when the text has moved. */
  readonly #ideals = new Map<string, number>();
  readonly #sizes: ResizeObserver;
  readonly #unsubscribe: () => void;
  #placed: readonly Placed[] = [];
  /** The card that keeps its place while others come and go. */
  #read: string | undefined;
  #frame = 0;

  constructor(list: HTMLElement, text: HTMLElement, painter: Painter, order: () => readonly string[], active: () => string | null) {
    this.#list = list;
    this.#painter = painter;
    this.#order = order;
    this.#active = active;
    this.#sizes = new ResizeObserver((entries) => this.#resized(entries));
    this.#sizes.observe(text);
    this.#unsubscribe = isNarrow.subscribe(() => {
      this.#ideals.clear();
      this.settle();
    });
  }

  stop(): void {
    this.#sizes.disconnect();
    this.#unsubscribe();
    cancelAnimationFrame(this.#frame);
    this.#margins.stop();
  }

  /** Takes a card that is on the page. */
  add(id: string, element: HTMLElement): void {
    this.#cards.set(id, element);
    this.#sizes.observe(element);
    this.place();
  }

  remove(id: string, element: HTMLElement): void {
    if (this.#cards.get(id) === element) {
      this.#cards.delete(id);
      this.#margins.remove(id);
      this.#ideals.delete(id);
    }
    this.#heights.delete(element);
    this.#sizes.unobserve(element);
    this.place();
  }

  elementOf(id: string): HTMLElement | null {
    return this.#cards.get(id) ?? null;
  }

  /** The text of a highlight has moved. */
  moved(id: string): void {
    this.#ideals.delete(id);
    this.place();
  }

  /** Places the cards where they belong, after something that the person did and expects to see. */
  settle(): void {
    this.#placed = [];
    this.place();
  }

  /** Places the cards before the next paint, once however often it is asked; what is being read stays where it is. */
  place(): void {
    if (this.#frame === 0) {
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#place();
      });
    }
  }

  /** Makes sure that a card can be seen: within the drawer, or in the margin beside its text. */
  show(id: string): void {
    this.place();
    requestAnimationFrame(() => {
      const card = this.#cards.get(id);
      if (card !== undefined && !isWellInSight(card)) {
        card.scrollIntoView({ block: 'nearest', behavior: prefersLessMotion() ? 'instant' : 'smooth' });
      }
    });
  }

  #place(): void {
    if (isNarrow.peek() || !this.#list.isConnected) {
      return;
    }
    const listTop = this.#list.getBoundingClientRect().top;
    const ids = this.#order().filter((id) => this.#cards.get(id)?.hidden === false);
    const boxes: CardBox[] = ids.map((id) => ({
      ideal: this.#idealOf(id, listTop),
      height: this.#heightOf(this.#cards.get(id) as HTMLElement),
    }));
    const tops = placeCards(boxes, this.#anchorFor(ids, boxes, listTop));
    for (const [index, gap] of gapsOf(tops, boxes).entries()) {
      this.#margins.set(ids[index] ?? '', gap);
    }
    // A place that comes of not knowing better is not worth keeping; where cards were before still is.
    if (ids.every((id) => this.#ideals.has(id))) {
      this.#placed = ids.map((id, index) => ({ id, top: tops[index] ?? 0, height: boxes[index]?.height ?? 0 }));
    }
  }

  /** The open card stands at its text. Without one, what is being read stays where it is. */
  #anchorFor(ids: readonly string[], boxes: readonly CardBox[], listTop: number): Anchor | null {
    const active = ids.indexOf(this.#active() ?? '');
    if (active >= 0) {
      return { index: active, at: boxes[active]?.ideal ?? 0 };
    }
    const sight = -listTop;
    const inSight = this.#placed.filter(
      ({ id, top, height }) => top + height > sight + HEADER_PX && top <= sight + innerHeight && ids.includes(id),
    );
    // The same one for as long as it is in sight: a newcomer above it must not become what the others give way to.
    const read = inSight.find(({ id }) => id === this.#read) ?? inSight[0];
    this.#read = read?.id;
    return read === undefined ? null : { index: ids.indexOf(read.id), at: read.top };
  }

  #idealOf(id: string, listTop: number): number {
    const known = this.#ideals.get(id);
    if (known !== undefined) {
      return known;
    }
    const top = this.#painter.topOf(id);
    if (top === null) {
      // Not painted yet; it comes back through `moved`.
      return 0;
    }
    const ideal = Math.round(top - listTop) - LEAD_PX;
    this.#ideals.set(id, ideal);
    return ideal;
  }

  #heightOf(element: HTMLElement): number {
    const known = this.#heights.get(element);
    if (known !== undefined) {
      return known;
    }
    // In parts of pixels: rounded, a hundred cards in a row would be places away from where they are thought to be.
    const height = element.getBoundingClientRect().height;
    this.#heights.set(element, height);
    return height;
  }

  #resized(entries: readonly ResizeObserverEntry[]): void {
    let hasChanged = false;
    for (const { target, borderBoxSize } of entries) {
      if (!(target instanceof HTMLElement) || !this.#isCard(target)) {
        // The text has another width or height, so everything in it has moved; nobody's place is worth keeping then.
        this.#ideals.clear();
        this.#placed = [];
        hasChanged = true;
        continue;
      }
      const height = borderBoxSize[0]?.blockSize ?? target.getBoundingClientRect().height;
      if (this.#heights.get(target) !== height) {
        this.#heights.set(target, height);
        hasChanged = true;
      }
    }
    if (hasChanged) {
      // Resize observers are called between layout and paint: placing at once shows no frame in the wrong place.
      this.#place();
    }
  }

  #isCard(element: HTMLElement): boolean {
    return this.#cards.get(element.dataset['id'] ?? '') === element;
  }
}

const HEADER_PX = 60;
/** Cards begin a little above their line, so that the tag's name stands on it. */
const LEAD_PX = 10;

function isWellInSight(card: HTMLElement): boolean {
  const { top, bottom } = card.getBoundingClientRect();
  return top >= HEADER_PX && bottom <= innerHeight;
}

// Which highlight is where, in which state, on which level; and measuring. How it comes onto the words is a brush's part.

import type { Span } from './anchor.ts';
import { rectsOfUnit, unitAt } from './hit.ts';
import { Intervals, type Interval } from './intervals.ts';
import { LEVELS, lookName } from './looks.ts';
import type { PaintedStyle, Painter } from './painter.ts';
import type { TextView } from './text_view.ts';

/** Something that a highlight shows. Of several the one with the greatest height is on top. */
export type Coat = { readonly name: string; readonly height: number };

export type Painted = Interval & { style: PaintedStyle; readonly level: number };

/** Puts coats onto the words. Each highlight is shown, then perhaps changed, then hidden. */
export interface Brush {
  show(painted: Painted, coats: readonly Coat[]): void;
  change(painted: Painted, coats: readonly Coat[]): void;
  hide(painted: Painted): void;
  stop?(): void;
}

/** How a highlight may differ from the others for a moment: the later, the higher. */
const EMPHASES = ['hovered', 'active', 'flashing'] as const;
type EmphasisName = (typeof EMPHASES)[number];

/** Long enough to be found by the eye that follows a scrolling page. */
const FLASH_MS = 1_600;

/** All of a painter but its brush, which may come later: what was to be seen by then is shown then. */
export class TextPainter implements Painter {
  readonly #view: TextView;
  #brush: Brush | null = null;
  #isDestroyed = false;
  readonly #painted = new Intervals<Painted>();
  readonly #emphasised: Record<EmphasisName, string | null> = { hovered: null, active: null, flashing: null };
  #dimmed: ReadonlySet<string> = new Set();
  #flashEnds: ReturnType<typeof setTimeout> | undefined;

  constructor(view: TextView) {
    this.#view = view;
  }

  get isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  /** Paints with a brush from now on. Once. */
  take(brush: Brush): void {
    if (this.#isDestroyed) {
      brush.stop?.();
      return;
    }
    this.#brush = brush;
    for (const painted of this.#painted.all()) {
      brush.show(painted, this.#coatsOf(painted));
    }
  }

  set(id: string, start: number, end: number, style: PaintedStyle): void {
    const before = this.#painted.get(id);
    if (before !== undefined && before.start === start && before.end === end) {
      before.style = style;
      this.#refresh(id);
      return;
    }
    this.remove(id);
    const painted = { id, start, end, style, level: this.#freeLevel({ start, end }) };
    this.#painted.set(painted);
    this.#brush?.show(painted, this.#coatsOf(painted));
  }

  remove(id: string): void {
    const painted = this.#painted.get(id);
    if (painted !== undefined) {
      this.#painted.remove(id);
      this.#brush?.hide(painted);
    }
  }

  setActive(id: string | null): void {
    this.#emphasise('active', id);
  }

  setHovered(id: string | null): void {
    this.#emphasise('hovered', id);
  }

  setDimmed(ids: ReadonlySet<string>): void {
    const before = this.#dimmed;
    this.#dimmed = new Set(ids);
    this.#refresh(...[...before].filter((id) => !ids.has(id)), ...[...ids].filter((id) => !before.has(id)));
  }

  flash(id: string): void {
    clearTimeout(this.#flashEnds);
    this.#emphasise('flashing', id);
    this.#flashEnds = setTimeout(() => this.#emphasise('flashing', null), FLASH_MS);
  }

  at(x: number, y: number): string[] {
    const unit = unitAt(this.#view, x, y);
    return unit === null ? [] : this.#painted.at(unit).map(({ id }) => id);
  }

  topOf(id: string): number | null {
    const painted = this.#painted.get(id);
    return painted === undefined ? null : (rectsOfUnit(this.#view, painted.start)[0]?.top ?? null);
  }

  destroy(): void {
    clearTimeout(this.#flashEnds);
    for (const { id } of [...this.#painted.all()]) {
      this.remove(id);
    }
    this.#brush?.stop?.();
    this.#isDestroyed = true;
  }

  #emphasise(emphasis: EmphasisName, id: string | null): void {
    const before = this.#emphasised[emphasis];
    this.#emphasised[emphasis] = id;
    this.#refresh(before, id);
  }

  #refresh(...ids: (string | null)[]): void {
    for (const id of new Set(ids)) {
      const painted = id === null ? undefined : this.#painted.get(id);
      if (painted !== undefined) {
        this.#brush?.change(painted, this.#coatsOf(painted));
      }
    }
  }

  #coatsOf({ id, style, level }: Painted): Coat[] {
    return [
      this.#dimmed.has(id) ? { name: 'g-dimmed', height: 0 } : { name: lookName(style, level), height: level },
      ...EMPHASES.map((name, index) => ({ name: `g-${name}`, height: LEVELS + index, of: this.#emphasised[name] })).filter(({ of }) => of === id),
    ];
  }

  /** The first level that nothing in the stretch is on. It is kept, so that no other highlight has to move for this one. */
  #freeLevel(span: Span): number {
    const taken = new Set([...this.#painted.overlapping(span)].map(({ level }) => level));
    for (let level = 0; level < LEVELS - 1; level += 1) {
      if (!taken.has(level)) {
        return level;
      }
    }
    return LEVELS - 1;
  }
}

// What both ways of painting share: which highlight is where, in which state, on which level; and measuring.

import type { Span } from './anchor.ts';
import { linesOf, rectsOfUnit, unitAt } from './hit.ts';
import { Intervals, type Interval } from './intervals.ts';
import type { Painter } from './painter.ts';
import type { HighlightStyle } from './palette.ts';
import type { TextView } from './text_view.ts';

/** Underlines of highlights that overlap lie below each other, as far as there is room between two lines. */
export const LEVELS = 3;

/** Long enough to be found by the eye that follows a scrolling page. */
const FLASH_MS = 1_600;

export type Painted = Interval & { style: HighlightStyle; readonly level: number };

/** How a highlight differs from the others at the moment. */
export type Emphasis = { active: boolean; hovered: boolean; flashing: boolean; dimmed: boolean };

export abstract class BasePainter implements Painter {
  protected readonly view: TextView;
  readonly #painted = new Intervals<Painted>();
  #active: string | null = null;
  #hovered: string | null = null;
  #flashing: string | null = null;
  #dimmed: ReadonlySet<string> = new Set();
  #flashEnds: ReturnType<typeof setTimeout> | undefined;

  constructor(view: TextView) {
    this.view = view;
  }

  set(id: string, start: number, end: number, style: HighlightStyle): void {
    const before = this.#painted.get(id);
    if (before !== undefined && before.start === start && before.end === end) {
      before.style = style;
      this.restyle(before, this.#emphasisOf(id));
      return;
    }
    this.remove(id);
    const painted = { id, start, end, style, level: this.#freeLevel({ start, end }) };
    this.#painted.set(painted);
    this.show(painted, this.#emphasisOf(id));
  }

  remove(id: string): void {
    const painted = this.#painted.get(id);
    if (painted !== undefined) {
      this.#painted.remove(id);
      this.hide(painted);
    }
  }

  setActive(id: string | null): void {
    const before = this.#active;
    this.#active = id;
    this.#refresh(before, id);
  }

  setHovered(id: string | null): void {
    const before = this.#hovered;
    this.#hovered = id;
    this.#refresh(before, id);
  }

  setDimmed(ids: ReadonlySet<string>): void {
    const before = this.#dimmed;
    this.#dimmed = new Set(ids);
    const changed = [...before].filter((id) => !ids.has(id)).concat([...ids].filter((id) => !before.has(id)));
    this.#refresh(...changed);
  }

  flash(id: string): void {
    const before = this.#flashing;
    clearTimeout(this.#flashEnds);
    this.#flashing = id;
    this.#refresh(before, id);
    this.#flashEnds = setTimeout(() => {
      this.#flashing = null;
      this.#refresh(id);
    }, FLASH_MS);
  }

  at(x: number, y: number): string[] {
    const unit = unitAt(this.view, x, y);
    return unit === null ? [] : this.#painted.at(unit).map(({ id }) => id);
  }

  rectsOf(id: string): DOMRect[] {
    const painted = this.#painted.get(id);
    return painted === undefined ? [] : linesOf(this.view, painted);
  }

  topOf(id: string): number | null {
    const painted = this.#painted.get(id);
    return painted === undefined ? null : (rectsOfUnit(this.view, painted.start)[0]?.top ?? null);
  }

  destroy(): void {
    clearTimeout(this.#flashEnds);
    for (const id of [...this.#painted.ids()]) {
      this.remove(id);
    }
  }

  protected abstract show(painted: Painted, emphasis: Emphasis): void;
  protected abstract hide(painted: Painted): void;
  protected abstract restyle(painted: Painted, emphasis: Emphasis): void;

  #refresh(...ids: (string | null)[]): void {
    for (const id of new Set(ids)) {
      const painted = id === null ? undefined : this.#painted.get(id);
      if (painted !== undefined) {
        this.restyle(painted, this.#emphasisOf(painted.id));
      }
    }
  }

  #emphasisOf(id: string): Emphasis {
    return {
      active: id === this.#active,
      hovered: id === this.#hovered,
      flashing: id === this.#flashing,
      dimmed: this.#dimmed.has(id),
    };
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

// Which part of a board is seen, and how large. Pure but for its signals.

import { batch, computed, signal } from '@preact/signals';

import type { Place } from '../../board/model.ts';

export const ZOOM_MIN = 0.1;
export const ZOOM_MAX = 4;
/** One press of a button or key. */
const ZOOM_STEP = 1.25;
const FIT_MARGIN_PX = 48;

export type Box = { left: number; top: number; right: number; bottom: number };

export class Camera {
  /** Where the middle of the board is in the window onto it, in its pixels. */
  readonly x = signal(0);
  readonly y = signal(0);
  readonly zoom = signal(1);
  readonly transform = computed(() => `translate(${this.x.value}px, ${this.y.value}px) scale(${this.zoom.value})`);
  #width = 0;
  #height = 0;
  #isPlaced = false;

  /** The window has this size; the first time the middle of the board is in its middle. */
  resize(width: number, height: number): void {
    batch(() => {
      if (!this.#isPlaced && width > 0) {
        this.#isPlaced = true;
        this.x.value = Math.round(width / 2);
        this.y.value = Math.round(height / 2);
      }
    });
    this.#width = width;
    this.#height = height;
  }

  /** A place in the window as one on the board. */
  toBoard({ x, y }: Place): Place {
    const zoom = this.zoom.peek();
    return { x: (x - this.x.peek()) / zoom, y: (y - this.y.peek()) / zoom };
  }

  /** What is in the middle of the window. */
  middle(): Place {
    return this.toBoard({ x: this.#width / 2, y: this.#height / 2 });
  }

  pan(dx: number, dy: number): void {
    batch(() => {
      this.x.value += dx;
      this.y.value += dy;
    });
  }

  /** What is at `about` in the window stays there. */
  zoomTo(zoom: number, about: Place = { x: this.#width / 2, y: this.#height / 2 }): void {
    const next = Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, zoom));
    const factor = next / this.zoom.peek();
    batch(() => {
      this.x.value = about.x - (about.x - this.x.peek()) * factor;
      this.y.value = about.y - (about.y - this.y.peek()) * factor;
      this.zoom.value = next;
    });
  }

  step(direction: 1 | -1): void {
    this.zoomTo(this.zoom.peek() * ZOOM_STEP ** direction);
  }

  /** Shows all of a stretch of the board, no larger than it is; the middle of the board, if there is nothing. */
  fit(box: Box | null): void {
    const { left, top, right, bottom } = box ?? { left: 0, top: 0, right: 0, bottom: 0 };
    const room = (length: number): number => Math.max(1, length - 2 * FIT_MARGIN_PX);
    const zoom = Math.min(1, room(this.#width) / Math.max(1, right - left), room(this.#height) / Math.max(1, bottom - top));
    batch(() => {
      this.zoom.value = Math.max(ZOOM_MIN, zoom);
      this.x.value = this.#width / 2 - ((left + right) / 2) * this.zoom.peek();
      this.y.value = this.#height / 2 - ((top + bottom) / 2) * this.zoom.peek();
    });
  }

  /** The same, unless all of it is in the window already, or there is nothing. */
  fitUnlessSeen(box: Box | null): void {
    if (box !== null) {
      const [start, end] = [this.toBoard({ x: 0, y: 0 }), this.toBoard({ x: this.#width, y: this.#height })];
      const isSeen = box.left >= start.x && box.top >= start.y && box.right <= end.x && box.bottom <= end.y;
      if (!isSeen) {
        this.fit(box);
      }
    }
  }

  /** Brings a stretch of the board into the window, by as little as is needed. */
  reveal({ left, top, right, bottom }: Box): void {
    const zoom = this.zoom.peek();
    const by = (from: number, to: number, length: number): number => (from < 12 ? 12 - from : to > length - 12 ? Math.max(12 - from, length - 12 - to) : 0);
    const at = (value: number, offset: number): number => value * zoom + offset;
    this.pan(
      by(at(left, this.x.peek()), at(right, this.x.peek()), this.#width),
      by(at(top, this.y.peek()), at(bottom, this.y.peek()), this.#height),
    );
  }
}

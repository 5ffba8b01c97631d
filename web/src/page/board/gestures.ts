// What pointers do on a board: mouse, finger and pen alike. One finger or button does what the tool in hand does; two fingers
// always move and enlarge what is seen.

import { distanceTo } from '../../board/points.ts';
import type { Place } from '../../board/model.ts';
import { addNote, draw, edit, erase, mayErase, move } from './actions.ts';
import type { BoardDesk } from './board_desk.ts';

/** Two presses within so long of each other are one double press. */
const DOUBLE_MS = 400;
/** Up to here a press is a press and no drag. */
const STILL_PX = 4;
const ERASER_PX = 10;
/** A stroke that would become longer goes on as the next one. */
const RAW_POINTS_MAX = 6_000;
/** How much of a turn of the wheel is one e-fold of zoom. */
const WHEEL_ZOOM = 0.0025;
const LINE_PX = 16;

type Pointer = Place & { startX: number; startY: number };
type Deed =
  | { deed: 'pan' }
  | { deed: 'draw'; points: number[] }
  | { deed: 'erase'; last: Place }
  | { deed: 'place' }
  | { deed: 'drag'; id: string; grip: Place; mayMove: boolean; isMoving: boolean }
  | { deed: 'pinch' };

/** Listens to everything that points at the board; gives the function that ends it. */
export function watchPointers(desk: BoardDesk, root: HTMLElement): () => void {
  const gestures = new Gestures(desk, root);
  const ends = new AbortController();
  const on = <Name extends 'pointerdown' | 'pointermove' | 'pointerup' | 'pointercancel'>(name: Name, act: (event: PointerEvent) => void): void =>
    root.addEventListener(name, act, { signal: ends.signal });
  on('pointerdown', (event) => gestures.down(event));
  on('pointermove', (event) => gestures.move(event));
  on('pointerup', (event) => gestures.up(event, false));
  on('pointercancel', (event) => gestures.up(event, true));
  root.addEventListener('wheel', (event) => gestures.wheel(event), { signal: ends.signal, passive: false });
  return () => ends.abort();
}

class Gestures {
  readonly #desk: BoardDesk;
  readonly #root: HTMLElement;
  readonly #pointers = new Map<number, Pointer>();
  #deed: Deed | null = null;
  /** The note that was pressed last, and when. */
  #pressed: { id: string; at: number } | null = null;

  constructor(desk: BoardDesk, root: HTMLElement) {
    this.#desk = desk;
    this.#root = root;
  }

  down(event: PointerEvent): void {
    const target = event.target instanceof Element ? event.target : null;
    if (target === null || target.closest('textarea, button, .note-tools') !== null || (event.button !== 0 && event.button !== 1)) {
      return;
    }
    const at = this.#at(event);
    this.#pointers.set(event.pointerId, { ...at, startX: at.x, startY: at.y });
    if (this.#pointers.size > 1) {
      this.#cancel();
      this.#deed = { deed: 'pinch' };
    } else {
      this.#begin(event, target, at);
    }
  }

  move(event: PointerEvent): void {
    const pointer = this.#pointers.get(event.pointerId);
    if (pointer === undefined || this.#deed === null) {
      return;
    }
    if (!this.#root.hasPointerCapture(event.pointerId)) {
      // Not before it moves: whatever is pressed hears of that itself.
      this.#root.setPointerCapture(event.pointerId);
    }
    const at = this.#at(event);
    const before = { x: pointer.x, y: pointer.y };
    const spread = this.#spread();
    Object.assign(pointer, at);
    this.#go(this.#deed, event, { at, before, pointer, spread });
  }

  up(event: PointerEvent, isCancelled: boolean): void {
    const pointer = this.#pointers.get(event.pointerId);
    this.#pointers.delete(event.pointerId);
    if (pointer === undefined || this.#deed === null) {
      return;
    }
    if (isCancelled) {
      this.#cancel();
    } else {
      this.#finish(this.#deed, pointer);
    }
    // The finger that is left of two does nothing more.
    this.#deed = this.#pointers.size > 0 ? { deed: 'pinch' } : null;
  }

  wheel(event: WheelEvent): void {
    if (event.target instanceof Element && event.target.closest('textarea:focus') !== null && !event.ctrlKey) {
      return;
    }
    event.preventDefault();
    const { camera } = this.#desk;
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE_PX;
    if (event.ctrlKey || event.metaKey) {
      camera.zoomTo(camera.zoom.peek() * Math.exp(-event.deltaY * unit * WHEEL_ZOOM * (unit === 1 ? 2 : 1)), this.#at(event));
    } else {
      const [x, y] = event.shiftKey && event.deltaX === 0 ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
      camera.pan(-x * unit, -y * unit);
    }
  }

  #begin(event: PointerEvent, target: Element, at: Place): void {
    const desk = this.#desk;
    const place = desk.camera.toBoard(at);
    const waiting = desk.moving.peek();
    if (event.button === 1) {
      event.preventDefault();
      this.#deed = { deed: 'pan' };
    } else if (waiting !== null) {
      move(desk, waiting, place);
      desk.moving.value = null;
    } else {
      this.#deed = this.#deedOf(target, place);
      const isWriting = target.closest('.note.is-editing') !== null;
      if (!isWriting && target.closest('[data-note]') === null) {
        desk.selected.value = null;
      }
    }
  }

  #deedOf(target: Element, place: Place): Deed | null {
    const desk = this.#desk;
    switch (desk.tool.peek()) {
      case 'sticky':
        return { deed: 'place' };
      case 'pen':
        desk.drawing.value = [place.x, place.y];
        return { deed: 'draw', points: [place.x, place.y] };
      case 'eraser':
        this.#erase(place, place);
        return { deed: 'erase', last: place };
      case 'select': {
        const id = target.closest<HTMLElement>('[data-note]')?.dataset['note'];
        const sticky = id === undefined ? null : desk.board.sticky(id);
        if (sticky === null) {
          return { deed: 'pan' };
        }
        if (desk.editing.peek() === sticky.id) {
          return null;
        }
        desk.selected.value = sticky.id;
        const grip = { x: place.x - sticky.x, y: place.y - sticky.y };
        return { deed: 'drag', id: sticky.id, grip, mayMove: desk.mayMove(sticky), isMoving: false };
      }
    }
  }

  #go(deed: Deed, event: PointerEvent, { at, before, pointer, spread }: { at: Place; before: Place; pointer: Pointer; spread: Spread | null }): void {
    const { camera } = this.#desk;
    switch (deed.deed) {
      case 'pan':
        camera.pan(at.x - before.x, at.y - before.y);
        break;
      case 'pinch':
        this.#pinch(spread);
        break;
      case 'draw':
        this.#draw(deed, event);
        break;
      case 'place':
        break;
      case 'erase': {
        const place = camera.toBoard(at);
        this.#erase(deed.last, place);
        deed.last = place;
        break;
      }
      case 'drag': {
        deed.isMoving ||= Math.hypot(at.x - pointer.startX, at.y - pointer.startY) > STILL_PX;
        if (deed.isMoving && deed.mayMove) {
          const place = camera.toBoard(at);
          this.#desk.dragged.value = { id: deed.id, x: place.x - deed.grip.x, y: place.y - deed.grip.y };
        }
        break;
      }
    }
  }

  #finish(deed: Deed, pointer: Pointer): void {
    const desk = this.#desk;
    switch (deed.deed) {
      case 'draw':
        desk.drawing.value = null;
        draw(desk, deed.points);
        break;
      case 'erase':
        erase(desk, desk.erased.peek());
        desk.erased.value = new Set();
        break;
      case 'drag': {
        const dragged = desk.dragged.peek();
        desk.dragged.value = null;
        if (dragged !== null) {
          move(desk, dragged.id, dragged);
        } else if (!deed.isMoving) {
          this.#press(deed.id);
        }
        break;
      }
      case 'place':
        // Only now: what is pressed gets the focus first.
        addNote(desk, desk.camera.toBoard(pointer));
        break;
      case 'pan':
      case 'pinch':
        break;
    }
    Object.assign(pointer, { startX: pointer.x, startY: pointer.y });
  }

  /** Whoever presses a note twice writes on it. */
  #press(id: string): void {
    const now = performance.now();
    const isDouble = this.#pressed?.id === id && now - this.#pressed.at < DOUBLE_MS;
    this.#pressed = isDouble ? null : { id, at: now };
    if (isDouble) {
      edit(this.#desk, id);
    }
  }

  #cancel(): void {
    const desk = this.#desk;
    desk.drawing.value = null;
    desk.dragged.value = null;
    desk.erased.value = new Set();
    this.#deed = null;
  }

  /** All places between two frames, where the browser tells them. */
  #draw(deed: { points: number[] }, event: PointerEvent): void {
    const events = event.getCoalescedEvents();
    for (const each of events.length > 0 ? events : [event]) {
      const { x, y } = this.#desk.camera.toBoard(this.#at(each));
      deed.points.push(x, y);
    }
    if (deed.points.length > RAW_POINTS_MAX * 2) {
      draw(this.#desk, deed.points);
      deed.points.splice(0, deed.points.length - 2);
    }
    this.#desk.drawing.value = [...deed.points];
  }

  #erase(from: Place, to: Place): void {
    const desk = this.#desk;
    const reach = ERASER_PX / desk.camera.zoom.peek();
    const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / reach));
    const touched = new Set(desk.erased.peek());
    for (const { id, points, width } of desk.board.strokes.peek().values()) {
      for (let step = 0; step <= steps && !touched.has(id); step += 1) {
        const [x, y] = [from.x + ((to.x - from.x) * step) / steps, from.y + ((to.y - from.y) * step) / steps];
        if (distanceTo(points, x, y) <= reach + width / 2 && mayErase(desk, id)) {
          touched.add(id);
        }
      }
    }
    if (touched.size !== desk.erased.peek().size) {
      desk.erased.value = touched;
    }
  }

  #pinch(before: Spread | null): void {
    const after = this.#spread();
    const { camera } = this.#desk;
    if (before !== null && after !== null) {
      camera.pan(after.x - before.x, after.y - before.y);
      camera.zoomTo(camera.zoom.peek() * (after.apart / Math.max(1, before.apart)), after);
    }
  }

  /** The middle of two fingers, and how far they are apart. */
  #spread(): Spread | null {
    const [one, other] = [...this.#pointers.values()];
    return one === undefined || other === undefined
      ? null
      : { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2, apart: Math.hypot(one.x - other.x, one.y - other.y) };
  }

  #at({ clientX, clientY }: { clientX: number; clientY: number }): Place {
    const { left, top } = this.#root.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }
}

type Spread = Place & { apart: number };

// Selecting by keys alone: a caret in the text that arrow keys move, and that Shift and arrow keys extend.
//
//   ← →  a character      Ctrl or ⌥ ← →  a word         Home End   the line        s   this sentence     Enter  annotate
//   ↑ ↓  a line           Ctrl or ⌥ ↑ ↓  a paragraph    Ctrl Home  the text        p   this paragraph    Esc    drop, leave
//
// The browser moves it by characters, words and lines, since it knows the lines and the directions; paragraphs and
// sentences are our own, since not every browser knows them. Wherever it goes, it stays in the text.

import { rectsOfUnit } from './hit.ts';
import { moveOf, type Move } from './caret_keys.ts';
import { sentenceAt } from './sentences.ts';
import type { SelectionWatcher } from './selection.ts';
import type { BlockInfo, TextView } from './text_view.ts';
import type { Side } from './text_index.ts';

export interface CaretListener {
  /** The caret was shown or has gone: announce it, show the keys. */
  changed(active: boolean): void;
}

/** The caret of the keyboard mode. The page fetches it, and Intl's sentences, when it is first wanted. */
export class CaretMode {
  readonly #view: TextView;
  readonly #watcher: SelectionWatcher;
  readonly #listener: CaretListener;
  readonly #caret = document.createElement('div');
  #stop: AbortController | null = null;
  #frame: number | null = null;
  /** Whether the page is to be scrolled to the caret once it is drawn. */
  #isFollowed = false;

  constructor(view: TextView, watcher: SelectionWatcher, listener: CaretListener) {
    this.#view = view;
    this.#watcher = watcher;
    this.#listener = listener;
    this.#caret.className = 't-caret';
    this.#caret.ariaHidden = 'true';
  }

  get active(): boolean {
    return this.#stop !== null;
  }

  /** Shows the caret at the selection, else at the first block in sight, and takes the focus. */
  enter(): void {
    const { root } = this.#view;
    const isNew = !this.active;
    if (isNew) {
      this.#stop = new AbortController();
      const { signal } = this.#stop;
      root.tabIndex = -1;
      root.classList.add('t-caret-mode');
      root.append(this.#caret);
      root.addEventListener('keydown', (event) => this.#press(event), { signal });
      document.addEventListener('selectionchange', () => this.#draw(), { signal });
      window.addEventListener('resize', () => this.#draw(), { signal });
    }
    root.focus({ preventScroll: true });
    if (this.#focusOffset() === null) {
      this.#put(this.#firstInSight(), 'start', false);
    }
    this.#draw();
    if (isNew) {
      this.#listener.changed(true);
    }
  }

  /** Leaves the mode; what is selected stays. */
  leave(): void {
    if (this.#stop === null) {
      return;
    }
    this.#stop.abort();
    this.#stop = null;
    this.#caret.remove();
    this.#view.root.classList.remove('t-caret-mode');
    this.#view.root.removeAttribute('tabindex');
    this.#listener.changed(false);
  }

  /** "Annotate this sentence": selects the one that the caret, or else the selection, is in. */
  #selectSentence(): void {
    const offset = this.#focusOffset();
    const block = offset === null ? null : this.#view.blockAt(offset);
    if (offset !== null && block !== null) {
      this.#watcher.select(sentenceAt(this.#view.text, offset, block));
    }
  }

  #selectBlock(): void {
    const offset = this.#focusOffset();
    const block = offset === null ? null : this.#view.blockAt(offset);
    if (block !== null) {
      this.#watcher.select(block);
    }
  }

  #press(event: KeyboardEvent): void {
    const move = moveOf(event);
    if (move === null || event.target !== this.#view.root) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    switch (move.move) {
      case 'sentence':
        return this.#selectSentence();
      case 'this block':
        return this.#selectBlock();
      case 'done':
        return this.#watcher.look();
      case 'escape':
        return this.#escape();
      case 'by browser':
      case 'block':
      case 'text':
        this.#move(move, event.shiftKey);
    }
  }

  #escape(): void {
    const selection = document.getSelection();
    if (selection === null || selection.isCollapsed) {
      this.leave();
    } else {
      selection.collapse(selection.focusNode, selection.focusOffset);
    }
  }

  #move(move: Move & { move: 'by browser' | 'block' | 'text' }, extend: boolean): void {
    const before = this.#focusOffset();
    if (before === null) {
      this.#put(this.#firstInSight(), 'start', false);
      return;
    }
    switch (move.move) {
      case 'by browser':
        for (let time = 0; time < move.times; time += 1) {
          document.getSelection()?.modify(extend ? 'extend' : 'move', move.direction, move.by);
        }
        this.#keepInText(before, move.forward, extend);
        break;
      case 'block':
        this.#put(this.#nextBlock(before, move.forward), 'start', extend);
        break;
      case 'text':
        this.#put(move.forward ? this.#view.text.length : 0, move.forward ? 'end' : 'start', extend);
        break;
    }
    this.#isFollowed = true;
    this.#draw();
  }

  /** The browser may have gone into a number, a button or out of the text, or may not have found a way on. */
  #keepInText(before: number, forward: boolean, extend: boolean): void {
    const { focusNode, focusOffset } = document.getSelection() ?? {};
    const { index, root } = this.#view;
    const isIn = focusNode !== undefined && focusNode !== null && root.contains(focusNode);
    const after = isIn ? index.offsetOf(focusNode, focusOffset ?? 0, forward ? 'start' : 'end') : null;
    if (after === null) {
      this.#put(before, 'start', extend);
    } else if (after === before) {
      const block = this.#view.blockAt(before);
      const isAtEdge = block !== null && before === (forward ? block.end : block.start);
      this.#put(isAtEdge ? this.#beyond(block, forward) : before, forward ? 'start' : 'end', extend);
    } else if (!(focusNode instanceof Text) || index.offsetOf(focusNode, focusOffset ?? 0, 'end') !== after) {
      this.#put(after, forward ? 'start' : 'end', extend);
    }
  }

  #beyond(block: BlockInfo, forward: boolean): number {
    const { blocks } = this.#view;
    return forward ? (blocks[block.index + 1]?.start ?? block.end) : (blocks[block.index - 1]?.end ?? block.start);
  }

  #nextBlock(offset: number, forward: boolean): number {
    const { blocks, text } = this.#view;
    const block = this.#view.blockAt(offset);
    if (block === null) {
      return offset;
    }
    if (forward) {
      return blocks[block.index + 1]?.start ?? text.length;
    }
    return offset > block.start ? block.start : (blocks[block.index - 1]?.start ?? block.start);
  }

  /** Puts the caret, or the moving end of the selection, at an offset. */
  #put(offset: number, side: Side, extend: boolean): void {
    const { index } = this.#view;
    const point = index.pointAt(offset, side) ?? index.pointAt(offset, side === 'start' ? 'end' : 'start');
    const selection = document.getSelection();
    if (point === null || selection === null) {
      return;
    }
    if (extend && selection.anchorNode !== null) {
      selection.extend(point.node, point.offset);
    } else {
      selection.collapse(point.node, point.offset);
    }
  }

  #focusOffset(): number | null {
    const { focusNode, focusOffset } = document.getSelection() ?? {};
    if (focusNode === undefined || focusNode === null || !this.#view.root.contains(focusNode)) {
      return null;
    }
    return this.#view.index.offsetOf(focusNode, focusOffset ?? 0, 'start') ?? this.#view.index.offsetOf(focusNode, focusOffset ?? 0, 'end');
  }

  #firstInSight(): number {
    const { blocks, root } = this.#view;
    const top = Math.max(0, root.parentElement?.getBoundingClientRect().top ?? 0);
    const visible = blocks.find(({ id }) => (this.#view.elementOf(id)?.getBoundingClientRect().top ?? -1) >= top);
    return (visible ?? blocks[0])?.start ?? 0;
  }

  #draw(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      const rect = caretRect(this.#view, document.getSelection());
      this.#caret.hidden = rect === null;
      if (rect !== null) {
        const around = this.#view.root.getBoundingClientRect();
        this.#caret.style.left = `${rect.left - around.left}px`;
        this.#caret.style.top = `${rect.top - around.top}px`;
        this.#caret.style.height = `${rect.height}px`;
        if (this.#isFollowed) {
          this.#caret.scrollIntoView({ block: 'nearest', inline: 'nearest' });
        }
      }
      this.#isFollowed = false;
    });
  }
}

/** Where the moving end of a selection in the text is drawn; null if it is elsewhere. */
function caretRect(view: TextView, selection: Selection | null): DOMRect | null {
  const node = selection?.focusNode ?? null;
  if (selection === null || node === null || !view.root.contains(node)) {
    return null;
  }
  const range = document.createRange();
  range.setStart(node, selection.focusOffset);
  const rect = [...range.getClientRects()].at(-1);
  if (rect !== undefined && rect.height > 0) {
    return rect;
  }
  // Some browsers give an empty range no box. The edge of the character beside it is the same place.
  const offset = view.index.offsetOf(node, selection.focusOffset, 'start');
  return offset === null ? null : (rectsOfUnit(view, offset)[0] ?? null);
}

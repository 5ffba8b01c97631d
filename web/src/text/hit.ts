// From a point of the viewport to an offset. Our own, since not all browsers say which highlights lie at a point.

import { splitsPair } from './anchor.ts';
import type { TextView } from './text_view.ts';

/** How far beside a letter, in CSS pixels, a finger or pointer still means it: lines are higher than letters. */
const REACH = 6;

/** The offset of the unit that is drawn at a point; null beside the text, also beside the end of a line. */
export function unitAt(view: TextView, x: number, y: number): number | null {
  const caret = caretAt(x, y);
  const offset = caret === null || !view.root.contains(caret.node) ? null : view.index.offsetOf(caret.node, caret.offset, 'start');
  if (offset === null) {
    return null;
  }
  // The caret is between two characters. Which one is under the point is a matter of their boxes.
  for (const unit of [offset, offset - 1]) {
    if (rectsOfUnit(view, unit).some((rect) => isNear(rect, x, y))) {
      return unit;
    }
  }
  return null;
}

/** The position between two characters that is nearest to a point, wherever browsers have put the question. */
function caretAt(x: number, y: number): { node: Node; offset: number } | null {
  if (typeof document.caretPositionFromPoint === 'function') {
    const caret = document.caretPositionFromPoint(x, y);
    return caret === null ? null : { node: caret.offsetNode, offset: caret.offset };
  }
  const range = document.caretRangeFromPoint(x, y);
  return range === null ? null : { node: range.startContainer, offset: range.startOffset };
}

/** The boxes of the character that a unit belongs to. */
export function rectsOfUnit(view: TextView, unit: number): DOMRect[] {
  const start = splitsPair(view.text, unit) ? unit - 1 : unit;
  const point = start < 0 ? null : view.index.pointAt(start, 'start');
  if (point === null) {
    return [];
  }
  const length = splitsPair(view.text, start + 1) ? 2 : 1;
  const range = document.createRange();
  range.setStart(point.node, point.offset);
  range.setEnd(point.node, Math.min(point.node.data.length, point.offset + length));
  return [...range.getClientRects()];
}

function isNear({ left, right, top, bottom }: DOMRect, x: number, y: number): boolean {
  return x >= left - 1 && x <= right + 1 && y >= top - REACH && y <= bottom + REACH;
}

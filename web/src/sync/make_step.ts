// Making the step of a text again, where what it was beside stands now.

import type * as Y from 'yjs';

import { stringOf } from './made_value.ts';
import { deltaOf } from './plain_value.ts';
import type { TextStep } from './text_steps.ts';

/** Makes a step where it belongs; false if what it is about is not there (any more). */
export function makeStep(text: Y.Text, step: TextStep): boolean {
  const before = stringOf(deltaOf(text));
  switch (step.step) {
    case 'insert': {
      const at = placeOf(before, step, '') ?? wholeOffset(before, step.at);
      if (typeof step.content === 'string') {
        // Without attributes of its own an insertion takes those of its neighbour, as typing does.
        text.insert(at, step.content, ...(step.attributes === null ? [] : [step.attributes]));
      } else {
        text.insertEmbed(at, step.content as object, step.attributes ?? {});
      }
      return true;
    }
    case 'remove': {
      const at = placeOf(before, step, step.removed);
      if (at !== null) {
        text.delete(at, step.removed.length);
      }
      return at !== null;
    }
    case 'format': {
      const at = placeOf(before, step, step.covered);
      if (at !== null) {
        text.format(at, step.covered.length, step.attributes);
      }
      return at !== null;
    }
  }
}

/** The offset nearest to the old one that has the same text before it and `right` behind it; null if there is none. */
function placeOf(text: string, { at, left }: TextStep, right: string): number | null {
  const sought = left + right;
  const start = at - left.length;
  if (text.startsWith(sought, start)) {
    return at;
  }
  const before = start > 0 ? text.lastIndexOf(sought, start) : -1;
  const behind = text.indexOf(sought, Math.max(0, start));
  if (before < 0 && behind < 0) {
    return null;
  }
  const isBefore = behind < 0 || (before >= 0 && start - before <= behind - start);
  return (isBefore ? before : behind) + left.length;
}

/** An offset within the text, and not between the halves of a surrogate pair. */
function wholeOffset(text: string, at: number): number {
  const offset = Math.min(at, text.length);
  return /[\uD800-\uDBFF]/.test(text.charAt(offset - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(offset)) ? offset - 1 : offset;
}

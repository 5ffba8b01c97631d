// Edits of a text that can be made again in another state of it: each step says where it was and what stood there. An
// offset alone would point anywhere once others have written, or once an earlier step was refused.

import * as Y from 'yjs';

/** `at` is an offset in UTF-16 units when the step is made, `left` what stood before it. */
export type TextStep = { at: number; left: string } & (
  | { step: 'insert'; content: unknown; attributes: Record<string, unknown> | null }
  | { step: 'remove'; removed: string }
  | { step: 'format'; covered: string; attributes: Record<string, unknown> }
);

/** Enough to tell a place from others, little enough to be kept for each key that is pressed. */
const LEFT_UNITS = 24;

/** The steps that a transaction took in a text, to be made one after another. Only while `afterTransaction` is told. */
export function textStepsOf(text: Y.Text, transaction: Y.Transaction, keys: Set<string | null>): TextStep[] {
  const event = new Y.YTextEvent(text, transaction, keys);
  const { after, removed } = readText(text, event);
  const steps: TextStep[] = [];
  let at = 0;
  let taken = 0;
  for (const part of event.delta) {
    // What stands left of a step is as it will be: the steps before it have been made.
    const left = after.slice(Math.max(0, at - LEFT_UNITS), at);
    const attributes = part.attributes ?? null;
    if (part.insert !== undefined) {
      steps.push({ step: 'insert', at, left, content: part.insert, attributes });
      at += typeof part.insert === 'string' ? part.insert.length : 1;
    } else if (part.delete !== undefined) {
      steps.push({ step: 'remove', at, left, removed: removed.slice(taken, taken + part.delete) });
      taken += part.delete;
    } else if (part.retain !== undefined) {
      if (attributes !== null) {
        steps.push({ step: 'format', at, left, covered: after.slice(at, at + part.retain), attributes });
      }
      at += part.retain;
    }
  }
  return steps;
}

/** The text as it is, and what the transaction deleted of what was there before. One walk: this is on the way of each key. */
function readText(text: Y.Text, event: Y.YTextEvent): { after: string; removed: string } {
  let [after, removed] = ['', ''];
  for (let item = text._start; item !== null; item = item.right) {
    if (item.countable && !item.deleted) {
      after += readItem(item);
    } else if (item.countable && event.deletes(item) && !event.adds(item)) {
      removed += readItem(item);
    }
  }
  return { after, removed };
}

function readItem({ content, length }: Y.Item): string {
  return content instanceof Y.ContentString ? content.str : '\uFFFC'.repeat(length);
}

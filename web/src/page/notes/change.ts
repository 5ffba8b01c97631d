// The arithmetic of edits to a text, in UTF-16 offsets: what changed between two strings, and where an offset goes when
// somebody else edits. Pure: no DOM and no Yjs.

/** One replacement: `removed` units from `at` on give way to `inserted`. */
export type Change = { at: number; removed: number; inserted: string };

/** A step of an edit, as Yjs reports it: exactly one of the three. */
export type Step = { retain: number } | { remove: number } | { insert: number };

/** A selection in a text; a caret is one with `start === end`. */
export type Selection = { start: number; end: number; direction: 'forward' | 'backward' | 'none' };

/**
 * Finds the smallest single replacement that makes `after` of `before`; null if they are equal.
 *
 * Where several would do ("aa" became "aaa"), `caret`, the end of the selection after the edit, tells which one it was.
 * Never begins or ends between the halves of a surrogate pair, of either text.
 */
export function changeBetween(before: string, after: string, caret: number): Change | null {
  if (before === after) {
    return null;
  }
  const shorter = Math.min(before.length, after.length);
  // What stands behind the caret was there before the edit, so look from the end only as far as the caret.
  let suffix = commonSuffix(before, after, Math.min(shorter, Math.max(0, after.length - caret)));
  const prefix = wholePrefix(before, after, commonPrefix(before, after, shorter - suffix));
  suffix = wholeSuffix(before, after, commonSuffix(before, after, shorter - prefix));
  return { at: prefix, removed: before.length - prefix - suffix, inserted: after.slice(prefix, after.length - suffix) };
}

/** Where an offset goes when the text is edited; one at which something is inserted stays before it. */
export function moveOffset(offset: number, steps: readonly Step[]): number {
  let moved = offset;
  let at = 0;
  for (const step of steps) {
    if (at >= moved) {
      break;
    }
    if ('retain' in step) {
      at += step.retain;
    } else if ('remove' in step) {
      moved -= Math.min(step.remove, moved - at);
    } else {
      moved += step.insert;
      at += step.insert;
    }
  }
  return moved;
}

/** Where a selection goes when the text is edited. */
export function moveSelection(selection: Selection, steps: readonly Step[]): Selection {
  return { ...selection, start: moveOffset(selection.start, steps), end: moveOffset(selection.end, steps) };
}

/**
 * Carries a change over edits that others made to the same text meanwhile.
 *
 * Only what was there when the change was made is removed: what others wrote inside the removed stretch stays. The
 * result is a list of changes to make one after another.
 */
export function carryChange(change: Change, edits: readonly (readonly Step[])[]): Change[] {
  let at = change.at;
  let survivors: number[] = Array.from({ length: change.removed }, (_, index) => change.at + index);
  for (const steps of edits) {
    at = moveOffset(at, steps);
    survivors = survivors.flatMap((offset) => moveUnit(offset, steps));
  }
  const changes: Change[] = [];
  // From the back, so that no removal moves the ones that follow.
  for (const offset of survivors.toReversed()) {
    const last = changes.at(-1);
    if (last !== undefined && last.at === offset + 1) {
      last.at = offset;
      last.removed += 1;
    } else {
      changes.push({ at: offset, removed: 1, inserted: '' });
    }
  }
  if (change.inserted !== '') {
    changes.push({ at, removed: 0, inserted: change.inserted });
  }
  return changes;
}

/** Where a selection goes that was made after a change, when the change is carried over edits of others. */
export function carrySelection(
  selection: Selection,
  change: Change,
  carried: readonly Change[],
  edits: readonly (readonly Step[])[],
): Selection {
  const move = (offset: number): number => edits.reduce(moveOffset, offset);
  const stillRemoved = carried.reduce((sum, { removed }) => sum + removed, 0);
  const carry = (offset: number): number => {
    const within = offset - change.at;
    if (within < 0) {
      return move(offset);
    }
    return within <= change.inserted.length
      ? move(change.at) + within
      : move(offset - change.inserted.length + change.removed) - stillRemoved + change.inserted.length;
  };
  return { ...selection, start: carry(selection.start), end: carry(selection.end) };
}

/** Where the unit at an offset goes; nowhere if it was removed. */
function moveUnit(offset: number, steps: readonly Step[]): number[] {
  let moved = offset;
  let at = 0;
  for (const step of steps) {
    if (at > moved) {
      break;
    }
    if ('retain' in step) {
      at += step.retain;
    } else if ('remove' in step) {
      if (moved < at + step.remove) {
        return [];
      }
      moved -= step.remove;
    } else {
      moved += step.insert;
      at += step.insert;
    }
  }
  return [moved];
}

function commonPrefix(before: string, after: string, most: number): number {
  let length = 0;
  while (length < most && before.charCodeAt(length) === after.charCodeAt(length)) {
    length += 1;
  }
  return length;
}

function commonSuffix(before: string, after: string, most: number): number {
  let length = 0;
  while (length < most && before.charCodeAt(before.length - 1 - length) === after.charCodeAt(after.length - 1 - length)) {
    length += 1;
  }
  return length;
}

function wholePrefix(before: string, after: string, length: number): number {
  return splitsPair(before, length) || splitsPair(after, length) ? length - 1 : length;
}

function wholeSuffix(before: string, after: string, length: number): number {
  return splitsPair(before, before.length - length) || splitsPair(after, after.length - length) ? length - 1 : length;
}

function splitsPair(text: string, offset: number): boolean {
  if (offset <= 0 || offset >= text.length) {
    return false;
  }
  return isBetween(text.charCodeAt(offset - 1), 0xd800, 0xdbff) && isBetween(text.charCodeAt(offset), 0xdc00, 0xdfff);
}

function isBetween(unit: number, least: number, most: number): boolean {
  return unit >= least && unit <= most;
}

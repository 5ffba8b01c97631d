// Local changes as operations in words of their own: what is needed to make a change again in another replica, after
// the one that it was made in had to be given up. Derived from any Yjs transaction on maps under root maps, at any
// depth, and on texts; an undo is a transaction like another.

import * as Y from 'yjs';

import { plainOf } from './plain_value.ts';
import type { Plain } from './plain_value.ts';
import { textStepsOf } from './text_steps.ts';
import type { TextStep } from './text_steps.ts';

/** Yjs types a shared type by its events; which they are does not matter here. */
type AnyType = Parameters<Y.Transaction['changed']['has']>[0];

/** `path` begins with the name of the root; the rest are keys. */
export type Operation =
  | { op: 'set'; path: string[]; value: Plain }
  | { op: 'delete'; path: string[] }
  | { op: 'text'; path: string[]; steps: TextStep[] }
  /** A change to a type that is not understood here: it cannot be made again, only reported. */
  | { op: 'other'; path: string[] };

/**
 * What a transaction did. Must be called while the document tells `afterTransaction`: later, what was deleted is gone.
 */
export function operationsOf(transaction: Y.Transaction): Operation[] {
  const operations: Operation[] = [];
  for (const [type, keys] of transaction.changed) {
    // What went as a whole is told by the map that held it; what came so is not among the changed.
    if (type._item?.deleted === true) {
      continue;
    }
    const path = pathOf(type);
    if (path === null) {
      operations.push({ op: 'other', path: [] });
    } else if (type instanceof Y.Map) {
      operations.push(...mapOperations(type, path, transaction));
    } else if (type instanceof Y.Text) {
      const steps = textStepsOf(type, transaction, keys);
      if (steps.length > 0) {
        operations.push({ op: 'text', path, steps });
      }
    } else {
      operations.push({ op: 'other', path });
    }
  }
  return operations;
}

/** Whether an operation only takes away. */
export function isDeletion(operation: Operation): boolean {
  switch (operation.op) {
    case 'delete':
      return true;
    case 'text':
      return operation.steps.every(({ step }) => step === 'remove');
    case 'set':
    case 'other':
      return false;
  }
}

function mapOperations(map: Y.Map<unknown>, path: string[], transaction: Y.Transaction): Operation[] {
  const operations: Operation[] = [];
  for (const key of new Y.YEvent(map, transaction).keys.keys()) {
    const at = [...path, key];
    operations.push(map.has(key) ? { op: 'set', path: at, value: plainOf(map.get(key)) } : { op: 'delete', path: at });
  }
  return operations;
}

/** Null if a list stands on the way: places in lists have no lasting name. */
function pathOf(type: AnyType): string[] | null {
  const keys: string[] = [];
  let at = type;
  for (let item = at._item; item !== null; item = at._item) {
    if (item.parentSub === null || !(item.parent instanceof Y.AbstractType)) {
      return null;
    }
    keys.unshift(item.parentSub);
    at = item.parent;
  }
  return [Y.findRootTypeKey(at), ...keys];
}

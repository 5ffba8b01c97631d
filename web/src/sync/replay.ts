// Making refused or stranded changes again, and saying what cannot be made. Most pages never need it: it is fetched when
// it is needed (`remaking` of the client's options).

import * as Y from 'yjs';

import type { LostChange } from './interface.ts';
import type { Operation } from './operations.ts';
import { readableOf, valueOf } from './made_value.ts';
import { makeStep } from './make_step.ts';

/**
 * Makes an operation again; gives what of it could not be made, or null. Must be called within a transaction.
 *
 * What is set is set, whatever stands there; what is to be deleted and has gone already is no failure.
 */
export function replay(doc: Y.Doc, operation: Operation): Operation | null {
  switch (operation.op) {
    case 'set': {
      const map = mapAt(doc, operation.path);
      map?.set(lastOf(operation.path), valueOf(operation.value));
      return map === null ? operation : null;
    }
    case 'delete':
      mapAt(doc, operation.path)?.delete(lastOf(operation.path));
      return null;
    case 'text': {
      const text = textAt(doc, operation.path);
      const lost = operation.steps.filter((step) => text === null || !makeStep(text, step));
      return lost.length === 0 ? null : { ...operation, steps: lost };
    }
    case 'other':
      return operation;
  }
}

/** What a person should be shown of operations that are lost: one for each entry that they are about. */
export function lostChanges(operations: readonly Operation[]): LostChange[] {
  const lost = new Map<string, LostChange>();
  for (const operation of operations) {
    const [root = '', id = null, ...inner] = operation.path;
    const key = JSON.stringify([root, id]);
    lost.set(key, addTo(lost.get(key) ?? { root, id, fields: {}, text: '', deletes: false }, operation, inner));
  }
  return [...lost.values()];
}

function addTo(lost: LostChange, operation: Operation, inner: readonly string[]): LostChange {
  switch (operation.op) {
    case 'set': {
      const value = readableOf(operation.value);
      const isEntry = inner.length === 0 && operation.value.kind === 'map';
      const fields = isEntry ? (value as Record<string, unknown>) : { [inner.join('.') || 'value']: value };
      return { ...lost, fields: { ...lost.fields, ...fields } };
    }
    case 'delete':
      return { ...lost, deletes: true };
    case 'text': {
      const inserted = operation.steps.map((step) => (step.step === 'insert' && typeof step.content === 'string' ? step.content : ''));
      const deletes = lost.deletes || operation.steps.some(({ step }) => step === 'remove');
      return { ...lost, text: lost.text + inserted.join(''), deletes };
    }
    case 'other':
      return lost;
  }
}

function lastOf(path: readonly string[]): string {
  return path.at(-1) ?? '';
}

/** The map that holds what a path leads to. */
function mapAt(doc: Y.Doc, path: readonly string[]): Y.Map<unknown> | null {
  const [root = '', ...keys] = path.slice(0, -1);
  let map: Y.Map<unknown> = doc.getMap(root);
  for (const key of keys) {
    const inner = map.get(key);
    if (!(inner instanceof Y.Map)) {
      return null;
    }
    map = inner;
  }
  return map;
}

function textAt(doc: Y.Doc, path: readonly string[]): Y.Text | null {
  if (path.length === 1) {
    return doc.getText(path[0]);
  }
  const text = mapAt(doc, path)?.get(lastOf(path));
  return text instanceof Y.Text ? text : null;
}

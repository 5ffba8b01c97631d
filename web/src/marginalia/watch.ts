// Says which entries of the roots a transaction has changed: once for each transaction, whatever it did.

import { batch } from '@preact/signals';
import type * as Y from 'yjs';

import { ROOT_NAMES } from './schema.ts';
import type { RootName, Roots } from './schema.ts';

/** The ids of changed entries; they may have been added, changed within, or removed. */
export type Changes = ReadonlyMap<RootName, ReadonlySet<string>>;

/** Begins to watch; gives what ends it. The listener runs after the transaction, and its signals change as one. */
export function watch(doc: Y.Doc, roots: Roots, listener: (changes: Changes) => void): () => void {
  let changes = new Map<RootName, Set<string>>();
  const observers = ROOT_NAMES.map((name) => {
    const observer = (events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): void => {
      const ids = changes.get(name) ?? new Set();
      changes.set(name, ids);
      for (const event of events) {
        for (const id of changedIds(event)) {
          ids.add(id);
        }
      }
    };
    roots[name].observeDeep(observer as Parameters<Y.Map<unknown>['observeDeep']>[0]);
    return () => roots[name].unobserveDeep(observer as Parameters<Y.Map<unknown>['observeDeep']>[0]);
  });
  const flush = (): void => {
    if (changes.size > 0) {
      const flushed = changes;
      changes = new Map();
      batch(() => listener(flushed));
    }
  };
  doc.on('afterTransaction', flush);
  return () => {
    doc.off('afterTransaction', flush);
    for (const stop of observers) {
      stop();
    }
  };
}

function changedIds(event: Y.YEvent<Y.AbstractType<unknown>>): Iterable<string> {
  const id = event.path[0];
  return id === undefined ? event.changes.keys.keys() : [String(id)];
}

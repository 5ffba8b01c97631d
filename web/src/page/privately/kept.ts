// What this browser remembers of somebody's private notes: under which id their document is, and so where its copy lies. It is
// forgotten with them when they sign out.

import { privateKey } from '../base/stored.ts';
import { keysOf } from '../desk/old_ways.ts';

/** The cases that a person has notes on, by the documents of these. */
export function privateDocuments(storage: Storage, user: string): Map<string, string> {
  const prefix = privateKey(user, '');
  return new Map(keysOf(storage, prefix).map((key) => [storage.getItem(key) ?? '', key.slice(prefix.length)]));
}

export function forgetPrivate(storage: Storage, user: string): void {
  keysOf(storage, privateKey(user, '')).forEach((key) => storage.removeItem(key));
}

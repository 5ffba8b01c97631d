// Forgetting the ways back into all cases that were opened in this tab, and what cases these were.

import { headKey } from '../base/stored.ts';
import { WAY_PREFIX } from './tickets.ts';

export function forgetWays(): void {
  try {
    forgetAll(sessionStorage, WAY_PREFIX);
    forgetAll(localStorage, headKey(''));
  } catch {
    // Where storage is forbidden, nothing was kept.
  }
}

function forgetAll(storage: Storage, prefix: string): void {
  const keys = Array.from({ length: storage.length }, (_none, index) => storage.key(index) ?? '');
  keys.filter((key) => key.startsWith(prefix)).forEach((key) => storage.removeItem(key));
}

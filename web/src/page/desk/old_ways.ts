// Forgetting the ways back into all cases that were opened in this tab.

import { WAY_PREFIX } from './tickets.ts';

export function forgetWays(): void {
  try {
    const keys = Array.from({ length: sessionStorage.length }, (_none, index) => sessionStorage.key(index) ?? '');
    keys.filter((key) => key.startsWith(WAY_PREFIX)).forEach((key) => sessionStorage.removeItem(key));
  } catch {
    // Where storage is forbidden, nothing was kept.
  }
}

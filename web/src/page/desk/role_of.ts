// What a person may do, on the page of a case and on a board. By itself: what follows from a change differs between the two.

import type { Access, Role } from '../../sync/interface.ts';

/** What the page goes by: while nothing is known it offers nothing that writes. */
export function roleOf({ role }: Access): Role {
  return role ?? 'read';
}

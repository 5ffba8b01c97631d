// Changes of what a person may do while they read. `role_change.ts` says what follows.

import { effect } from '@preact/signals';

import type { Role } from '../../sync/interface.ts';
import type { Desk } from './desk.ts';
import { withRest } from './with_rest.ts';

/** Tells of each change from now on; what is known from the start, or only now, is none. */
export function watchRole(desk: Desk): void {
  let known: Role | null = null;
  effect(() => {
    const { role } = desk.session.access.value;
    const before = known;
    known = role ?? known;
    if (role !== null && before !== null && role !== before) {
      void withRest(desk, ({ tellRole }) => tellRole(desk, role, before));
    }
  });
}

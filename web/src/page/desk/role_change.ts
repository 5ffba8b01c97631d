// A change of what a person may do, as the page takes it.

import { isAtLeast } from '../../marginalia/rights.ts';
import type { Role } from '../../sync/interface.ts';
import type { Desk } from './desk.ts';
import { roleChangeWords } from './role_words.ts';

/** Shows and says it. What was done with more rights is not taken back with less. */
export function tellRole({ marginalia, notices, moving }: Desk, role: Role, before: Role): void {
  const words = roleChangeWords(role, before);
  if (isAtLeast(before, role)) {
    marginalia.history.clear();
    marginalia.notesHistory.clear();
    moving.value = null;
    notices.complain(words);
  } else {
    notices.show(words);
    notices.say(words);
  }
}

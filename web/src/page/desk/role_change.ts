// A change of what a person may do, as the page takes it.

import { isAtLeast } from '../../marginalia/rights.ts';
import type { Role } from '../../sync/interface.ts';
import type { Desk } from './desk.ts';
import { roleChangeWords } from './role_words.ts';

/** The notice of the change before: what it says is so no longer. */
let told = 0;

/** Shows and says it. What was done with more rights is not taken back with less. */
export function tellRole({ marginalia, notices, moving }: Desk, role: Role, before: Role): void {
  const words = roleChangeWords(role, before);
  if (isAtLeast(before, role)) {
    marginalia.history.clear();
    marginalia.notesHistory.clear();
    moving.value = null;
  }
  // A change of one's role is no fault of one's own: it is told quietly.
  notices.hide(told);
  told = notices.show(words);
  notices.say(words);
}

// Leaving the page of a case, and this browser, without a trace of a person.

import { endThisSession } from '../../api/me.ts';
import { isAccount } from '../base/account.ts';
import type { Desk } from '../desk/desk.ts';
import { privateNotesOf } from '../privately/private_notes.ts';
import { eraseHere, waitingOf } from './erasing.ts';
import type { Waiting } from './erasing.ts';

/** Where something of a person waits that would be lost. */
export async function waitingHere({ account, caseId: here, session }: Desk): Promise<Waiting[]> {
  const all = (await waitingOf(account.id, [here])).map((each) =>
    // What this tab has not sent lies in the copy too, if it can be kept, beside what the other tabs of the case have not.
    each.caseId === here ? { ...each, unsent: Math.max(each.unsent, session.saved.peek().unsaved) } : each,
  );
  return all.filter(({ unsent }) => unsent > 0);
}

/**
 * Signs out of this browser, in all tabs, and leaves the page; gives the reason if the host could not be told: then one is
 * still signed in, and all is left as it was.
 */
export async function signOut(desk: Desk): Promise<string | null> {
  const { account, session } = desk;
  if (isAccount(account.id)) {
    const reply = await endThisSession();
    if (reply.reply === 'failed' || reply.reply === 'refused') {
      return reply.why;
    }
  }
  await Promise.all([session.client.signOut(), privateNotesOf(desk).signOut()]);
  await eraseHere(account.id);
  // Whoever goes back does not find the case as it was left.
  addEventListener('pageshow', () => location.reload());
  location.assign('/');
  return null;
}

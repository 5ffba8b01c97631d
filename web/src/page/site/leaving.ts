// Leaving this browser from a page that shows no case. Fetched when somebody leaves: it brings the store of the copies.

import { endAllSessions, endThisSession } from '../../api/me.ts';
import { eraseHere } from '../dialogs/erasing.ts';

export { isKnown, waitingOf } from '../dialogs/erasing.ts';

/** Signs out here or everywhere, and erases what this browser keeps of the person; gives the reason if that did not succeed. */
export async function leave(user: string, isEverywhere: boolean): Promise<string | null> {
  const reply = await (isEverywhere ? endAllSessions() : endThisSession());
  if (reply.reply === 'failed' || reply.reply === 'refused') {
    return reply.why;
  }
  await eraseHere(user);
  return null;
}

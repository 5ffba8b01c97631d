// Who visits the pages beside that of a case: asked of the host, and kept for the pages of cases.

import { signal } from '@preact/signals';

import { fetchMe } from '../../api/me.ts';
import type { Me } from '../../api/me.ts';
import type { Reply } from '../../api/ask.ts';
import { recallIdentity, rememberIdentity, whenSignedOut } from '../base/identity.ts';
import { forgetWays } from '../desk/old_ways.ts';
import { cleanName } from '../people/people.ts';

/** The person, once the host has said who it is. */
export const visitor = signal<Me | null>(null);

/** Asks the host who is signed in; whoever it is, is known to all pages of this browser from then on. */
export async function askWho(): Promise<Reply<Me>> {
  const reply = await fetchMe();
  if (reply.reply === 'found') {
    keepVisitor(reply.found);
  }
  return reply;
}

/** Takes down who is here. The pages of cases that are open in other tabs for somebody else end. */
export function keepVisitor(me: Me): void {
  const before = recallIdentity();
  const name = cleanName(me.name) ?? 'Someone';
  if (before?.id !== me.user) {
    forgetWays();
  }
  if (before?.id !== me.user || before.name !== name) {
    rememberIdentity(name, me.user);
  }
  if (visitor.peek()?.user !== me.user) {
    // Who signs out in another tab, or signs in there as somebody else, is not shown here any more.
    whenSignedOut(me.user, () => location.reload());
  }
  visitor.value = me;
}

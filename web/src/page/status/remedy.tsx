// The one thing that a person can do about how things stand.

import { leaveForSignIn } from '../base/leave.ts';
import type { Session } from '../desk/session.ts';
import { wordsOf } from './standing.ts';

const WORDS = { retry: 'Try now', reload: 'Reload', sign_in: 'Sign in again' };

export function Remedy({ session }: { session: Session }) {
  const { remedy } = wordsOf(session).value;
  const actions = { retry: () => session.client.retryNow(), reload: () => location.reload(), sign_in: leaveForSignIn };
  return remedy === 'none' ? null : (
    <button type="button" class="primary" onClick={actions[remedy]}>
      {WORDS[remedy]}
    </button>
  );
}

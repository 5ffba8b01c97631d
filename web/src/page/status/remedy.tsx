// The one thing that a person can do about how things stand.

import { leaveForSignIn } from '../base/leave.ts';
import { useDesk } from '../desk/desk.ts';
import { wordsOf } from './standing.ts';

const WORDS = { retry: 'Try now', reload: 'Reload', sign_in: 'Sign in again' };

export function Remedy() {
  const { session } = useDesk();
  const { remedy } = wordsOf(session).value;
  const actions = { retry: () => session.client.retryNow(), reload: () => location.reload(), sign_in: leaveForSignIn };
  return remedy === 'none' ? null : (
    <button type="button" class="primary" onClick={actions[remedy]}>
      {WORDS[remedy]}
    </button>
  );
}

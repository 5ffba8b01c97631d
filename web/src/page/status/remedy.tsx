// The one thing that a person can do about how things stand.

import { useDesk } from '../desk/desk.ts';
import { wordsOf } from './standing.ts';

const WORDS = { retry: 'Try now', reload: 'Reload', sign_in: 'Sign in again' };

export function Remedy() {
  const { session } = useDesk();
  const { remedy } = wordsOf(session).value;
  return remedy === 'none' ? null : (
    <button type="button" class="primary" onClick={() => (remedy === 'retry' ? session.client.retryNow() : location.reload())}>
      {WORDS[remedy]}
    </button>
  );
}

// The one thing that a person can do about how things stand.

import { useDesk } from '../desk/desk.ts';
import { wordsOf } from './standing.ts';

export function Remedy() {
  const desk = useDesk();
  const { remedy } = wordsOf(desk.session).value;
  switch (remedy) {
    case 'none':
      return null;
    case 'retry':
      return (
        <button type="button" class="primary" onClick={() => desk.session.client.retryNow()}>
          Try now
        </button>
      );
    case 'reload':
      return (
        <button type="button" class="primary" onClick={() => location.reload()}>
          Reload
        </button>
      );
    case 'sign_in':
      return (
        <button type="button" class="primary" onClick={() => location.reload()}>
          Sign in again
        </button>
      );
  }
}

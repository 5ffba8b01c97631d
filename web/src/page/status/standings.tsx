// Where one's changes are, and what one may do: what stands behind the light.

import type { Role } from '../../sync/interface.ts';
import type { Session } from '../desk/session.ts';
import { changes, longWords } from './long_words.ts';
import { Remedy } from './remedy.tsx';
import { standingOf, wordsOf } from './standing.ts';

/** `mayWords` follow "You may". */
export function Standings({ session, mayWords }: { session: Session; mayWords: Readonly<Record<Role, string>> }) {
  const words = wordsOf(session).value;
  const saved = session.saved.value;
  const { role } = session.access.value;
  return (
    <div class="explanation">
      <h2>{words.short}</h2>
      <p>{longWords(standingOf(session))}</p>
      <dl>
        {role !== null && (
          <div>
            <dt>You may</dt>
            <dd>{mayWords[role]}</dd>
          </div>
        )}
        <div>
          <dt>In the room</dt>
          <dd>{saved.unsaved === 0 ? 'everything' : `all but ${changes(saved.unsaved)}`}</dd>
        </div>
        <div>
          <dt>In the archive</dt>
          <dd>{saved.unarchived ? 'not yet everything' : 'everything'}</dd>
        </div>
        <div>
          <dt>In this browser</dt>
          <dd>{saved.storedLocally ? 'kept, even offline' : 'only while this tab is open'}</dd>
        </div>
      </dl>
      <Remedy session={session} />
    </div>
  );
}

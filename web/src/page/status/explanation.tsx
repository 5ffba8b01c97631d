// What the light in the bar means, and a line below the bar for what cannot wait.

import { useDesk } from '../desk/desk.ts';
import { MAY_WORDS } from '../desk/role_words.ts';
import { changes, longWords } from './long_words.ts';
import { Remedy } from './remedy.tsx';
import { standingOf, wordsOf } from './standing.ts';

/** Behind the light. */
export function Explanation() {
  const { session } = useDesk();
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
            <dd>{MAY_WORDS[role]}</dd>
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
      <Remedy />
    </div>
  );
}

/** The sentences of the banner. */
export function BannerWords() {
  const { session } = useDesk();
  return <>{longWords(standingOf(session))}</>;
}

// The browsers in which one is signed in, and ending that.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import type { Reply } from '../../api/ask.ts';
import { whyNot } from '../../api/ask.ts';
import { endSession, fetchSessions } from '../../api/me.ts';
import type { Me, SessionHead } from '../../api/me.ts';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import { whenWords } from '../class/words.ts';
import { SignOutDialog } from '../site/sign_out_dialog.tsx';
import { browserWords, wayWords } from './browser_words.ts';

export function Sessions({ me }: { me: Me }) {
  const reply = useSignal<Reply<readonly SessionHead[]> | null>(null);
  const said = useSignal('');
  const leaving = useSignal<'none' | 'here' | 'everywhere'>('none');
  const sending = useSending();
  const ask = async (): Promise<void> => {
    reply.value = await fetchSessions();
  };
  useEffect(() => void ask(), []);
  const now = reply.value;
  return (
    <section aria-label="Where you are signed in">
      <h2>Where you are signed in</h2>
      {now === null && <p class="hint">It is being fetched.</p>}
      {now !== null && now.reply !== 'found' && <Problem words={whyNot(now)} />}
      {now?.reply === 'found' && (
        <ul class="people-rows" aria-label="Browsers">
          {now.found.toSorted((a, b) => Number(b.isCurrent) - Number(a.isCurrent)).map((session) => (
            <SessionRow
              key={session.id}
              session={session}
              isSending={sending.isSending.value}
              end={() => {
                if (session.isCurrent) {
                  leaving.value = 'here';
                } else {
                  void sending.send(() => endSession(session.id), async () => {
                    await ask();
                    said.value = `${browserWords(session.agent)} has been signed out.`;
                  });
                }
              }}
            />
          ))}
        </ul>
      )}
      <Problem words={sending.problem.value} />
      <p class="hint" role="status">
        {said.value}
      </p>
      <p class="row">
        <button type="button" class="quiet framed danger" onClick={() => (leaving.value = 'everywhere')}>
          Sign out everywhere
        </button>
      </p>
      {leaving.value !== 'none' && <SignOutDialog me={me} isEverywhere={leaving.value === 'everywhere'} onClose={() => (leaving.value = 'none')} />}
    </section>
  );
}

function SessionRow({ session, end, isSending }: { session: SessionHead; end: () => void; isSending: boolean }) {
  const browser = browserWords(session.agent);
  return (
    <li>
      <div class="who">
        <strong>{browser}</strong>
        {session.isCurrent && <span class="badge">this browser</span>}
        <span class="facts">
          {[wayWords(session.way), `since ${whenWords(session.createdAt)}`, ...(session.isCurrent ? [] : [`last used ${whenWords(session.lastSeenAt)}`])]
            .filter((words) => words !== '')
            .join(' · ')}
        </span>
      </div>
      <button type="button" class="quiet" aria-label={`Sign out of ${session.isCurrent ? 'this browser' : browser}`} aria-disabled={isSending} onClick={end}>
        Sign out
      </button>
    </li>
  );
}

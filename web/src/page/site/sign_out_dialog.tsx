// Signing out: at once where nothing is lost by it, and else after a question.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import type { Me } from '../../api/me.ts';
import { arrive } from '../base/arrive.ts';
import { Dialog } from '../base/dialog.tsx';
import type { Waiting } from '../dialogs/erasing.ts';

type SignOutProps = {
  me: Me;
  isEverywhere?: boolean;
  onClose: () => void;
  /** Where to go afterwards. */
  to?: string;
};

type Stage = { stage: 'leaving' } | { stage: 'asking'; waiting: readonly Waiting[] } | { stage: 'failed'; why: string };

/** Begins when it is mounted. */
export function SignOutDialog({ me, isEverywhere = false, onClose, to = '/' }: SignOutProps) {
  const stage = useSignal<Stage>({ stage: 'leaving' });
  const go = async (shown: readonly Waiting[]): Promise<void> => {
    stage.value = { stage: 'leaving' };
    try {
      const { isKnown, leave, waitingOf } = await arrive(() => import('./leaving.ts'));
      const waiting = (await waitingOf(me.user)).filter(({ unsent }) => unsent > 0);
      if (!isKnown(waiting, shown)) {
        stage.value = { stage: 'asking', waiting };
        return;
      }
      const why = await leave(me.user, isEverywhere);
      if (why === null) {
        location.replace(to);
      } else {
        stage.value = { stage: 'failed', why };
      }
    } catch {
      stage.value = { stage: 'failed', why: 'A part of the page could not be fetched. You are still signed in; try again in a moment.' };
    }
  };
  useEffect(() => void go([]), []);
  const now = stage.value;
  return (
    <Dialog title={isEverywhere ? 'Sign out everywhere' : 'Sign out'} onClose={onClose}>
      {now.stage === 'leaving' && <p role="status">Signing out, and erasing what this browser keeps of your cases…</p>}
      {now.stage === 'failed' && (
        <>
          <p class="warning" role="alert">
            {now.why}
          </p>
          <button type="button" class="primary" onClick={() => void go([])}>
            Try again
          </button>
        </>
      )}
      {now.stage === 'asking' && <Unsent waiting={now.waiting} confirm={() => void go(now.waiting)} />}
    </Dialog>
  );
}

function Unsent({ waiting, confirm }: { waiting: readonly Waiting[]; confirm: () => void }) {
  return (
    <>
      <p class="warning" role="alert">
        Some of what you wrote has not reached its case yet, and would be lost.
      </p>
      <p>It is sent when you open the case:</p>
      <ul>
        {waiting.map(({ address, caseId, title, unsent }) => (
          <li key={caseId}>
            <a href={address} dir="auto">
              {title}
            </a>{' '}
            ({unsent === 1 ? '1 change' : `${unsent} changes`})
          </li>
        ))}
      </ul>
      <p class="row end">
        <button type="button" class="quiet" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
          Stay signed in
        </button>
        <button type="button" class="quiet danger" onClick={confirm}>
          Sign out and lose it
        </button>
      </p>
    </>
  );
}

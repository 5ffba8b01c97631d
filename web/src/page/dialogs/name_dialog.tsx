// Another name, and leaving this browser without a trace.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { whyNot } from '../../api/ask.ts';
import { rename } from '../../api/me.ts';
import { isAccount } from '../base/account.ts';
import { Dialog } from '../base/dialog.tsx';
import { rememberIdentity } from '../base/identity.ts';
import { useDesk } from '../desk/desk.ts';
import { changes } from '../status/long_words.ts';
import { isKnown } from './erasing.ts';
import type { Waiting } from './erasing.ts';
import { signOut, waitingHere } from './signing_out.ts';
import { NameForm } from './welcome.tsx';

/** Changes the name, or signs out of this browser. */
export function NameDialog({ onClose }: { onClose: () => void }) {
  const { account: me, me: shown } = useDesk();
  const problem = useSignal<string | null>(null);
  const take = async (name: string): Promise<void> => {
    if (name !== me.name) {
      problem.value = isAccount(me.id) ? whyNot(await rename(name)) : null;
      if (problem.value !== null) {
        return;
      }
      rememberIdentity(name);
      // A name belongs to a socket and to all that was shown through it: the new one begins with a new page.
      location.reload();
    }
    onClose();
  };
  return (
    <Dialog title="You in this browser" onClose={onClose}>
      <NameForm first={me.name} button="Change name" take={(name) => void take(name)} />
      {shown.id !== me.id && (
        <p class="hint">
          This class is anonymous: in it you are <strong>{shown.name}</strong> to other students, whatever your name is. Its staff see both.
        </p>
      )}
      <p class="warning" role="alert">
        {problem.value ?? ''}
      </p>
      <SigningOut />
    </Dialog>
  );
}

function SigningOut() {
  const desk = useDesk();
  const { unsaved } = desk.session.saved.value;
  const shown = useSignal<readonly Waiting[]>([]);
  const isLeaving = useSignal(false);
  const problem = useSignal<string | null>(null);
  const elsewhere = shown.value.filter(({ caseId }) => caseId !== desk.caseId);
  const unsent = shown.value.reduce((sum, one) => sum + one.unsent, 0);
  const isAllSent = unsaved === 0;
  useEffect(() => {
    if (isAllSent) {
      // What the warning says of this case is no longer true. Whether another tab still holds something, the next press asks.
      shown.value = elsewhere;
    }
  }, [isAllSent]);
  const press = async (): Promise<void> => {
    const known = shown.peek();
    shown.value = await waitingHere(desk);
    if (isKnown(shown.peek(), known)) {
      // To look once more would make the copies anew.
      isLeaving.value = true;
      problem.value = await signOut(desk);
      isLeaving.value = problem.value === null;
    }
  };
  return (
    <div class="dialog-part">
      <p>
        Signing out forgets your name and half-written comments, and erases the copies of your cases that are kept here for
        working offline. Other tabs of this browser are signed out too.
      </p>
      {unsent > 0 && (
        <div role="alert">
          <p class="warning">{changes(unsent)} of yours {unsent === 1 ? 'has' : 'have'} not reached the room yet, and would be lost.</p>
          {elsewhere.length > 0 && <WaitingList all={elsewhere} />}
        </div>
      )}
      <p class="warning" role="alert">
        {problem.value ?? ''}
      </p>
      <button type="button" class="quiet danger" disabled={isLeaving.value} onClick={() => void press()}>
        {unsent > 0 ? 'Sign out and lose what is unsent' : 'Sign out of this browser'}
      </button>
    </div>
  );
}

function WaitingList({ all }: { all: readonly Waiting[] }) {
  return (
    <>
      <p>What waits in another case is sent when you open it:</p>
      <ul>
        {all.map(({ address, caseId, title, unsent }) => (
          <li key={caseId}>
            <a href={address}>{title}</a> ({changes(unsent)})
          </li>
        ))}
      </ul>
    </>
  );
}

// Another name, and leaving this browser without a trace.

import { useSignal } from '@preact/signals';

import { Dialog } from '../base/dialog.tsx';
import { rememberIdentity } from '../base/identity.ts';
import { useDesk } from '../desk/desk.ts';
import { changes } from '../status/long_words.ts';
import { signOut, waitingElsewhere } from './signing_out.ts';
import type { Waiting } from './signing_out.ts';
import { NameForm } from './welcome.tsx';

/** Changes the name, or signs out of this browser. */
export function NameDialog({ onClose }: { onClose: () => void }) {
  const { me } = useDesk();
  return (
    <Dialog title="You in this browser" onClose={onClose}>
      <NameForm
        first={me.name}
        button="Change name"
        take={(name) => {
          if (name !== me.name) {
            rememberIdentity(name);
            // A name belongs to a socket and to all that was shown through it: the new one begins with a new page.
            location.reload();
          }
          onClose();
        }}
      />
      <SigningOut />
    </Dialog>
  );
}

function SigningOut() {
  const desk = useDesk();
  const { unsaved } = desk.session.saved.value;
  const isWarned = useSignal(false);
  const elsewhere = useSignal<readonly Waiting[]>([]);
  const unsent = elsewhere.value.reduce((sum, waiting) => sum + waiting.unsent, unsaved);
  const press = async (): Promise<void> => {
    const wasWarned = isWarned.value && unsent > 0;
    elsewhere.value = await waitingElsewhere(desk);
    isWarned.value = true;
    if (wasWarned || (desk.session.saved.peek().unsaved === 0 && elsewhere.value.length === 0)) {
      await signOut(desk);
    }
  };
  return (
    <div class="dialog-part">
      <p>
        Signing out forgets your name and half-written comments, and erases the copies of your cases that are kept here for
        working offline. Other tabs of this browser are signed out too.
      </p>
      {isWarned.value && unsent > 0 && (
        <div role="alert">
          <p class="warning">{changes(unsent)} of yours {unsent === 1 ? 'has' : 'have'} not reached the room yet, and would be lost.</p>
          {elsewhere.value.length > 0 && <WaitingList all={elsewhere.value} />}
        </div>
      )}
      <button type="button" class="quiet danger" onClick={() => void press()}>
        {isWarned.value && unsent > 0 ? 'Sign out and lose what is unsent' : 'Sign out of this browser'}
      </button>
    </div>
  );
}

function WaitingList({ all }: { all: readonly Waiting[] }) {
  return (
    <>
      <p>What waits in another case is sent when you open it:</p>
      <ul>
        {all.map(({ caseId, title, unsent }) => (
          <li key={caseId}>
            <a href={`/c/${caseId}`}>{title}</a> ({changes(unsent)})
          </li>
        ))}
      </ul>
    </>
  );
}

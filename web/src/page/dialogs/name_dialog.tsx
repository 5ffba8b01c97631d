// Another name, and leaving this browser without a trace.

import { useSignal } from '@preact/signals';

import { forgetDraftsOf } from '../../marginalia/old_drafts.ts';
import { Dialog } from '../base/dialog.tsx';
import { forgetIdentity, rememberIdentity } from '../base/identity.ts';
import { storage } from '../base/stored.ts';
import { forgetWays } from '../desk/old_ways.ts';
import { useDesk } from '../desk/desk.ts';
import { changes } from '../status/long_words.ts';
import { NameForm } from './welcome.tsx';

/** Changes the name, or signs out of this browser. */
export function NameDialog({ onClose }: { onClose: () => void }) {
  const { me, session } = useDesk();
  const isLeaving = useSignal(false);
  const { unsaved } = session.saved.value;
  const signOut = async (): Promise<void> => {
    await session.client.forgetOffline();
    const stored = storage();
    if (stored !== null) {
      forgetDraftsOf(stored, me.id);
    }
    forgetWays();
    forgetIdentity();
    location.assign('/');
  };
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
      <div class="dialog-part">
        <p>
          Signing out forgets your name and half-written comments, and erases the copy of this case that is kept here for
          working offline.
        </p>
        {isLeaving.value && unsaved > 0 && (
          <p class="warning" role="alert">
            {changes(unsaved)} of yours have not reached the room. Signing out now loses them.
          </p>
        )}
        <button
          type="button"
          class="quiet danger"
          onClick={() => {
            if (unsaved > 0 && !isLeaving.value) {
              isLeaving.value = true;
            } else {
              void signOut();
            }
          }}
        >
          {isLeaving.value && unsaved > 0 ? 'Sign out and lose them' : 'Sign out of this browser'}
        </button>
      </div>
    </Dialog>
  );
}

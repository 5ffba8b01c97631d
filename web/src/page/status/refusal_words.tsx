// The room refused a change: why, what was lost by it, and a way to keep those words.

import { useSignal } from '@preact/signals';

import type { RefusalReason } from '../../sync/interface.ts';
import { Dialog } from '../base/dialog.tsx';
import type { Session } from '../desk/session.ts';
import { changes } from './long_words.ts';
import { lostWords } from './lost_words.ts';
import type { What } from './short_words.ts';

function reasonWords(reason: RefusalReason, what: What): string {
  switch (reason) {
    case 'too_large':
      return `The change does not fit: a ${what} has only so much room. Write less, delete something, or go on in another ${what}.`;
    case 'not_allowed':
      return `You are not allowed to make this change in this ${what}. Ask its owner.`;
    case 'malformed':
      return 'The server could not understand the change. That is a fault of this page, not yours; please report it.';
  }
}

export function RefusalWords({ session, onClose }: { session: Session; onClose: () => void }) {
  const refusal = session.refusal.value;
  const copied = useSignal<'no' | 'yes' | 'failed'>('no');
  if (refusal === null) {
    return null;
  }
  const lost = lostWords(refusal.lost);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(lost);
      copied.value = 'yes';
    } catch {
      copied.value = 'failed';
    }
  };
  return (
    <Dialog title="A change was not accepted" onClose={onClose}>
      <p>{reasonWords(refusal.reason, session.what)}</p>
      {refusal.words !== '' && <p class="hint">The room says: {refusal.words}</p>}
      {refusal.replayed > 0 && <p>{changes(refusal.replayed)} that you made around it were sent again and are kept.</p>}
      {lost === '' ? (
        <p>Nothing that you wrote was lost.</p>
      ) : (
        <>
          <p>What follows is not in the {session.what}. Copy it if you need it.</p>
          <div class="lost" tabIndex={0} role="group" aria-label="What was lost">
            {lost}
          </div>
        </>
      )}
      <p class="row end dialog-part">
        {copied.value === 'failed' && <span class="warning">The browser does not let this page copy: select the words above.</span>}
        {lost !== '' && (
          <button type="button" class="quiet" onClick={() => void copy()}>
            {copied.value === 'yes' ? 'Copied' : 'Copy it'}
          </button>
        )}
        <button type="button" class="primary" autofocus onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
          Go on
        </button>
      </p>
    </Dialog>
  );
}

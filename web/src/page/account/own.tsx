// What is one's own: taking it along, and being erased.

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';

import { eraseMe, fetchOwn } from '../../api/me.ts';
import type { Me } from '../../api/me.ts';
import { arrive } from '../base/arrive.ts';
import { Dialog } from '../base/dialog.tsx';
import { FAILED_WORDS } from '../base/failed_words.ts';
import { Problem } from '../base/problem.tsx';
import { saveFile } from '../base/save_file.ts';
import { useSending } from '../base/sending.ts';

export function Own({ me }: { me: Me }) {
  const sending = useSending();
  const said = useSignal('');
  const isErasing = useSignal(false);
  const take = (): Promise<void> => {
    said.value = 'It is being put together.';
    return sending.send(fetchOwn, (text) => {
      saveFile('glossator.json', 'application/json', text);
      said.value = 'The file is among your downloads.';
    });
  };
  return (
    <section aria-label="What is yours">
      <h2>What is yours</h2>
      <p class="hint">
        Your name and addresses, where you are signed in, your classes and cases, every highlight, comment and tag of yours, and the log of
        what changed your rights, in one file.
      </p>
      <Problem words={sending.problem.value} />
      <p class="hint" role="status">
        {sending.problem.value === null ? said.value : ''}
      </p>
      <p class="row">
        <button type="button" class="quiet framed" aria-disabled={sending.isSending.value} onClick={() => void take()}>
          Download what is mine
        </button>
        <button type="button" class="quiet framed danger" onClick={() => (isErasing.value = true)}>
          Erase my account
        </button>
      </p>
      {isErasing.value && <EraseDialog me={me} onClose={() => (isErasing.value = false)} />}
    </section>
  );
}

function EraseDialog({ me, onClose }: { me: Me; onClose: () => void }) {
  const id = useId();
  const sending = useSending();
  return (
    <Dialog title="Erase your account?" onClose={onClose}>
      <form
        class="stacked"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const field = event.currentTarget.elements.namedItem('name');
          if (!(field instanceof HTMLInputElement)) {
            return;
          }
          if (field.value.trim() !== me.name) {
            sending.refuse('That is not your name, as it is written here.');
            field.focus();
            return;
          }
          void (async () => {
            // What erases this browser's copies comes first: afterwards there is nobody who could try again.
            const part = await arrive(() => import('../dialogs/erasing.ts')).catch(() => null);
            if (part === null) {
              sending.refuse(FAILED_WORDS);
              return;
            }
            await sending.send(() => eraseMe(me.name), async () => {
              await part.eraseHere(me.user);
              location.replace('/sign-in');
            });
          })();
        }}
      >
        <p>This cannot be taken back. Take along first what you want to keep.</p>
        <ul>
          <li>You are signed out everywhere, and your name, your addresses and your places in classes are gone.</li>
          <li>Your highlights, comments and tags are deleted, in everybody’s cases and in their earlier versions.</li>
          <li>
            A highlight of yours that others have commented on, and a tag that they use, stay without your name, so that their words still
            stand somewhere. Replies to you stay.
          </li>
          <li>Cases of yours that are in no class are deleted; those in a class go to its owner.</li>
        </ul>
        <label for={id}>
          To go on, write your name: <strong dir="auto">{me.name}</strong>
        </label>
        <input id={id} name="name" dir="auto" autocomplete="off" aria-invalid={sending.problem.value !== null} aria-describedby={`${id}-problem`} />
        <Problem words={sending.problem.value} id={`${id}-problem`} />
        <p class="row end">
          <button type="button" class="quiet" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
            Keep my account
          </button>
          <button type="submit" class="quiet danger" aria-disabled={sending.isSending.value}>
            Erase it for good
          </button>
        </p>
      </form>
    </Dialog>
  );
}

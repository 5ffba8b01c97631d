// Joining a class by its code, or by the link that has it.

import { useId } from 'preact/hooks';

import { joinClass } from '../../api/classes.ts';
import { Dialog } from '../base/dialog.tsx';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import { codeIn } from './words.ts';

export function JoinDialog({ onClose }: { onClose: () => void }) {
  const id = useId();
  const sending = useSending();
  return (
    <Dialog title="Join a class" onClose={onClose}>
      <form
        class="stacked"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const field = event.currentTarget.elements.namedItem('code');
          if (field instanceof HTMLInputElement) {
            const code = codeIn(field.value);
            if (code === '') {
              sending.refuse('Enter the code that you were given.');
              field.focus();
            } else {
              void sending.send(() => joinClass(code), (joined) => location.assign(`/classes/${encodeURIComponent(joined)}`));
            }
          }
        }}
      >
        <label for={id}>Code or link</label>
        <input
          id={id}
          name="code"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          maxLength={500}
          aria-invalid={sending.problem.value !== null}
          aria-describedby={`${id}-hint ${id}-problem`}
        />
        <p class="hint" id={`${id}-hint`}>
          Whoever runs the class has it. The class’s teachers will see your name and e-mail address.
        </p>
        <Problem words={sending.problem.value} id={`${id}-problem`} />
        <p class="row end">
          <button type="button" class="quiet" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
            Cancel
          </button>
          <button type="submit" class="primary" aria-disabled={sending.isSending.value}>
            Join
          </button>
        </p>
      </form>
    </Dialog>
  );
}

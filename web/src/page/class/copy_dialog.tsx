// Giving the text of a case, with its tags, to another class that one leads: a section that shall work on its own.

import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';

import { whyNot } from '../../api/ask.ts';
import type { Reply } from '../../api/ask.ts';
import { copyCase, fetchClasses, leads } from '../../api/classes.ts';
import type { ClassCase, ClassHead } from '../../api/classes.ts';
import { Dialog } from '../base/dialog.tsx';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import { say } from './class_state.ts';

type CopyDialogProps = { of: ClassCase; classId: string; onClose: () => void };

export function CopyDialog({ of, classId, onClose }: CopyDialogProps) {
  const classes = useSignal<Reply<readonly ClassHead[]> | null>(null);
  useEffect(() => {
    void fetchClasses().then((reply) => (classes.value = reply));
  }, []);
  const now = classes.value;
  const others = now?.reply === 'found' ? now.found.filter((each) => each.id !== classId && leads(each.role) && each.state !== 'archived') : [];
  return (
    <Dialog title="Copy into another class" onClose={onClose}>
      <p class="hint" dir="auto">
        {of.title}
      </p>
      {now === null && <p role="status">Your classes are being fetched.</p>}
      {now !== null && now.reply !== 'found' && <Problem words={whyNot(now)} />}
      {now?.reply === 'found' && others.length === 0 && <p>You lead no other class.</p>}
      {others.length > 0 && <CopyForm of={of} classes={others} />}
    </Dialog>
  );
}

function CopyForm({ of, classes }: { of: ClassCase; classes: readonly ClassHead[] }) {
  const id = useId();
  const which = useRef<HTMLSelectElement>(null);
  const sending = useSending();
  return (
    <form
      class="stacked"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const dialog = event.currentTarget.closest('dialog');
        void sending.send(() => copyCase(of.id, which.current?.value ?? ''), () => {
          say('The case has been copied.');
          dialog?.close();
        });
      }}
    >
      <label for={id}>Class</label>
      <select ref={which} id={id} aria-describedby={`${id}-hint ${id}-problem`}>
        {classes.map((each) => (
          <option key={each.id} value={each.id}>
            {each.name}
          </option>
        ))}
      </select>
      <p class="hint" id={`${id}-hint`}>
        The other class gets the text and the tags, and a margin of its own: nothing that was written here goes with them.
      </p>
      <Problem words={sending.problem.value} id={`${id}-problem`} />
      <p class="row end">
        <button type="button" class="quiet" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
          Cancel
        </button>
        <button type="submit" class="primary" aria-disabled={sending.isSending.value}>
          Copy it
        </button>
      </p>
    </form>
  );
}

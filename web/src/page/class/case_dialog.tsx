// What a class may do with one of its cases, and from when it sees it.

import { useSignal } from '@preact/signals';
import { useId, useRef } from 'preact/hooks';

import { CLASS_STATES, changeCase, removeCase } from '../../api/classes.ts';
import type { CaseChange, ClassCase, ClassState } from '../../api/classes.ts';
import { Dialog } from '../base/dialog.tsx';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import { refresh, say } from './class_state.ts';
import { fieldOf, momentOf } from './moments.ts';

const STATE_CHOICES: Readonly<Record<ClassState, string>> = {
  open: 'Open: each may do what their role allows',
  locked: 'Locked: only owners write',
  archived: 'Archived: nobody writes',
};
const TITLE_MAX = 200;

export function CaseDialog({ of, classId, onClose }: { of: ClassCase; classId: string; onClose: () => void }) {
  const id = useId();
  const title = useRef<HTMLInputElement>(null);
  const from = useRef<HTMLInputElement>(null);
  const state = useSignal<ClassState>(of.state);
  const sending = useSending();
  const wasHidden = of.visibleFrom !== null && Date.parse(of.visibleFrom) > Date.now();
  const save = (close: () => void): void => {
    const change: CaseChange = {};
    const name = title.current?.value.trim() ?? '';
    if (name === '') {
      sending.refuse('A case needs a title.');
      title.current?.focus();
      return;
    }
    if (name !== of.title) {
      change.title = name;
    }
    if (state.peek() !== of.state) {
      change.state = state.peek();
    }
    const field = from.current?.value ?? '';
    if (wasHidden && field !== fieldOf(of.visibleFrom)) {
      // Without a moment it is seen at once.
      change.visible_from = momentOf(field);
    }
    void sending.send(() => changeCase(of.id, change), async () => {
      await refresh();
      say(`${name} has been changed.`);
      close();
    });
  };
  return (
    <Dialog title="Change this case" onClose={onClose}>
      <form
        class="stacked"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const dialog = event.currentTarget.closest('dialog');
          save(() => dialog?.close());
        }}
      >
        <label for={`${id}-title`}>Title</label>
        <input ref={title} id={`${id}-title`} dir="auto" defaultValue={of.title} maxLength={TITLE_MAX} autocomplete="off" aria-describedby={`${id}-problem`} />
        <fieldset class="choices">
          <legend>State</legend>
          {CLASS_STATES.map((each) => (
            <label class="check" key={each}>
              <input type="radio" name="state" checked={state.value === each} onChange={() => (state.value = each)} />
              {STATE_CHOICES[each]}
            </label>
          ))}
        </fieldset>
        <label for={`${id}-from`}>Visible from</label>
        <input ref={from} id={`${id}-from`} type="datetime-local" defaultValue={fieldOf(of.visibleFrom)} disabled={!wasHidden} aria-describedby={`${id}-hint`} />
        <p class="hint" id={`${id}-hint`}>
          {wasHidden ? 'Empty: at once. Until then only its owners see it.' : 'The class sees it already; that cannot be taken back. Lock it instead.'}
        </p>
        <Problem words={sending.problem.value} id={`${id}-problem`} />
        <p class="row end">
          <button
            type="button"
            class="quiet danger first"
            aria-disabled={sending.isSending.value}
            onClick={(event) => {
              const dialog = event.currentTarget.closest('dialog');
              void sending.send(() => removeCase(classId, of.id), async () => {
                await refresh();
                say(`${of.title} is not in the class any more.`);
                dialog?.close();
              });
            }}
          >
            Take out of the class
          </button>
          <button type="button" class="quiet" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
            Cancel
          </button>
          <button type="submit" class="primary" aria-disabled={sending.isSending.value}>
            Save
          </button>
        </p>
      </form>
    </Dialog>
  );
}

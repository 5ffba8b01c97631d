// What a case is called, who may write in it, from when its class sees it, and its end.

import { useSignal } from '@preact/signals';
import { useId, useRef } from 'preact/hooks';

import { CLASS_STATES, changeCase, deleteCase, removeCase } from '../../api/classes.ts';
import type { CaseChange, ClassCase, ClassState } from '../../api/classes.ts';
import { Confirm } from '../base/confirm.tsx';
import { Dialog } from '../base/dialog.tsx';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import type { Sending } from '../base/sending.ts';
import { fieldOf, momentOf } from './moments.ts';
import { classWords } from './class_words.ts';

const STATE_CHOICES: Readonly<Record<ClassState, string>> = {
  open: 'Open: each may do what their role allows',
  locked: 'Locked: only owners write',
  archived: 'Archived: nobody writes',
};
const TITLE_MAX = 200;

/** The class that a case is in, and whether one may take its cases out of it. */
export type Within = { readonly id: string; readonly letsGo: boolean };

type CaseDialogProps = {
  of: Pick<ClassCase, 'id' | 'title' | 'state' | 'ownState' | 'visibleFrom' | 'isDeletable'>;
  /** Null: it is in none. */
  within: Within | null;
  /** Called with what was done, once it was. */
  changed: (words: string) => unknown;
  onClose: () => void;
};

export function CaseDialog({ of, within, changed, onClose }: CaseDialogProps) {
  const id = useId();
  const isDeleting = useSignal(false);
  const title = useRef<HTMLInputElement>(null);
  const from = useRef<HTMLInputElement>(null);
  const state = useSignal(of.ownState);
  const ofClass = classWords(of, 'case');
  const sending = useSending();
  const wasHidden = of.visibleFrom !== null && Date.parse(of.visibleFrom) > Date.now();
  const isGone = async (words: string): Promise<void> => {
    await changed(words);
    onClose();
    // What was pressed to come here has gone with its case. While a dialog is open, nothing below it takes the focus.
    setTimeout(() => document.getElementById('content')?.focus());
  };
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
    if (state.peek() !== of.ownState) {
      change.state = state.peek();
    }
    const field = from.current?.value ?? '';
    if (wasHidden && field !== fieldOf(of.visibleFrom)) {
      // Without a moment it is seen at once.
      change.visible_from = momentOf(field);
    }
    void sending.send(() => changeCase(of.id, change), async () => {
      await changed(`${name} has been changed.`);
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
          {ofClass !== null && <p class="hint">{ofClass}</p>}
        </fieldset>
        {within !== null && !wasHidden && <p class="hint">The class sees it already; that cannot be taken back. Lock it instead.</p>}
        {within !== null && wasHidden && (
          <>
            <label for={`${id}-from`}>Visible from</label>
            <input ref={from} id={`${id}-from`} type="datetime-local" defaultValue={fieldOf(of.visibleFrom)} aria-describedby={`${id}-hint`} />
            <p class="hint" id={`${id}-hint`}>
              Empty: at once. Until then only its owners see it.
            </p>
          </>
        )}
        <Problem words={sending.problem.value} id={`${id}-problem`} />
        <p class="row end">
          <button type="button" class="quiet" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
            Cancel
          </button>
          <button type="submit" class="primary" aria-disabled={sending.isSending.value}>
            Save
          </button>
        </p>
        {(within?.letsGo === true || of.isDeletable) && <Endings of={of} within={within} sending={sending} isGone={isGone} askToDelete={() => (isDeleting.value = true)} />}
      </form>
      {isDeleting.value && <DeleteCase of={of} isGone={isGone} onClose={() => (isDeleting.value = false)} />}
    </Dialog>
  );
}

type IsGone = (words: string) => Promise<void>;
type EndingsProps = Pick<CaseDialogProps, 'of' | 'within'> & { sending: Sending; isGone: IsGone; askToDelete: () => void };

/** What takes the case away from others, apart from what merely changes it. */
function Endings({ of, within, sending, isGone, askToDelete }: EndingsProps) {
  return (
    <p class="row dialog-part">
      {within?.letsGo === true && (
        <button
          type="button"
          class="quiet danger"
          aria-disabled={sending.isSending.value}
          onClick={() => void sending.send(() => removeCase(within.id, of.id), () => isGone(`${of.title} is not in the class any more.`))}
        >
          Take out of the class
        </button>
      )}
      {of.isDeletable && (
        <button type="button" class="quiet danger" onClick={askToDelete}>
          Delete the case…
        </button>
      )}
    </p>
  );
}

function DeleteCase({ of, isGone, onClose }: Pick<CaseDialogProps, 'of' | 'onClose'> & { isGone: IsGone }) {
  return (
    <Confirm
      title="Delete this case?"
      action="Delete it for good"
      question={() => deleteCase(of.id)}
      done={() => isGone(`${of.title} has been deleted.`)}
      onClose={onClose}
    >
      <strong dir="auto">{of.title}</strong> goes for good and for everybody, with its text, all highlights, comments, tags and shared notes in
      it, everybody’s private notes on it, and its earlier versions. Whoever has it open is led out. To keep it from being changed, lock or
      archive it instead.
    </Confirm>
  );
}

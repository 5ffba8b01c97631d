// A new class: its name, what its students may do, and where its rooms are.

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';

import { REGIONS, createClass } from '../../api/classes.ts';
import type { DefaultRole } from '../../api/shares.ts';
import { Dialog } from '../base/dialog.tsx';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import { DefaultRoles } from './default_roles.tsx';

export const CLASS_NAME_MAX = 200;

export function NewClassDialog({ onClose }: { onClose: () => void }) {
  const id = useId();
  const sending = useSending();
  const role = useSignal<DefaultRole>('annotate');
  const anonymous = useSignal(false);
  const region = useSignal('');
  return (
    <Dialog title="New class" onClose={onClose}>
      <form
        class="stacked"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const field = event.currentTarget.elements.namedItem('name');
          if (field instanceof HTMLInputElement) {
            const name = field.value.trim();
            if (name === '') {
              sending.refuse('A class needs a name.');
              field.focus();
            } else {
              const place = region.peek() === '' ? {} : { region: region.peek() };
              const wanted = { name, default_role: role.peek(), anonymous: anonymous.peek(), ...place };
              void sending.send(() => createClass(wanted), (made) => location.assign(`/classes/${encodeURIComponent(made)}`));
            }
          }
        }}
      >
        <label for={id}>Name</label>
        <input
          id={id}
          name="name"
          dir="auto"
          autocomplete="off"
          placeholder="Torts, autumn term"
          maxLength={CLASS_NAME_MAX}
          aria-invalid={sending.problem.value !== null}
          aria-describedby={`${id}-problem`}
        />
        <DefaultRoles chosen={role.value} choose={(chosen) => (role.value = chosen)} />
        <label for={`${id}-region`}>Where most of its people are</label>
        <select id={`${id}-region`} value={region.value} onChange={({ currentTarget }) => (region.value = currentTarget.value)}>
          <option value="">Near whoever opens a case first</option>
          {Object.entries(REGIONS).map(([each, words]) => (
            <option key={each} value={each}>
              {words}
            </option>
          ))}
        </select>
        <fieldset class="choices">
          <legend>Names</legend>
          <label class="check">
            <input type="checkbox" checked={anonymous.value} aria-describedby={`${id}-anonymous`} onChange={({ currentTarget }) => (anonymous.value = currentTarget.checked)} />
            Students are anonymous to each other
          </label>
        </fieldset>
        <p class="hint" id={`${id}-anonymous`}>
          Each gets a pseudonym that stays; staff see the names. This cannot be changed later: names that were seen cannot be unseen, and what was promised is kept.
        </p>
        <Problem words={sending.problem.value} id={`${id}-problem`} />
        <p class="row end">
          <button type="button" class="quiet" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
            Cancel
          </button>
          <button type="submit" class="primary" aria-disabled={sending.isSending.value}>
            Create the class
          </button>
        </p>
      </form>
    </Dialog>
  );
}

// The question for a name, until there is signing in.

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';

import { Dialog } from '../base/dialog.tsx';
import { NAME_CHARACTERS_MAX, cleanName } from '../people/people.ts';

/** The first question. */
export function Welcome({ take }: { take: (name: string) => void }) {
  return (
    <Dialog title="What should the others call you?" onClose={() => {}} isDismissible={false}>
      <p>They see this name beside what you write and while you are here. It is kept in this browser.</p>
      <NameForm first="" button="Join" take={take} />
    </Dialog>
  );
}

/** The field for a name; `take` gets one that is fit to be shown. */
export function NameForm({ first, button, take }: { first: string; button: string; take: (name: string) => void }) {
  const id = useId();
  const isEmpty = useSignal(false);
  return (
    <form
      class="name-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const field = event.currentTarget.elements.namedItem('name');
        const name = field instanceof HTMLInputElement ? cleanName(field.value) : null;
        isEmpty.value = name === null;
        if (name !== null) {
          take(name);
        } else if (field instanceof HTMLInputElement) {
          field.focus();
        }
      }}
    >
      <label for={id}>Name</label>
      <div class="row">
        <input
          id={id}
          name="name"
          defaultValue={first}
          maxLength={NAME_CHARACTERS_MAX}
          autocomplete="nickname"
          required
          aria-invalid={isEmpty.value}
          aria-describedby={`${id}-problem`}
        />
        <button type="submit" class="primary">
          {button}
        </button>
      </div>
      <p id={`${id}-problem`} class="warning" role="alert">
        {isEmpty.value ? 'A name needs at least one letter.' : ''}
      </p>
    </form>
  );
}

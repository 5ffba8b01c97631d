// One's account: the name that others see, the browsers in which one is signed in, and what is one's own.

import { useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';

import { rename } from '../../api/me.ts';
import type { Me } from '../../api/me.ts';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import { NAME_CHARACTERS_MAX, cleanName } from '../people/people.ts';
import { keepVisitor } from '../site/visitor.ts';
import { Mails } from './mails.tsx';
import { Own } from './own.tsx';
import { Sessions } from './sessions.tsx';

export function AccountPage({ me }: { me: Me }) {
  useEffect(() => {
    document.title = 'Your account · Glossator';
  }, []);
  return (
    <main class="index account" id="content" tabIndex={-1}>
      <header class="class-head">
        <h1>Your account</h1>
        {me.email !== null && <p class="facts address">{me.email}</p>}
      </header>
      <section aria-label="Name">
        <h2>Name</h2>
        <NameField me={me} />
      </section>
      {me.digest !== null && <Mails me={me} digest={me.digest} />}
      <Sessions me={me} />
      <Own me={me} />
    </main>
  );
}

function NameField({ me }: { me: Me }) {
  const id = useId();
  const sending = useSending();
  const isSaved = useSignal(false);
  return (
    <form
      class="stacked narrow"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const field = event.currentTarget.elements.namedItem('name');
        if (!(field instanceof HTMLInputElement)) {
          return;
        }
        const name = cleanName(field.value);
        isSaved.value = false;
        if (name === null) {
          sending.refuse('A name needs at least one letter.');
          field.focus();
        } else {
          void sending.send(() => rename(name), () => {
            keepVisitor({ ...me, name });
            isSaved.value = true;
          });
        }
      }}
    >
      <label for={id}>What others see</label>
      <div class="row">
        <input
          id={id}
          name="name"
          class="grow"
          dir="auto"
          defaultValue={me.name}
          maxLength={NAME_CHARACTERS_MAX}
          autocomplete="nickname"
          aria-invalid={sending.problem.value !== null}
          aria-describedby={`${id}-problem ${id}-hint`}
        />
        <button type="submit" class="primary" aria-disabled={sending.isSending.value}>
          Change
        </button>
      </div>
      <Problem words={sending.problem.value} id={`${id}-problem`} />
      <p class="hint" id={`${id}-hint`}>
        It stands beside what you write and while you are in a case.
      </p>
      <p class="hint" role="status">
        {isSaved.value ? 'Changed. Cases that are open take the new name when they are opened again.' : ''}
      </p>
    </form>
  );
}

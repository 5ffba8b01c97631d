// The ways of signing in: the institution first, what is for few last.

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';

import type { Way, WayKind } from '../../api/ways.ts';
import { NAME_CHARACTERS_MAX, cleanName } from '../people/people.ts';
import { askForMail, finishByName, problem, sending, takeWay } from './stage.ts';

export function Ways({ ways }: { ways: readonly Way[] }) {
  const of = (...kinds: readonly WayKind[]): readonly Way[] => ways.filter(({ kind }) => kinds.includes(kind));
  const [providers, developers] = [of('oidc', 'google'), of('github')];
  const hasMail = of('mail').length > 0;
  const hasNames = of('development').length > 0;
  if (ways.length === 0) {
    return <p>Nobody can sign in here yet: whoever runs this place has not set up a way of signing in.</p>;
  }
  return (
    <>
      {providers.length > 0 && (
        <ul class="providers">
          {providers.map((way, index) => (
            <li key={way.id}>
              <WayButton way={way} isFirst={index === 0} />
            </li>
          ))}
        </ul>
      )}
      {hasMail && (
        <>
          {providers.length > 0 && <p class="or">or</p>}
          <MailForm isFirst={providers.length === 0} />
        </>
      )}
      {developers.length > 0 && (
        <details class="for-few">
          <summary>For developers</summary>
          {developers.map((way) => (
            <WayButton key={way.id} way={way} isFirst={false} />
          ))}
        </details>
      )}
      {hasNames && <NameOnly isAlone={ways.length === 1} />}
    </>
  );
}

function WayButton({ way, isFirst }: { way: Way; isFirst: boolean }) {
  return (
    <button
      type="button"
      class={isFirst ? 'primary large' : 'quiet framed large'}
      aria-disabled={sending.value !== null}
      onClick={() => void takeWay(way)}
    >
      <span>
        Sign in with <span dir="auto">{way.name}</span>
      </span>
    </button>
  );
}

/** As much as has to be right for a mail to be sent; whether it is an address, only a mail shows. */
const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

function MailForm({ isFirst }: { isFirst: boolean }) {
  const id = useId();
  const isWrong = useSignal(false);
  return (
    <form
      class="stacked"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const field = event.currentTarget.elements.namedItem('email');
        if (field instanceof HTMLInputElement) {
          const email = field.value.trim();
          isWrong.value = !ADDRESS.test(email);
          problem.value = null;
          if (isWrong.value) {
            field.focus();
          } else {
            void askForMail(email);
          }
        }
      }}
    >
      <label for={id}>E-mail address</label>
      <input id={id} name="email" type="email" autocomplete="email" maxLength={254} aria-invalid={isWrong.value} aria-describedby={`${id}-problem`} />
      <p id={`${id}-problem`} class="warning" role="alert">
        {isWrong.value ? 'Enter your whole address, such as name@example.edu.' : ''}
      </p>
      <button type="submit" class={isFirst ? 'primary large' : 'quiet framed large'} aria-disabled={sending.value !== null}>
        {sending.value === 'mail' ? 'Sending…' : 'Send me a link'}
      </button>
    </form>
  );
}

function NameOnly({ isAlone }: { isAlone: boolean }) {
  const id = useId();
  const isWrong = useSignal(false);
  return (
    <form
      class={isAlone ? 'stacked' : 'stacked apart'}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const field = event.currentTarget.elements.namedItem('name');
        if (field instanceof HTMLInputElement) {
          const name = cleanName(field.value);
          isWrong.value = name === null;
          if (name === null) {
            field.focus();
          } else {
            void finishByName(name);
          }
        }
      }}
    >
      <label for={id}>Name</label>
      <input id={id} name="name" autocomplete="nickname" maxLength={NAME_CHARACTERS_MAX} aria-invalid={isWrong.value} aria-describedby={`${id}-problem ${id}-hint`} />
      <p id={`${id}-problem`} class="warning" role="alert">
        {isWrong.value ? 'A name needs at least one letter.' : ''}
      </p>
      <button type="submit" class={isAlone ? 'primary large' : 'quiet framed large'} aria-disabled={sending.value !== null}>
        Sign in by name
      </button>
      <p class="hint" id={`${id}-hint`}>
        For development: on this machine whoever says a name is believed.
      </p>
    </form>
  );
}

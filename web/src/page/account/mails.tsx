// Whether one is sent a mail of what is unread.

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';

import { chooseDigest } from '../../api/me.ts';
import type { Digest, Me } from '../../api/me.ts';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import { keepVisitor } from '../site/visitor.ts';

export function Mails({ me, digest }: { me: Me; digest: Digest }) {
  const id = useId();
  const sending = useSending();
  const said = useSignal('');
  return (
    <section aria-label="Mails">
      <h2>Mails</h2>
      <label class="check" for={id}>
        <input
          id={id}
          type="checkbox"
          checked={digest === 'daily'}
          aria-describedby={`${id}-hint`}
          onChange={({ currentTarget }) => {
            const wanted: Digest = currentTarget.checked ? 'daily' : 'never';
            // What is shown is what is so: it changes once the host has said yes.
            currentTarget.checked = digest === 'daily';
            void sending.send(() => chooseDigest(wanted), () => {
              keepVisitor({ ...me, digest: wanted });
              said.value = wanted === 'daily' ? 'Mails are on.' : 'Mails are off.';
            });
          }}
        />
        Once a day, send me what is unread in my inbox
      </label>
      <Problem words={sending.problem.value} />
      <p class="hint" id={`${id}-hint`}>
        To {me.email}. The mail says who has written in which case, and not what.
      </p>
      <p class="hint" role="status">
        {said.value}
      </p>
    </section>
  );
}

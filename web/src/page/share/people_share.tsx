// With which people a case or board is shared, what each may do, and one more by e-mail.

import { useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';

import { whyNot } from '../../api/ask.ts';
import type { Reply } from '../../api/ask.ts';
import { changeShare, fetchShares } from '../../api/shares.ts';
import type { Share, ShareRole } from '../../api/shares.ts';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import { SHARE_ROLE_WORDS } from '../class/words.ts';
import { RoleSelect } from './role_select.tsx';

export function PeopleShare({ caseId, what }: { caseId: string; what: string }) {
  const shares = useSignal<Reply<readonly Share[]> | null>(null);
  const said = useSignal('');
  const sending = useSending();
  const ask = async (): Promise<void> => {
    shares.value = await fetchShares(caseId);
  };
  const change = (share: Share, role: ShareRole | null, done = (): void => {}): void => {
    const whom = share.user === null ? { email: share.email ?? '' } : { user: share.user };
    const who = share.name ?? share.email ?? 'This person';
    said.value = '';
    void sending.send(() => changeShare(caseId, whom, role), async () => {
      done();
      await ask();
      said.value = role === null ? `${who} has this ${what} no more by sharing.` : `${who} ${SHARE_ROLE_WORDS[role]}.`;
    });
  };
  useEffect(() => void ask(), []);
  const now = shares.value;
  return (
    <section class="share-part" aria-label="People">
      <h3>People</h3>
      {now === null && <p role="status">Who has it is being fetched.</p>}
      {now !== null && now.reply !== 'found' && <Problem words={whyNot(now)} />}
      {now?.reply === 'found' && (
        <>
          <AddForm
            add={(email, role, done) => change({ user: null, name: null, email, role }, role, done)}
            isSending={sending.isSending.value}
          />
          <Problem words={sending.problem.value} />
          <p class="hint" role="status">
            {said.value}
          </p>
          <SharesList shares={now.found} change={change} />
        </>
      )}
    </section>
  );
}

type AddFormProps = { add: (email: string, role: ShareRole, done: () => void) => void; isSending: boolean };

function AddForm({ add, isSending }: AddFormProps) {
  const id = useId();
  const isWrong = useSignal(false);
  const role = useSignal<ShareRole>('annotate');
  return (
    <form
      class="add-share"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const field = event.currentTarget.elements.namedItem('email');
        if (field instanceof HTMLInputElement) {
          const email = field.value.trim();
          isWrong.value = !/^[^\s@]+@[^\s@]+$/.test(email);
          if (isWrong.value) {
            field.focus();
          } else {
            add(email, role.peek(), () => (field.value = ''));
          }
        }
      }}
    >
      <label for={id}>Add somebody by e-mail address</label>
      <div class="row">
        <input id={id} name="email" type="email" autocomplete="off" maxLength={254} class="grow" aria-invalid={isWrong.value} aria-describedby={`${id}-problem`} />
        <RoleSelect role={role.value} label="What they may do" choose={(chosen) => (role.value = chosen)} />
        <button type="submit" class="primary" aria-disabled={isSending}>
          Share
        </button>
      </div>
      <p class="warning" role="alert" id={`${id}-problem`}>
        {isWrong.value ? 'Enter a whole address, such as name@example.edu.' : ''}
      </p>
    </form>
  );
}

function SharesList({ shares, change }: { shares: readonly Share[]; change: (share: Share, role: ShareRole | null) => void }) {
  if (shares.length === 0) {
    return <p class="hint">It is shared with nobody but those whose class has it.</p>;
  }
  return (
    <ul class="people-rows" aria-label="People with whom it is shared">
      {shares.map((share) => {
        const who = share.name ?? share.email ?? 'Someone';
        return (
          <li key={share.user ?? share.email}>
            <div class="who">
              <strong dir="auto">{who}</strong>
              <span class="hint">{share.user === null ? 'whoever has this address' : ''}</span>
            </div>
            <RoleSelect role={share.role} label={`What ${who} may do`} choose={(role) => change(share, role)} />
            <button type="button" class="quiet" aria-label={`Remove ${who}`} onClick={() => change(share, null)}>
              Remove
            </button>
          </li>
        );
      })}
    </ul>
  );
}

// The link and the code by which people join a class by themselves.

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';

import { endCode, renewCode } from '../../api/classes.ts';
import type { WholeClass } from '../../api/classes.ts';
import { Confirm } from '../base/confirm.tsx';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import { refresh, say } from './class_state.ts';

export function Invitation({ whole }: { whole: WholeClass }) {
  const { id, inviteCode, state } = whole;
  const sending = useSending();
  const asked = useSignal<'none' | 'renew' | 'end'>('none');
  const make = (): void => {
    void sending.send(() => renewCode(id), async () => {
      await refresh();
      say('There is a link for joining now.');
    });
  };
  return (
    <section class="box" aria-label="Invitation">
      <h2>Invite by link</h2>
      {inviteCode === null ? (
        <>
          <p class="hint">Nobody can join by themselves. A link lets in whoever has it and signs in.</p>
          {/* Without keys the one button would become the other, and keep the focus. */}
          <p class="row" key="make">
            <button type="button" class="quiet framed" aria-disabled={sending.isSending.value || state === 'archived'} onClick={() => state !== 'archived' && make()}>
              Make a link
            </button>
          </p>
          <Problem words={sending.problem.value} />
        </>
      ) : (
        <>
          <Copyable label="Link" value={`${location.origin}/join/${encodeURIComponent(inviteCode)}`} />
          <Copyable label="Code" value={inviteCode} />
          <p class="row" key="renew">
            <button type="button" class="link" onClick={() => (asked.value = 'renew')}>
              Renew
            </button>
            <button type="button" class="link" onClick={() => (asked.value = 'end')}>
              Switch off
            </button>
          </p>
        </>
      )}
      {asked.value !== 'none' && (
        <Confirm
          title={asked.value === 'renew' ? 'Make a new link?' : 'Switch the link off?'}
          action={asked.value === 'renew' ? 'Make a new one' : 'Switch it off'}
          question={() => (asked.value === 'renew' ? renewCode(id) : endCode(id))}
          done={async () => {
            await refresh();
            say('The old link does not work any more.');
          }}
          onClose={() => (asked.value = 'none')}
        >
          Whoever has the present link or code cannot join with it any more. Who is in the class stays.
        </Confirm>
      )}
    </section>
  );
}

function Copyable({ label, value }: { label: string; value: string }) {
  const id = useId();
  const isCopied = useSignal(false);
  return (
    <div class="copyable">
      <label for={id}>{label}</label>
      <div class="row">
        <input id={id} class="grow" readOnly value={value} onFocus={({ currentTarget }) => currentTarget.select()} />
        <button
          type="button"
          class="quiet framed"
          aria-label={`Copy the ${label.toLowerCase()}`}
          onClick={async (event) => {
            const field = event.currentTarget.parentElement?.querySelector('input');
            try {
              await navigator.clipboard.writeText(value);
              isCopied.value = true;
              say(`The ${label.toLowerCase()} has been copied.`);
            } catch {
              // Where copying by script is forbidden, it is selected to be copied by hand.
              field?.focus();
            }
          }}
        >
          {isCopied.value ? 'Copied' : 'Copy'}
        </button>
      </div>
    </div>
  );
}

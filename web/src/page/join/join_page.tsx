// Following an invitation to a class: one signs in first, then joins by a press. Joining shows one's name to others, so no
// address does it by itself.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { joinClass } from '../../api/classes.ts';
import type { Me } from '../../api/me.ts';
import { signInAddress } from '../../api/safe_path.ts';
import { Apology } from '../base/apology.tsx';
import { Problem } from '../base/problem.tsx';
import { useSending } from '../base/sending.ts';
import { codeIn } from '../class/words.ts';
import { SiteHead } from '../site/head.tsx';
import { askWho } from '../site/visitor.ts';

type Stage = { stage: 'asking' | 'nobody' } | { stage: 'failed'; why: string } | { stage: 'known'; me: Me };

export function JoinPage() {
  const stage = useSignal<Stage>({ stage: 'asking' });
  const ask = async (): Promise<void> => {
    stage.value = { stage: 'asking' };
    const who = await askWho();
    stage.value =
      who.reply === 'found' ? { stage: 'known', me: who.found } : who.reply === 'signed_out' ? { stage: 'nobody' } : { stage: 'failed', why: who.why };
  };
  useEffect(() => void ask(), []);
  const now = stage.value;
  switch (now.stage) {
    case 'asking':
      return (
        <Apology title="One moment" isBusy>
          The invitation is being opened.
        </Apology>
      );
    case 'failed':
      return (
        <Apology title="The invitation cannot be opened" home retry={() => void ask()}>
          {now.why}
        </Apology>
      );
    case 'nobody':
      return (
        <main class="sign-in">
          <p class="site-brand">
            <a href="/">Glossator</a>
          </p>
          <h1>You are invited to a class</h1>
          <p>Sign in first; then you can join it.</p>
          <a class="primary large" href={signInAddress(location.pathname)}>
            Sign in
          </a>
        </main>
      );
    case 'known':
      return (
        <>
          <SiteHead me={now.me} />
          <Joining me={now.me} />
        </>
      );
  }
}

function Joining({ me }: { me: Me }) {
  const sending = useSending();
  const code = codeIn(location.pathname);
  return (
    <main class="sign-in" id="content" tabIndex={-1}>
      <h1>You are invited to a class</h1>
      <p>
        Join it as <strong dir="auto">{me.name}</strong>? Its teachers will see your name
        {me.email === null ? '' : ' and e-mail address'}, and everybody in it what you write in its cases.
      </p>
      <Problem words={sending.problem.value} />
      <button
        type="button"
        class="primary large"
        aria-disabled={sending.isSending.value}
        onClick={() => void sending.send(() => joinClass(code), (joined) => location.replace(`/classes/${encodeURIComponent(joined)}`))}
      >
        {sending.isSending.value ? 'Joining…' : 'Join the class'}
      </button>
      <p class="row">
        <a href="/">Not now</a>
      </p>
    </main>
  );
}

// The page for signing in, in each of its stages.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import type { Me } from '../../api/me.ts';
import { SignOutDialog } from '../site/sign_out_dialog.tsx';
import { signInAddress } from '../../api/safe_path.ts';
import { askForMail, begin, finishByMail, goOn, lookWhetherIn, problem, sending, showWays, stage, to } from './stage.ts';
import type { Stage } from './stage.ts';
import { Ways } from './ways.tsx';

const TITLES: Readonly<Record<Stage['stage'], string>> = {
  asking: 'Sign in',
  failed: 'Sign in',
  ways: 'Sign in',
  mailed: 'Look into your mail',
  confirming: 'Finish signing in',
  known: 'You are signed in',
  leaving: 'One moment',
};

export function SignInPage() {
  const now = stage.value;
  const title = TITLES[now.stage];
  const heading = useRef<HTMLHeadingElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${title} · Glossator`;
    // Whoever reads with a screen reader hears the next step; at first, the browser reads the page.
    if (!isFirst.current) {
      heading.current?.focus();
    }
    isFirst.current = now.stage === 'asking';
  }, [now.stage]);
  return (
    <main class="sign-in" aria-busy={now.stage === 'asking' || now.stage === 'leaving'}>
      <p class="site-brand">
        <a href="/">Glossator</a>
      </p>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      <p class="problem" role="alert">
        {problem.value ?? ''}
      </p>
      <Step now={now} />
    </main>
  );
}

function Step({ now }: { now: Stage }) {
  switch (now.stage) {
    case 'asking':
      return <p class="hint">The ways of signing in are being fetched.</p>;
    case 'leaving':
      return <p class="hint">You are being led on.</p>;
    case 'failed':
      return (
        <>
          <p>{now.why}</p>
          <button type="button" class="primary" onClick={() => void begin()}>
            Try again
          </button>
        </>
      );
    case 'ways':
      return <Ways ways={now.ways} />;
    case 'mailed':
      return <Mailed email={now.email} />;
    case 'confirming':
      return <Confirming token={now.token} />;
    case 'known':
      return <Known me={now.me} />;
  }
}

function Mailed({ email }: { email: string }) {
  const isAgain = useSignal(false);
  useEffect(() => {
    // The link opens another tab; when one comes back to this one, it shall not ask once more.
    const look = (): void => void (document.visibilityState === 'visible' && lookWhetherIn());
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  return (
    <>
      <p>
        If <strong class="address">{email}</strong> may sign in here, a link is on its way to it. The link works once, within ten
        minutes, and only in this browser.
      </p>
      <p class="hint">Nothing has come? Look among the unwanted mail, and whether the address is the one of your institution.</p>
      <p class="row">
        <button
          type="button"
          class="quiet framed"
          aria-disabled={sending.value !== null}
          onClick={async () => {
            await askForMail(email);
            isAgain.value = problem.peek() === null;
          }}
        >
          Send it again
        </button>
        <button type="button" class="link" onClick={() => void showWays()}>
          Use another address or way
        </button>
      </p>
      <p class="hint" role="status">
        {isAgain.value ? 'Asked for again.' : ''}
      </p>
    </>
  );
}

function Confirming({ token }: { token: string }) {
  return (
    <>
      <p>You have come by the link in a mail. One press, and you are in.</p>
      <button type="button" class="primary large" aria-disabled={sending.value !== null} onClick={() => void finishByMail(token)}>
        {sending.value === null ? 'Finish signing in' : 'Signing in…'}
      </button>
      <p class="hint">You did not ask for this link? Then close this page: without the press it does nothing.</p>
    </>
  );
}

function Known({ me }: { me: Me }) {
  const isLeaving = useSignal(false);
  return (
    <>
      <p>
        As <strong dir="auto">{me.name}</strong>
        {me.email !== null && me.email !== me.name && (
          <>
            , <span class="address">{me.email}</span>
          </>
        )}
        .
      </p>
      <button type="button" class="primary large" onClick={() => goOn(to)}>
        Go on
      </button>
      <button type="button" class="quiet framed large" onClick={() => (isLeaving.value = true)}>
        Sign in as somebody else
      </button>
      {isLeaving.value && <SignOutDialog me={me} to={signInAddress(to)} onClose={() => (isLeaving.value = false)} />}
    </>
  );
}

// Opening a page that is for people who are signed in.

import { signal } from '@preact/signals';
import { render } from 'preact';
import type { ComponentType } from 'preact';

import type { Me } from '../../api/me.ts';
import { Apology } from '../base/apology.tsx';
import { leaveForSignIn } from '../base/leave.ts';
import { followTheme } from '../base/settings.ts';
import { SiteHead } from './head.tsx';
import { askWho, visitor } from './visitor.ts';

type Asking = { asking: 'underway' | 'signed_out' | 'done' } | { asking: 'failed'; why: string };

const asking = signal<Asking>({ asking: 'underway' });

/** Shows a page as soon as it is known who is here; leaves for the page for signing in if it is nobody. */
export function openPage(Content: ComponentType<{ me: Me }>): void {
  followTheme();
  forgetWhenBack();
  void askAgain();
  const root = document.getElementById('page') ?? document.body;
  root.replaceChildren();
  render(<Page Content={Content} />, root);
}

/** What the browser has kept of a page is not shown to whoever goes back to it: the host is asked again who that is. */
export function forgetWhenBack(): void {
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) {
      location.reload();
    }
  });
}

async function askAgain(): Promise<void> {
  asking.value = { asking: 'underway' };
  const reply = await askWho();
  switch (reply.reply) {
    case 'found':
      asking.value = { asking: 'done' };
      break;
    case 'signed_out':
      asking.value = { asking: 'signed_out' };
      leaveForSignIn();
      break;
    case 'refused':
    case 'failed':
      asking.value = { asking: 'failed', why: reply.why };
      break;
  }
}

function Page({ Content }: { Content: ComponentType<{ me: Me }> }) {
  const me = visitor.value;
  const now = asking.value;
  switch (now.asking) {
    case 'underway':
    case 'signed_out':
      return (
        <Apology title="One moment" isBusy>
          {now.asking === 'underway' ? 'The page is being fetched.' : 'You are led to the page for signing in.'}
        </Apology>
      );
    case 'failed':
      return (
        <Apology title="The page cannot be shown" retry={() => void askAgain()} home>
          {now.why}
        </Apology>
      );
    case 'done':
      return me === null ? null : (
        <>
          <SiteHead me={me} />
          <Content me={me} />
        </>
      );
  }
}

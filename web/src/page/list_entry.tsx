// The first page, `/`: the cases there are, and a new one; for people who are signed in, their classes.

import { signal } from '@preact/signals';
import { render } from 'preact';

import type { Me } from '../api/me.ts';
import { fetchWays } from '../api/ways.ts';
import { isAccount } from './base/account.ts';
import { recallIdentity, whenSignedOut } from './base/identity.ts';
import { followTheme } from './base/settings.ts';
import { forgetWays } from './desk/old_ways.ts';
import { CaseListPage } from './list/case_list.tsx';
import type { Listing } from './list/case_list.tsx';
import { HomePage } from './list/home_page.tsx';
import { listCases } from './list/sources.ts';
import { askWho, visitor } from './site/visitor.ts';

const listing = signal<Listing>({ state: 'asking' });

followTheme();
forgetInTime();
addEventListener('pageshow', ({ persisted }) => {
  if (persisted && visitor.peek() !== null) {
    // What is one's own is not shown to whoever goes back here after one has left.
    location.reload();
  }
});
void ask();

/** The ways back that this tab has kept of cases are of no use to whoever comes after the person. */
function forgetInTime(): void {
  const me = recallIdentity();
  if (me === null) {
    forgetWays();
  } else {
    whenSignedOut(me.id, () => forgetWays());
  }
}

async function ask(): Promise<void> {
  listing.value = { state: 'asking' };
  await refresh();
}

/** What is shown stays until the answer is here. */
async function refresh(): Promise<void> {
  const [answer, isAsked] = await Promise.all([listCases(), mayBeSomebody()]);
  if (isAsked && answer.answer === 'found' && !answer.isSignedOut) {
    await askWho();
  }
  listing.value = answer.answer === 'found' ? { state: 'here', list: answer } : { state: 'trouble', why: answer.answer === 'unreadable' ? answer.why : 'the server has no list' };
  const root = document.getElementById('page');
  if (root !== null && root.dataset['live'] === undefined) {
    // What the file itself lists stays until there is something better.
    root.dataset['live'] = '';
    const focused = root.contains(document.activeElement) ? document.activeElement?.getAttribute('href') : null;
    root.replaceChildren();
    render(<Page />, root);
    if (typeof focused === 'string') {
      // Who has come to a sample's link with the Tab key by now stays there.
      root.querySelector<HTMLElement>(`a[href="${CSS.escape(focused)}"]`)?.focus();
    }
  }
}

function Page() {
  const me: Me | null = visitor.value;
  const retry = (): void => void ask();
  return me === null ? <CaseListPage listing={listing} retry={retry} /> : <HomePage me={me} listing={listing} retry={retry} refresh={refresh} />;
}

/** Where pages sign in by a name that they make up, the list is everybody's, and nobody has to be signed in to see it. */
async function mayBeSomebody(): Promise<boolean> {
  if (isAccount(recallIdentity()?.id ?? '')) {
    return true;
  }
  const ways = await fetchWays();
  return ways.reply === 'found' && !ways.found.some(({ kind }) => kind === 'development');
}

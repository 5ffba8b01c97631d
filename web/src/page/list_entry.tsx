// The first page, `/`: the cases there are, and a new one.

import { signal } from '@preact/signals';
import { render } from 'preact';

import { recallIdentity, whenSignedOut } from './base/identity.ts';
import { followTheme } from './base/settings.ts';
import { forgetWays } from './desk/old_ways.ts';
import { CaseListPage } from './list/case_list.tsx';
import type { Listing } from './list/case_list.tsx';
import { listCases } from './list/sources.ts';

const listing = signal<Listing>({ state: 'asking' });

followTheme();
forgetInTime();
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
  const answer = await listCases();
  listing.value = answer.answer === 'found' ? { state: 'here', list: answer } : { state: 'trouble', why: answer.answer === 'unreadable' ? answer.why : 'the server has no list' };
  const root = document.getElementById('page');
  if (root !== null && root.dataset['live'] === undefined) {
    // What the file itself lists stays until there is something better.
    root.dataset['live'] = '';
    const focused = root.contains(document.activeElement) ? document.activeElement?.getAttribute('href') : null;
    root.replaceChildren();
    render(<CaseListPage listing={listing} retry={() => void ask()} />, root);
    if (typeof focused === 'string') {
      // Who has come to a sample's link with the Tab key by now stays there.
      root.querySelector<HTMLElement>(`a[href="${CSS.escape(focused)}"]`)?.focus();
    }
  }
}

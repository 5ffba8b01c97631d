// A whole page with a few words: while something is fetched, or instead of what cannot be shown.

import type { ComponentChildren } from 'preact';

type ApologyProps = {
  title: string;
  children: ComponentChildren;
  isBusy?: boolean;
  home?: boolean;
  retry?: () => void;
  /** What the button for that says. */
  action?: string;
};

export function Apology({ title, children, isBusy = false, home = false, retry, action = 'Try again' }: ApologyProps) {
  return (
    <main class="apology" aria-busy={isBusy}>
      <h1>{title}</h1>
      <p>{children}</p>
      {(home || retry !== undefined) && (
        <p class="row">
          {retry !== undefined && (
            <button type="button" class="primary" onClick={retry}>
              {action}
            </button>
          )}
          {home && <a href="/">All cases</a>}
        </p>
      )}
    </main>
  );
}

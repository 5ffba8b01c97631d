// What stands above every page for people who are signed in: the way home, the search, and who one is.

import type { Me } from '../../api/me.ts';
import { Icon } from '../base/icons.tsx';
import { Bell } from '../inbox/bell.tsx';
import { PersonMenu } from './person_menu.tsx';

export function SiteHead({ me }: { me: Me }) {
  const isSearch = location.pathname === '/search';
  return (
    <header class="site-head">
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <a class="site-brand" href="/">
        Glossator
      </a>
      {!isSearch && (
        <form
          class="site-search"
          role="search"
          onSubmit={(event) => {
            event.preventDefault();
            const words = new FormData(event.currentTarget).get('q');
            location.assign(`/search?${new URLSearchParams({ q: typeof words === 'string' ? words.trim() : '' })}`);
          }}
        >
          <input type="search" name="q" aria-label="Search all cases" placeholder="Search all cases" autocomplete="off" maxLength={200} />
          <button type="submit" class="quiet square" aria-label="Search">
            <Icon name="search" />
          </button>
        </form>
      )}
      <Bell />
      <PersonMenu me={me} />
    </header>
  );
}

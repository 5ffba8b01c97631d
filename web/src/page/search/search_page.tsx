// Searching all cases that one may read. What is looked for stands in the address, so that it can be kept and gone back to.

import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import type { Reply } from '../../api/ask.ts';
import { whyNot } from '../../api/ask.ts';
import type { Me } from '../../api/me.ts';
import { byCase, search } from '../../api/search.ts';
import type { Found } from '../../api/search.ts';
import { Icon } from '../base/icons.tsx';
import { Hits } from './hits.tsx';
import { addressOf, readQuery } from './query.ts';
import type { Query } from './query.ts';

type Shown = { shown: 'nothing' | 'asking' } | { shown: 'reply'; reply: Reply<Found> };

const query = signal<Query>(readQuery(location.search));
const shown = signal<Shown>({ shown: 'nothing' });

export function SearchPage(_props: { me: Me }) {
  const field = useRef<HTMLInputElement>(null);
  const { words } = query.value;
  useEffect(() => {
    const follow = (): void => {
      query.value = readQuery(location.search);
      if (field.current !== null) {
        field.current.value = query.value.words;
      }
      void look();
    };
    addEventListener('popstate', follow);
    void look();
    if (query.peek().words === '') {
      field.current?.focus();
    }
    return () => removeEventListener('popstate', follow);
  }, []);
  useEffect(() => {
    document.title = `${words === '' ? 'Search' : `${words} · Search`} · Glossator`;
  }, [words]);
  return (
    <main class="index search-page" id="content" tabIndex={-1}>
      <header class="class-head">
        <h1>Search</h1>
      </header>
      <form
        class="search-form"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          go({ words: field.current?.value.trim() ?? '', page: 1 });
        }}
      >
        <input ref={field} type="search" aria-label="Words" placeholder="Words in a text, a comment, a tag or a name" defaultValue={words} maxLength={200} autocomplete="off" />
        <button type="submit" class="primary">
          <Icon name="search" />
          Search
        </button>
      </form>
      <Results />
    </main>
  );
}

/** Looks for something else, or further down, and takes it into the history. */
function go(next: Query): void {
  query.value = next;
  history.pushState(null, '', addressOf(next));
  document.getElementById('content')?.scrollIntoView();
  void look();
}

/** Turns to another page of what was found. The button that was pressed is gone meanwhile: keys go on from the top of the results. */
function turn(next: Query): void {
  document.getElementById('content')?.focus();
  go(next);
}

async function look(): Promise<void> {
  const asked = query.peek();
  if (asked.words === '') {
    shown.value = { shown: 'nothing' };
    return;
  }
  shown.value = { shown: 'asking' };
  const reply = await search(asked.words, asked.page);
  // What is looked for may be something else by now.
  if (query.peek() === asked) {
    shown.value = { shown: 'reply', reply };
  }
}

function Results() {
  const now = shown.value;
  const { words, page } = query.value;
  return (
    <>
      <p class="hint" role="status">
        {statusWords(now, words)}
      </p>
      {now.shown === 'reply' && now.reply.reply !== 'found' && (
        <div class="trouble" role="alert">
          <p>{whyNot(now.reply)}</p>
          <button type="button" class="quiet" onClick={() => void look()}>
            Try again
          </button>
        </div>
      )}
      {now.shown === 'reply' && now.reply.reply === 'found' && (
        <>
          {byCase(now.reply.found.hits).map((group) => (
            <Hits key={group.caseId} group={group} />
          ))}
          {(page > 1 || now.reply.found.hasMore) && (
            <nav class="row pages" aria-label="Pages of results">
              {page > 1 && (
                <button type="button" class="quiet framed" onClick={() => turn({ words, page: page - 1 })}>
                  Previous
                </button>
              )}
              <span class="facts">Page {page}</span>
              {now.reply.found.hasMore && (
                <button type="button" class="quiet framed" onClick={() => turn({ words, page: page + 1 })}>
                  Next
                </button>
              )}
            </nav>
          )}
        </>
      )}
    </>
  );
}

function statusWords(now: Shown, words: string): string {
  switch (now.shown) {
    case 'nothing':
      return 'It looks through the texts, the quotes and comments, the tags and the people of all cases that you may read, the notes on boards, and your private notes.';
    case 'asking':
      return 'Looking…';
    case 'reply': {
      if (now.reply.reply !== 'found') {
        return '';
      }
      const { hits, hasMore } = now.reply.found;
      return hits.length === 0 ? `Nothing was found for “${words}”.` : `${hits.length} ${hits.length === 1 ? 'place' : 'places'}${hasMore ? ' on this page; there are more' : ''}.`;
    }
  }
}

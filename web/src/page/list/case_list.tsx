// The list of cases, as it stands on the first page.

import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

import type { CaseHead } from '../../text/fetch_cases.ts';
import { Icon } from '../base/icons.tsx';
import { NewCaseDialog } from './new_case_dialog.tsx';
import type { CaseList } from './sources.ts';

export type Listing = { state: 'asking' } | { state: 'here'; list: CaseList } | { state: 'trouble'; why: string };

const KIND_WORDS = { judgment: 'Judgment', conversation: 'AI conversation', text: 'Text' } as const;
const isMaking = signal(false);

type CaseListPageProps = { listing: ReadonlySignal<Listing>; retry: () => void };

export function CaseListPage({ listing, retry }: CaseListPageProps) {
  return (
    <main class="index">
      <header class="index-head">
        <h1>Glossator</h1>
        <p>Read a case together. Everyone marks and discusses it in its margin, and sees the others do it.</p>
        {listing.value.state === 'here' && listing.value.list.isSignedOut ? (
          <a class="primary" href="/sign-in">
            Sign in
          </a>
        ) : (
          <button type="button" class="primary" onClick={() => (isMaking.value = true)}>
            <Icon name="plus" />
            New case
          </button>
        )}
      </header>
      <Cases listing={listing.value} retry={retry} />
      <footer>
        <p>
          In Bologna, some nine hundred years ago, the glossators wrote in the margins of the law, and taught from what
          they had written.
        </p>
      </footer>
      {isMaking.value && <NewCaseDialog onClose={() => (isMaking.value = false)} />}
    </main>
  );
}

function Cases({ listing, retry }: { listing: Listing; retry: () => void }) {
  switch (listing.state) {
    case 'asking':
      return <p class="hint" role="status">The list is being fetched.</p>;
    case 'trouble':
      return <Trouble words={`The list of cases cannot be shown: ${listing.why}.`} retry={retry} />;
    case 'here': {
      const { cases, trouble, isSignedOut } = listing.list;
      const samples = cases.filter(({ sample }) => sample);
      const stored = cases.filter(({ sample }) => !sample);
      return (
        <>
          {trouble !== null && <Trouble words={`Only the samples can be listed: ${trouble}.`} retry={retry} />}
          <Group title="Sample cases" cases={samples} empty="There are no samples here." />
          {isSignedOut && (
            <section aria-label="Cases">
              <h2>Cases</h2>
              <p class="hint">
                <a href="/sign-in">Sign in</a> to see the cases of your classes, and to bring your own.
              </p>
            </section>
          )}
          {trouble === null && !isSignedOut && (
            <Group title="Cases" cases={stored} empty="No case has been added yet. A new one takes a minute: paste a text, or choose a file." />
          )}
        </>
      );
    }
  }
}

export function Trouble({ words, retry }: { words: string; retry: () => void }) {
  return (
    <div class="trouble" role="alert">
      <p>{words}</p>
      <button type="button" class="quiet" onClick={retry}>
        Try again
      </button>
    </div>
  );
}

export function Group({ title, cases, empty }: { title: string; cases: readonly CaseHead[]; empty: string }) {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {cases.length === 0 ? (
        <p class="hint">{empty}</p>
      ) : (
        <ul class="cases">
          {cases.map((head) => (
            <li key={head.id}>
              <a href={`/c/${head.id}`} dir="auto">
                {head.title}
              </a>
              {head.summary !== null && <p dir="auto">{head.summary}</p>}
              <p class="facts">{factsOf(head)}</p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

export function factsOf({ kind, paragraphs, createdAt }: CaseHead): string {
  const length = `${paragraphs} ${paragraphs === 1 ? 'paragraph' : 'paragraphs'}`;
  const date = createdAt === null ? Number.NaN : Date.parse(createdAt);
  const added = Number.isNaN(date) ? [] : [`added ${new Date(date).toLocaleDateString('en-GB', { dateStyle: 'medium' })}`];
  return [KIND_WORDS[kind], length, ...added].join(' · ');
}

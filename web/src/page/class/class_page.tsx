// The page of a class: its cases and boards for everybody, and for its staff the people, how far they are, and the settings.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { whyNot } from '../../api/ask.ts';
import { isStaff, leads } from '../../api/classes.ts';
import type { WholeClass } from '../../api/classes.ts';
import type { Me } from '../../api/me.ts';
import { Apology } from '../base/apology.tsx';
import { BoardsPart } from './boards_part.tsx';
import { CasesPart } from './cases_part.tsx';
import { refresh, reply, said } from './class_state.ts';
import { LeaveClass } from './leave_class.tsx';
import { PeoplePart } from './people_part.tsx';
import { ProgressPart } from './progress_part.tsx';
import { SettingsPart } from './settings_part.tsx';
import { YOUR_ROLE_WORDS, counted } from './words.ts';

const PARTS = ['cases', 'people', 'progress', 'settings'] as const;
type Part = (typeof PARTS)[number];
const PART_WORDS: Readonly<Record<Part, string>> = { cases: 'Cases', people: 'People', progress: 'Progress', settings: 'Settings' };

const part = signal<Part>(partOf(location.hash) ?? 'cases');

export function ClassPage({ me }: { me: Me }) {
  useEffect(() => {
    const follow = (): void => void (part.value = partOf(location.hash) ?? part.peek());
    addEventListener('hashchange', follow);
    void refresh();
    return () => removeEventListener('hashchange', follow);
  }, []);
  const now = reply.value;
  switch (now?.reply) {
    case undefined:
    case 'signed_out':
      return (
        <Apology title="Opening the class" isBusy>
          It is being fetched.
        </Apology>
      );
    case 'refused':
      return (
        <Apology title="No class here" home>
          {now.status === 404 ? 'There is no such class, or you are not in it. Whoever runs it has a link or a code to join.' : now.why}
        </Apology>
      );
    case 'failed':
      return (
        <Apology title="The class cannot be shown" home retry={() => void refresh()}>
          {whyNot(now)}
        </Apology>
      );
    case 'found':
      return <Shown whole={now.found} me={me} />;
  }
}

function Shown({ whole, me }: { whole: WholeClass; me: Me }) {
  const { name, role, state, count, anonymous, persona } = whole;
  const parts = PARTS.filter((each) => each === 'cases' || (each === 'settings' ? leads(role) : isStaff(role)));
  const shown = parts.find((each) => each === part.value) ?? 'cases';
  useEffect(() => {
    document.title = `${name} · Glossator`;
  }, [name]);
  return (
    <main class="index class-page" id="content" tabIndex={-1}>
      <header class="class-head">
        <p class="facts">
          <a href="/">Your cases</a>
        </p>
        <h1 dir="auto">{name}</h1>
        <p class="facts">{[YOUR_ROLE_WORDS[role], ...(count > 0 ? [counted(count, 'person', 'people')] : [])].join(' · ')}</p>
      </header>
      {anonymous && (
        <p class="hint">
          {persona === null ? 'Students are anonymous to each other here; staff see their names.' : <>This class is anonymous: other students know you as <strong>{persona}</strong>. Its staff see your name.</>}
        </p>
      )}
      {state !== 'open' && <p class="notice-line">{STATE_SENTENCES[state]}</p>}
      {parts.length > 1 && (
        <nav class="parts" aria-label="Parts of the class">
          {parts.map((each) => (
            <a key={each} href={each === 'cases' ? '#' : `#${each}`} aria-current={each === shown ? 'page' : undefined}>
              {PART_WORDS[each]}
            </a>
          ))}
        </nav>
      )}
      <p class="unseen" role="status">
        {said.value}
      </p>
      {shown === 'cases' && <CasesPart whole={whole} />}
      {shown === 'cases' && <BoardsPart whole={whole} />}
      {shown === 'cases' && !leads(role) && <LeaveClass classId={whole.id} user={me.user} />}
      {shown === 'people' && <PeoplePart whole={whole} me={me} />}
      {shown === 'progress' && <ProgressPart whole={whole} />}
      {shown === 'settings' && <SettingsPart key={`${name}/${state}`} whole={whole} />}
    </main>
  );
}

const STATE_SENTENCES = {
  locked: 'This class is locked: its cases can be read, and only their owners write in them.',
  archived: 'This class is archived: its cases can be read, and nobody writes in them.',
} as const;

/** Null for an address that leads to something else within the page. */
function partOf(hash: string): Part | null {
  return hash === '' ? 'cases' : (PARTS.find((each) => `#${each}` === hash) ?? null);
}

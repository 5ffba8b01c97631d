// The first page for somebody who is signed in: their classes, each with its cases, and what else they may read.

import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import type { Reply } from '../../api/ask.ts';
import { whyNot } from '../../api/ask.ts';
import { fetchBoards } from '../../api/boards.ts';
import type { BoardHead } from '../../api/boards.ts';
import { fetchClasses, leads } from '../../api/classes.ts';
import type { ClassHead } from '../../api/classes.ts';
import type { Me } from '../../api/me.ts';
import type { ListedCase } from '../../text/fetch_list.ts';
import { Icon } from '../base/icons.tsx';
import { BoardList } from '../board/board_list.tsx';
import { NewBoardDialog } from '../board/new_board_dialog.tsx';
import { CaseDialog } from '../class/late_dialogs.ts';
import { JoinDialog } from '../class/join_dialog.tsx';
import { NewClassDialog } from '../class/new_class_dialog.tsx';
import type { Within } from '../class/case_dialog.tsx';
import { STATE_WORDS, YOUR_ROLE_WORDS, counted, whenWords } from '../class/words.ts';
import { SiteHead } from '../site/head.tsx';
import { ShareDialog } from '../share/late.ts';
import { Trouble, factsOf } from './case_list.tsx';
import type { Listing } from './case_list.tsx';
import { NewCaseDialog } from './new_case_dialog.tsx';

type HomePageProps = {
  me: Me;
  listing: ReadonlySignal<Listing>;
  /** Asks for the list once more. */
  retry: () => void;
  /** The same while what is shown stays. */
  refresh: () => Promise<void>;
};
type Shared = { id: string; title: string; what: 'case' | 'board' };
type Open = { dialog: 'none' | 'case' | 'board' | 'join' | 'class' } | { dialog: 'share'; shared: Shared } | { dialog: 'change'; of: ListedCase };

const classes = signal<Reply<readonly ClassHead[]> | null>(null);
const boards = signal<Reply<readonly BoardHead[]> | null>(null);
const open = signal<Open>({ dialog: 'none' });
/** What was done last, for whoever does not see it. */
const said = signal('');

export function HomePage({ me, listing, retry, refresh }: HomePageProps) {
  useEffect(() => {
    void askForClasses();
    void askForBoards();
  }, []);
  return (
    <>
      <SiteHead me={me} />
      <main class="index home" id="content" tabIndex={-1}>
        <header class="home-head">
          <h1>Your cases</h1>
          <p class="row">
            <button type="button" class="primary" onClick={() => (open.value = { dialog: 'case' })}>
              <Icon name="plus" />
              New case
            </button>
            <button type="button" class="quiet framed" onClick={() => (open.value = { dialog: 'board' })}>
              New board
            </button>
            <button type="button" class="quiet framed" onClick={() => (open.value = { dialog: 'join' })}>
              Join a class
            </button>
            {me.canCreateClasses && (
              <button type="button" class="quiet framed" onClick={() => (open.value = { dialog: 'class' })}>
                New class
              </button>
            )}
          </p>
        </header>
        <p class="unseen" role="status">
          {said.value}
        </p>
        <Content listing={listing.value} retry={retry} />
      </main>
      <Opened refresh={refresh} />
    </>
  );
}

async function askForClasses(): Promise<void> {
  classes.value = null;
  classes.value = await fetchClasses();
}

async function askForBoards(): Promise<void> {
  boards.value = await fetchBoards();
}

function Content({ listing, retry }: { listing: Listing; retry: () => void }) {
  const reply = classes.value;
  const known = reply?.reply === 'found' ? reply.found : [];
  const why = reply === null ? null : whyNot(reply);
  if (reply === null || listing.state === 'asking') {
    return <p class="hint" role="status">Your classes and cases are being fetched.</p>;
  }
  const cases = listing.state === 'here' ? listing.list.cases : [];
  const isInClass = ({ classId }: ListedCase): boolean => known.some(({ id }) => id === classId);
  const trouble = listing.state === 'trouble' ? listing.why : listing.list.trouble;
  const others = cases.filter((head) => !head.sample && !isInClass(head));
  return (
    <>
      {why !== null && <Trouble words={`Your classes cannot be shown. ${why}`} retry={() => void askForClasses()} />}
      {trouble !== null && <Trouble words={`Not all cases can be listed: ${trouble}.`} retry={retry} />}
      {known.map((each) => (
        <ClassSection key={each.id} head={each} cases={cases.filter(({ classId }) => classId === each.id)} />
      ))}
      {why === null && known.length === 0 && (
        <section aria-label="Classes">
          <h2>Classes</h2>
          <p class="hint">You are in no class yet. Whoever runs yours gives you a link or a code to join it.</p>
        </section>
      )}
      <CaseSection title="Your own, and shared with you" cases={others} empty="None yet. A new one takes a minute: paste a text, or choose a file." />
      <Boards />
      <CaseSection title="Sample cases" cases={cases.filter(({ sample }) => sample)} empty="There are no samples here." />
    </>
  );
}

function ClassSection({ head, cases }: { head: ClassHead; cases: readonly ListedCase[] }) {
  const address = `/classes/${encodeURIComponent(head.id)}`;
  const facts = [YOUR_ROLE_WORDS[head.role], counted(head.members, 'person', 'people'), ...(head.state === 'open' ? [] : [STATE_WORDS[head.state]])];
  return (
    <section aria-labelledby={`class-${head.id}`}>
      <header class="section-head">
        <h2 id={`class-${head.id}`}>
          <a href={address} dir="auto">
            {head.name}
          </a>
        </h2>
        <p class="facts">{facts.join(' · ')}</p>
      </header>
      {cases.length > 0 ? (
        <Cases cases={cases} />
      ) : (
        <p class="hint">{head.cases === 0 ? 'No case has been added to this class yet.' : <a href={address}>{counted(head.cases, 'case', 'cases')}</a>}</p>
      )}
    </section>
  );
}

function CaseSection({ title, cases, empty }: { title: string; cases: readonly ListedCase[]; empty: string }) {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {cases.length === 0 ? <p class="hint">{empty}</p> : <Cases cases={cases} />}
    </section>
  );
}

function Cases({ cases }: { cases: readonly ListedCase[] }) {
  return (
    <ul class="cases">
      {cases.map((head) => (
        <li key={head.id}>
          <a href={`/c/${head.id}`} dir="auto">
            {head.title}
          </a>
          {head.summary !== null && <p dir="auto">{head.summary}</p>}
          <div class="case-foot">
            <p class="facts">
              {factsOf(head)} {head.section !== null && <span class="badge">{head.section}</span>} <Standing of={head} />
            </p>
            {head.isOwn && !head.sample && (
              <span class="row">
                <button type="button" class="link" aria-label={`Change ${head.title}`} onClick={() => (open.value = { dialog: 'change', of: head })}>
                  Change
                </button>
                <button type="button" class="link" aria-label={`Share ${head.title}`} onClick={() => (open.value = { dialog: 'share', shared: { id: head.id, title: head.title, what: 'case' } })}>
                  Share
                </button>
              </span>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** Said only where it is not as usual. */
function Standing({ of }: { of: ListedCase }) {
  const from = of.visibleFrom === null ? Number.NaN : Date.parse(of.visibleFrom);
  return (
    <>
      {of.state !== 'open' && <span class="badge">{STATE_WORDS[of.state]}</span>} {from > Date.now() && <span class="badge">hidden until {whenWords(of.visibleFrom)}</span>}
    </>
  );
}

/** Those of one's classes, too: on the page of the class each stands among the class's own. */
function Boards() {
  const reply = boards.value;
  const why = reply === null ? null : whyNot(reply);
  const known = reply?.reply === 'found' ? reply.found : [];
  return (
    <section aria-label="Boards">
      <h2>Boards</h2>
      {why !== null && <Trouble words={`Your boards cannot be shown. ${why}`} retry={() => void askForBoards()} />}
      {reply !== null && why === null && known.length === 0 && <p class="hint">None yet. On a board there are notes and drawings that belong to no text.</p>}
      {known.length > 0 && (
        <BoardList
          boards={known}
          acts={({ id, title, isOwn }) =>
            isOwn && (
              <button type="button" class="link" aria-label={`Share ${title}`} onClick={() => (open.value = { dialog: 'share', shared: { id, title, what: 'board' } })}>
                Share
              </button>
            )
          }
        />
      )}
    </section>
  );
}

/** What is known of the class that a case is in, be it one's own or not. */
function classOf({ classId, names }: ListedCase): Within | null {
  const reply = classes.value;
  const known = reply?.reply === 'found' ? reply.found.find(({ id }) => id === classId) : undefined;
  // Where staff are told who is behind pseudonyms the class is anonymous, and what it has stays in it.
  return classId === null ? null : { id: classId, letsGo: known !== undefined && leads(known.role) && !names };
}

function Opened({ refresh }: Pick<HomePageProps, 'refresh'>) {
  const now = open.value;
  const close = (): void => void (open.value = { dialog: 'none' });
  switch (now.dialog) {
    case 'none':
      return null;
    case 'case':
      return <NewCaseDialog onClose={close} />;
    case 'board':
      return <NewBoardDialog onClose={close} />;
    case 'join':
      return <JoinDialog onClose={close} />;
    case 'class':
      return <NewClassDialog onClose={close} />;
    case 'change':
      return (
        <CaseDialog
          of={now.of}
          within={classOf(now.of)}
          changed={async (words) => {
            await refresh();
            said.value = words;
          }}
          onClose={close}
        />
      );
    case 'share':
      return <ShareDialog caseId={now.shared.id} title={now.shared.title} what={now.shared.what} onClose={close} />;
  }
}

// The page of one case, `/c/{case_id}`: asks for a name if there is none, fetches the text, joins the room.

import { effect, signal } from '@preact/signals';
import { render } from 'preact';

import { anchor } from '../text/anchor.ts';
import type { CaseText } from '../text/case_text.ts';
import { fetchCaseHead, fetchText } from '../text/fetch_cases.ts';
import type { Answer, CaseHead } from '../text/fetch_cases.ts';
import { Marginalia } from '../marginalia/marginalia.ts';
import { Apology } from './base/apology.tsx';
import { fetchRest } from './base/parts.ts';
import { actingIn, recallIdentity, rememberIdentity, whenSignedOut } from './base/identity.ts';
import type { Identity } from './base/identity.ts';
import { leaveForSignIn } from './base/leave.ts';
import { followTheme } from './base/settings.ts';
import { headKey, keep, privateKey, recall } from './base/stored.ts';
import { Desk } from './desk/desk.ts';
import { CasePage } from './desk/page.tsx';
import { watchRole } from './desk/role.ts';
import { roleOf } from './desk/role_of.ts';
import { withRest } from './desk/with_rest.ts';
import { Session } from './desk/session.ts';
import { paragraphsIn } from './desk/paragraphs.ts';
import { Welcome } from './dialogs/welcome.tsx';

const CASE_ID = /^[A-Za-z0-9._~-]{1,255}$/;

type Stage =
  | { stage: 'fetching' }
  | { stage: 'nowhere' }
  | { stage: 'unreadable'; why: string }
  | { stage: 'ready'; head: CaseHead | null; text: CaseText };

const root = document.getElementById('page') ?? document.body;
const stage = signal<Stage>({ stage: 'fetching' });
const isSignedOut = signal(false);
const identity = signal<Identity | null>(recallIdentity());
let session: Session | null = null;
let desk: Desk | null = null;

followTheme();
start();

function start(): void {
  const caseId = /^\/c\/([^/]+)$/.exec(location.pathname)?.[1] ?? '';
  if (!CASE_ID.test(caseId)) {
    stage.value = { stage: 'nowhere' };
  } else {
    void fetchCase(caseId);
    // The room is joined while the text is on its way.
    effect(() => {
      if (identity.value !== null && session === null) {
        session = join(caseId, identity.value);
      }
    });
  }
  root.replaceChildren();
  render(<Page caseId={caseId} />, root);
}

function join(caseId: string, account: Identity): Session {
  const joined = new Session(caseId, account, actingIn(caseId, account), fetchRest);
  effect(() => {
    document.body.dataset['state'] = joined.sync.value.state;
  });
  joined.client.start();
  whenSignedOut(account.id, (isReplaced) => {
    if (isReplaced) {
      // What is unsent waits for this person to come back.
      joined.client.stop();
    } else {
      void joined.client.signOut();
    }
    sessionStorage.clear();
    // Whoever sits here next does not find the case open.
    isSignedOut.value = true;
  });
  return joined;
}

function Page({ caseId }: { caseId: string }) {
  const now = stage.value;
  if (isSignedOut.value) {
    return (
      <Apology title="Signed out" home retry={() => location.reload()} action="Sign in again">
        In another tab of this browser you have signed out, or somebody else has signed in.
      </Apology>
    );
  }
  switch (now.stage) {
    case 'fetching':
      return (
        <>
          <Apology title="Opening the case" isBusy>
            The text is being fetched.
          </Apology>
          <Who />
        </>
      );
    case 'nowhere':
      return (
        <Apology title="No case here" home>
          This address names no case.
        </Apology>
      );
    case 'unreadable':
      return (
        <Apology title="The text cannot be shown" home retry={() => void fetchCase(caseId)}>
          {`${capital(now.why)}. Nothing is lost; try again in a moment.`}
        </Apology>
      );
    case 'ready':
      return (
        <>
          <Who />
          <Ready caseId={caseId} head={now.head} text={now.text} />
        </>
      );
  }
}

function Who() {
  return identity.value === null ? <Welcome take={(name) => (identity.value = rememberIdentity(name))} /> : null;
}

function Ready({ caseId, head, text }: { caseId: string; head: CaseHead | null; text: CaseText }) {
  const me = identity.value;
  if (me === null || session === null) {
    return <div class="before-name" aria-hidden="true" />;
  }
  desk ??= deskOf(caseId, head, text, me, session);
  return <CasePage desk={desk} />;
}

function deskOf(caseId: string, head: CaseHead | null, text: CaseText, account: Identity, joined: Session): Desk {
  const me = actingIn(caseId, account);
  const marginalia = new Marginalia(joined.client.doc, {
    text: text.text,
    me,
    role: () => roleOf(joined.access.value),
    anchor: (target) => anchor(target, text.text),
    paragraphAt: paragraphsIn(text),
  });
  const made = new Desk({ caseId, head, text, account, me, session: joined, marginalia });
  watchRole(made);
  if (recall(privateKey(account.id, caseId)) !== null) {
    void withRest(made, ({ resumePrivate }) => resumePrivate(made));
  }
  if (head?.names === true) {
    void withRest(made, ({ learnNames }) => learnNames(made));
  }
  joined.onReplaced((doc) => {
    if (marginalia.rebind(doc).undoWasLost) {
      void withRest(made, ({ UNDO_LOST_WORDS }) => made.notices.show(UNDO_LOST_WORDS));
    }
  });
  return made;
}

async function fetchCase(caseId: string): Promise<void> {
  stage.value = { stage: 'fetching' };
  const found = await findHead(caseId);
  switch (found.answer) {
    case 'absent':
      show(null, noText(caseId));
      return;
    case 'signed_out':
      leaveForSignIn();
      return;
    case 'unreadable':
      stage.value = { stage: 'unreadable', why: found.why };
      return;
    case 'found':
      break;
  }
  const text = await fetchText(found.head.text);
  switch (text.answer) {
    case 'found':
      show(found.head, text.text);
      return;
    case 'absent':
      stage.value = { stage: 'unreadable', why: 'the server does not find the text of this case' };
      return;
    case 'signed_out':
      leaveForSignIn();
      return;
    case 'unreadable':
      stage.value = { stage: 'unreadable', why: text.why };
      return;
  }
}

async function findHead(id: string): Promise<Answer<{ head: CaseHead }>> {
  const answer = await fetchCaseHead(id);
  if (answer.answer === 'found') {
    keep(headKey(id), JSON.stringify(answer.head));
  }
  if (answer.answer !== 'unreadable') {
    return answer;
  }
  try {
    const head = await (await fetchRest()).findHeadHere(id);
    return head === null ? answer : { answer: 'found', head };
  } catch {
    return answer;
  }
}

function show(head: CaseHead | null, text: CaseText): void {
  document.title = `${text.title} · Glossator`;
  stage.value = { stage: 'ready', head, text };
}

/** A case without a published text still has its notes, and whoever has its address may use them. */
function noText(caseId: string): CaseText {
  return {
    title: caseId,
    kind: 'text',
    summary: `No text has been published under “${caseId}”. Its shared notes can be used all the same.`,
    licence: null,
    lang: null,
    facts: [],
    text: '',
    blocks: [],
    marks: [],
  };
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

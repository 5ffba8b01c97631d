// Below the head of the site: what the board is called, how things stand, who is here, and what is rarely done.

import { FAILED_WORDS } from '../base/failed_words.ts';
import type { Session } from '../desk/session.ts';
import { Avatar } from '../people/avatar.tsx';
import { BoardIcon } from './board_icons.tsx';
import { Remedy } from '../status/remedy.tsx';
import { keptWords } from '../status/short_words.ts';
import { Spoken } from '../status/spoken.tsx';
import { standingOf, wordsOf } from '../status/standing.ts';
import { useBoard } from './board_desk.ts';
import { useSeldom } from './board_rest.ts';
import { SmallPopover } from './small_popover.tsx';

const FACES_MAX = 4;

export function BoardBar() {
  const desk = useBoard();
  const { title, classId } = desk.head.value;
  return (
    <div class="board-bar">
      <p class="board-title" title={title}>
        {classId !== null && (
          <a href={`/classes/${encodeURIComponent(classId)}`} class="board-class">
            Class
          </a>
        )}
        <strong dir="auto">{title}</strong>
      </p>
      <People />
      <Light />
      <More />
    </div>
  );
}

function People() {
  const desk = useBoard();
  const { me, session } = desk;
  const people = session.people.value;
  const others = people.filter(({ isMe }) => !isMe);
  const rest = others.length - FACES_MAX;
  return (
    <SmallPopover
      className="quiet people-button"
      name={`Who is here: ${people.length <= 1 ? 'only you' : `${people.length} people`}`}
      label={
        <span class="faces">
          <Avatar name={me.name} />
          {others.slice(0, FACES_MAX).map(({ clientId, name, colour }) => (
            <Avatar key={clientId} name={name} colour={colour} />
          ))}
          {rest > 0 && <span class="avatar rest" data-initials={`+${rest}`} />}
        </span>
      }
    >
      {() => (
        <div class="people">
          <h2>Here now</h2>
          <ul aria-label="People here">
            {session.people.value.map(({ clientId, userId, name, colour, isMe }) => (
              <li key={clientId}>
                <Avatar name={name} colour={colour} /> <span class="author">{isMe ? `${name} (you)` : desk.nameOf(userId, name)}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </SmallPopover>
  );
}

function Light() {
  const { session } = useBoard();
  const words = wordsOf(session).value;
  return (
    <div class={`status tone-${words.tone}`}>
      <SmallPopover
        className="quiet status-button"
        label={
          <>
            <span class="light" aria-hidden="true" />
            <span class="unseen">Status: </span>
            <span class="status-short">{words.short}</span>
          </>
        }
      >
        {() => <Explanation session={session} />}
      </SmallPopover>
      <Spoken session={session} />
    </div>
  );
}

/** What the light means. */
function Explanation({ session }: { session: Session }) {
  const parts = useSeldom();
  if (parts === 'failed') {
    return <p class="hint">{FAILED_WORDS}</p>;
  }
  return parts === null ? null : <parts.Standings session={session} mayWords={parts.BOARD_MAY_WORDS} />;
}

/** What cannot wait stands across the page. */
export function BoardBanner() {
  const { session } = useBoard();
  return wordsOf(session).value.isUrgent ? <Urgent session={session} /> : null;
}

/** Whoever is offline before its sentences have come is told the one that matters most: what becomes of their work. */
function Urgent({ session }: { session: Session }) {
  const words = wordsOf(session).value;
  const parts = useSeldom();
  const isHere = parts !== null && parts !== 'failed';
  return (
    <div class={`banner board-banner tone-${words.tone}`}>
      <p>
        <strong>{words.short}.</strong> {isHere ? parts.longWords(standingOf(session)) : words.remedy === 'retry' && keptWords(session.saved.value)}
      </p>
      <Remedy session={session} />
    </div>
  );
}

function More() {
  const desk = useBoard();
  return (
    <SmallPopover isMenu className="quiet square" name="More" label={<BoardIcon name="more" />}>
      {() => (
        <>
          {desk.head.value.isOwn && (
            <>
              <button type="button" onClick={() => (desk.dialog.value = 'share')}>
                Share
              </button>
              <button type="button" onClick={() => (desk.dialog.value = 'change')}>
                Rename or lock
              </button>
              {desk.head.value.isDeletable && (
                <button type="button" class="danger" onClick={() => (desk.dialog.value = 'delete')}>
                  Delete
                </button>
              )}
              <hr />
            </>
          )}
          <button type="button" onClick={() => (desk.dialog.value = 'help')}>
            Keys <kbd>?</kbd>
          </button>
        </>
      )}
    </SmallPopover>
  );
}

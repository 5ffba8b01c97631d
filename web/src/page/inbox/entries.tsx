// What the inbox lists.

import type { Notice } from '../../api/inbox.ts';
import { Problem } from '../base/problem.tsx';
import { Ago } from '../base/time.tsx';
import { askForMore, hasMore, notices, problem, read, readAll, unread } from './mailroom.ts';

export function Entries({ close }: { close: () => void }) {
  const all = notices.value;
  return (
    <>
      <header class="inbox-head">
        <h2>Inbox</h2>
        {(unread.value ?? 0) > 0 && (
          <button type="button" class="link" onClick={() => void readAll()}>
            Mark all as read
          </button>
        )}
      </header>
      <Problem words={problem.value} />
      {all.length === 0 ? (
        <p class="hint">
          Nothing yet. When somebody writes @ and your name in a comment, or answers what you wrote, it is listed here.
        </p>
      ) : (
        <ol class="inbox-list">
          {all.map((notice) => (
            <Entry key={notice.id} notice={notice} close={close} />
          ))}
        </ol>
      )}
      {hasMore.value && (
        <button type="button" class="quiet inbox-more" onClick={() => void askForMore()}>
          Earlier ones
        </button>
      )}
    </>
  );
}

function Entry({ notice, close }: { notice: Notice; close: () => void }) {
  return (
    <li class={notice.isRead ? 'inbox-entry' : 'inbox-entry is-unread'}>
      <a
        href={notice.address}
        onClick={() => {
          read(notice);
          close();
        }}
      >
        <span class="inbox-what">
          {!notice.isRead && <span class="unseen">Unread: </span>}
          <b dir="auto">{notice.by}</b> {notice.kind === 'mention' ? 'mentioned you in' : 'answered you in'}{' '}
          <cite dir="auto">{notice.title}</cite>
        </span>
        <span class="inbox-words" dir="auto">
          {notice.words}
        </span>
      </a>
      <Ago at={notice.at} />
    </li>
  );
}

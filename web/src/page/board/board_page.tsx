// Opening a board: what it is called, and then what is on it. That comes as a part of its own, with the room's language.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { whyNot } from '../../api/ask.ts';
import type { Reply } from '../../api/ask.ts';
import { fetchBoard } from '../../api/boards.ts';
import type { BoardHead } from '../../api/boards.ts';
import type { Me } from '../../api/me.ts';
import { Apology } from '../base/apology.tsx';
import { arrive } from '../base/arrive.ts';
import { leaveForSignIn } from '../base/leave.ts';
import { keep } from '../base/stored.ts';
import { boardKey } from './kept.ts';

type Live = typeof import('./live.tsx');
type Coming = { live: 'coming' | 'failed' } | { live: 'here'; parts: Live };

const BOARD_ID = /^[A-Za-z0-9._~-]{1,255}$/;
const reply = signal<Reply<BoardHead> | null>(null);
const live = signal<Coming>({ live: 'coming' });
const boardId = /^\/boards\/([^/]+)$/.exec(location.pathname)?.[1] ?? '';

export function BoardPage({ me }: { me: Me }) {
  useEffect(() => void open(), []);
  const now = reply.value;
  const here = live.value;
  if (!BOARD_ID.test(boardId) || (now?.reply === 'refused' && now.status === 404)) {
    return (
      <Apology title="No board here" home>
        There is no such board, or it is not shared with you.
      </Apology>
    );
  }
  if (here.live === 'failed' || now?.reply === 'failed' || now?.reply === 'refused') {
    const why = now === null || now.reply === 'found' ? 'A part of the page could not be fetched. Nothing is lost; try again in a moment.' : whyNot(now);
    return (
      <Apology title="The board cannot be shown" home retry={() => void open()}>
        {why}
      </Apology>
    );
  }
  if (now?.reply !== 'found' || here.live !== 'here') {
    return (
      <Apology title="Opening the board" isBusy>
        It is being fetched.
      </Apology>
    );
  }
  return <here.parts.LiveBoard head={now.found} me={me} />;
}

async function open(): Promise<void> {
  reply.value = null;
  live.value = { live: 'coming' };
  await Promise.all([findHead(), fetchLive()]);
}

async function findHead(): Promise<void> {
  const answer = await fetchBoard(boardId);
  if (answer.reply === 'signed_out') {
    leaveForSignIn();
    return;
  }
  if (answer.reply === 'found') {
    document.title = `${answer.found.title} · Glossator`;
    keep(boardKey(boardId), answer.found.title);
  }
  reply.value = answer;
}

async function fetchLive(): Promise<void> {
  try {
    live.value = { live: 'here', parts: await arrive(() => import('./live.tsx')) };
  } catch {
    live.value = { live: 'failed' };
  }
}

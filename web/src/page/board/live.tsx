// A board that is open: joined to its room, and shown. Fetched when the page opens, as a part of its own.

import { effect } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';

import type { BoardHead } from '../../api/boards.ts';
import type { Me } from '../../api/me.ts';
import { isAtLeast } from '../../marginalia/rights.ts';
import type { Role } from '../../sync/interface.ts';
import { Dialog } from '../base/dialog.tsx';
import { FAILED_WORDS } from '../base/failed_words.ts';
import { actingIn, whenSignedOut } from '../base/identity.ts';
import { Session } from '../desk/session.ts';
import { cleanName } from '../people/people.ts';
import { NoticeList } from '../status/notice_list.tsx';
import { BoardBanner, BoardBar } from './board_bar.tsx';
import { BoardDesk, BoardProvider, useBoard } from './board_desk.ts';
import { watchBoardKeys } from './board_keys.ts';
import { fetchSeldom, prefetchSeldom, useSeldom } from './board_rest.ts';
import { Canvas } from './canvas.tsx';
import { Toolbar, Zoom } from './toolbar.tsx';

export function LiveBoard({ head, me }: { head: BoardHead; me: Me }) {
  const desk = useMemo(() => join(head, me), [head.id, me.user]);
  useEffect(() => {
    const ends = [watchRole(desk), watchBoardKeys(desk), watchLeaving(desk), showAtFirst(desk)];
    return () => ends.forEach((end) => end());
  }, [desk]);
  return (
    <BoardProvider value={desk}>
      <div class="board-page" id="content" tabIndex={-1}>
        <h1 class="unseen">{desk.head.value.title}</h1>
        <BoardBar />
        <BoardBanner />
        <div class="board-frame">
          <Canvas />
          <Toolbar />
          <Zoom />
        </div>
      </div>
      {desk.moving.value !== null && (
        <p class="moving" role="status">
          Point to the new place of the note.
          <button type="button" class="link" onClick={() => (desk.moving.value = null)}>
            Leave it
          </button>
        </p>
      )}
      <NoticeList notices={desk.notices} />
      <p class="unseen" role="status">
        {desk.notices.spoken.value}
      </p>
      <Dialogs />
    </BoardProvider>
  );
}

/** What lies over the board is fetched when something first does. */
function Dialogs() {
  const { dialog, session } = useBoard();
  return dialog.value !== null || session.refusal.value !== null ? <LateDialogs /> : null;
}

function LateDialogs() {
  const { dialog } = useBoard();
  const parts = useSeldom();
  if (parts === 'failed') {
    // A refusal is not among what fails here: what tells of it has come of the same part.
    return (
      <Dialog title="Not available" onClose={() => (dialog.value = null)}>
        <p>{FAILED_WORDS}</p>
      </Dialog>
    );
  }
  return parts === null ? null : <parts.BoardDialogs />;
}

function join(head: BoardHead, me: Me): BoardDesk {
  const account = { id: me.user, name: cleanName(me.name) ?? 'Someone' };
  const identity = actingIn(head.id, account);
  const session = new Session(head.id, account, identity, fetchSeldom, 'board');
  const desk = new BoardDesk(head, identity, session);
  session.onReplaced((doc) => {
    if (desk.board.rebind(doc).undoWasLost) {
      desk.notices.show('The board was brought in step with its room. What you did before cannot be undone any more.');
    }
  });
  effect(() => {
    document.body.dataset['state'] = session.sync.value.state;
  });
  session.client.start();
  if (head.names) {
    // Without it people keep the names that they appear under.
    void fetchSeldom().then(({ learnNames }) => learnNames({ caseId: head.id, names: desk.names }), () => {});
  }
  whenSignedOut(me.user, (isReplaced) => {
    if (isReplaced) {
      // What is unsent waits for this person to come back.
      session.client.stop();
    } else {
      void session.client.signOut();
    }
    sessionStorage.clear();
  });
  return desk;
}

/** Tells of each change of one's role. What was done with more rights is not taken back with less. */
function watchRole(desk: BoardDesk): () => void {
  let known: Role | null = null;
  return effect(() => {
    const { role } = desk.session.access.value;
    const before = known;
    known = role ?? known;
    if (role === null || before === null || role === before) {
      return;
    }
    if (isAtLeast(before, role)) {
      desk.board.history.clear();
      desk.moving.value = null;
      desk.editing.value = null;
      desk.tool.value = 'select';
    }
    // What one may do now is also told behind the light, if its words cannot be fetched.
    void fetchSeldom().then(({ boardRoleWords }) => {
      const words = boardRoleWords(role, before);
      desk.notices.show(words);
      desk.notices.say(words);
    }, () => {});
  });
}

/** What is on the board when it comes is shown, if it is not seen anyway. */
function showAtFirst(desk: BoardDesk): () => void {
  let isDone = false;
  return effect(() => {
    if (desk.session.hasDocument.value && !isDone) {
      isDone = true;
      // After the window onto the board has its size.
      setTimeout(() => desk.camera.fitUnlessSeen(desk.extent()));
      prefetchSeldom();
    }
  });
}

/** Leaving with changes that exist nowhere else is asked about. */
function watchLeaving({ session }: BoardDesk): () => void {
  const ask = (event: BeforeUnloadEvent): void => {
    if (session.saved.peek().unsaved > 0) {
      event.preventDefault();
    }
  };
  addEventListener('beforeunload', ask);
  return () => removeEventListener('beforeunload', ask);
}

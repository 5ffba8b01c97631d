// What can be done with the note that is selected, for those who point; keys do the same.

import { BOARD_COLOURS } from '../../board/model.ts';
import type { Sticky } from '../../board/model.ts';
import { BoardIcon } from './board_icons.tsx';
import { deleteNote, edit, paint } from './actions.ts';
import { useBoard } from './board_desk.ts';

export function NoteTools({ sticky }: { sticky: Sticky }) {
  const desk = useBoard();
  const { id } = sticky;
  const [mayMove, mayWrite] = [desk.mayMove(sticky), desk.mayWrite(sticky)];
  if (!mayMove && !mayWrite) {
    return null;
  }
  return (
    <div class="note-tools" role="group" aria-label="This note" style={{ scale: String(1 / desk.camera.zoom.value) }}>
      {mayWrite && (
        <button type="button" class="quiet square" aria-label="Write on it" onClick={() => edit(desk, id)}>
          <BoardIcon name="pen" />
        </button>
      )}
      <button
        type="button"
        class="quiet square"
        aria-label="Move it"
        aria-pressed={desk.moving.value === id}
        onClick={() => {
          desk.moving.value = desk.moving.peek() === id ? null : id;
          desk.notices.say(desk.moving.peek() === null ? '' : 'Point to its new place.');
        }}
      >
        <BoardIcon name="move" />
      </button>
      {mayWrite &&
        BOARD_COLOURS.map((colour) => (
          <button
            key={colour}
            type="button"
            class={`quiet square colour-button paper-${colour}`}
            aria-label={`Colour ${colour}`}
            aria-pressed={sticky.colour === colour}
            onClick={() => paint(desk, id, colour)}
          />
        ))}
      {mayWrite && (
        <button type="button" class="quiet square" aria-label="Delete it" onClick={() => deleteNote(desk, id)}>
          <BoardIcon name="bin" />
        </button>
      )}
    </div>
  );
}

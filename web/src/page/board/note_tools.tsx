// What can be done with the note that is selected, for those who point; keys do the same.

import { useLayoutEffect, useRef } from 'preact/hooks';

import { BOARD_COLOURS } from '../../board/model.ts';
import type { Sticky } from '../../board/model.ts';
import { BoardIcon } from './board_icons.tsx';
import { deleteNote, edit, paint } from './actions.ts';
import { useBoard } from './board_desk.ts';

const EDGE_PX = 8;

export function NoteTools({ sticky }: { sticky: Sticky }) {
  const desk = useBoard();
  const box = useRef<HTMLDivElement>(null);
  const { id } = sticky;
  const zoom = desk.camera.zoom.value;
  // Wherever the note is seen now.
  desk.camera.transform.value;
  useLayoutEffect(() => keepWithin(box.current, zoom));
  const [mayMove, mayWrite] = [desk.mayMove(sticky), desk.mayWrite(sticky)];
  if (!mayMove && !mayWrite) {
    return null;
  }
  return (
    <div ref={box} class="note-tools" role="group" aria-label="This note" style={{ scale: String(1 / zoom) }}>
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

/** Brings the tools of a note at the edge back into the window onto the board. */
function keepWithin(box: HTMLElement | null, zoom: number): void {
  const frame = document.getElementById('board')?.getBoundingClientRect();
  if (box === null || frame === undefined) {
    return;
  }
  box.style.translate = '';
  const { left, right, top } = box.getBoundingClientRect();
  const x = Math.max(frame.left + EDGE_PX - left, Math.min(0, frame.right - EDGE_PX - right));
  const y = Math.max(0, frame.top + EDGE_PX - top);
  box.style.translate = `${x / zoom}px ${y / zoom}px`;
}

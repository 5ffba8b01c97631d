// What a person does on a board, by whichever key, button or gesture.

import { STICKIES_MAX, STROKES_MAX } from '../../board/limits.ts';
import type { BoardColour, Place } from '../../board/model.ts';
import { STICKY_HEIGHT, STICKY_WIDTH, boxOf } from './board_desk.ts';
import type { BoardDesk, Tool } from './board_desk.ts';

/** Takes a tool in one's hand, if one may use it. */
export function take(desk: BoardDesk, tool: Tool): void {
  const isAllowed = tool === 'select' || (tool === 'pen' ? desk.canDraw : desk.canEdit).peek();
  if (isAllowed) {
    desk.tool.value = tool;
    desk.moving.value = null;
    if (tool !== 'select') {
      desk.selected.value = null;
    }
  }
}

/** Puts a new note there, its middle at the place, and writes on it. */
export function addNote(desk: BoardDesk, place: Place): void {
  if (!desk.canEdit.peek()) {
    return;
  }
  const id = desk.board.addSticky({ x: place.x - STICKY_WIDTH / 2, y: place.y - STICKY_HEIGHT / 2 }, desk.colour.peek());
  if (id === null) {
    desk.notices.complain(`A board takes ${STICKIES_MAX.toLocaleString('en-GB')} notes. Delete some, or use another board.`);
    return;
  }
  desk.tool.value = 'select';
  edit(desk, id);
}

/** Begins to write on a note. */
export function edit(desk: BoardDesk, id: string): void {
  const sticky = desk.board.sticky(id);
  if (sticky !== null && desk.mayWrite(sticky)) {
    desk.camera.reveal(boxOf(sticky));
    desk.selected.value = id;
    desk.editing.value = id;
  }
}

/** Ends it, and gives the focus back to the note. */
export function endEditing(desk: BoardDesk, id: string): void {
  if (desk.editing.peek() === id) {
    desk.editing.value = null;
  }
}

export function move(desk: BoardDesk, id: string, place: Place): boolean {
  const sticky = desk.board.sticky(id);
  return sticky !== null && desk.mayMove(sticky) && desk.board.moveSticky(id, place);
}

export function paint(desk: BoardDesk, id: string, colour: BoardColour): void {
  const sticky = desk.board.sticky(id);
  if (sticky !== null && desk.mayWrite(sticky)) {
    desk.board.paintSticky(id, colour);
    desk.colour.value = colour;
  }
}

/** Deletes a note; where the focus was goes to its neighbour. */
export function deleteNote(desk: BoardDesk, id: string): void {
  const sticky = desk.board.sticky(id);
  if (sticky === null || !desk.canEdit.peek() || !desk.board.may('delete', 'sticky', sticky.authorId)) {
    return;
  }
  const order = desk.order.peek();
  const at = order.indexOf(id);
  const neighbour = order[at + 1] ?? order[at - 1] ?? null;
  desk.board.remove([id]);
  tellDeleted(desk, 'The note has been deleted.');
  focusNote(neighbour);
}

/** Deletes strokes that one may delete. */
export function erase(desk: BoardDesk, ids: Iterable<string>): void {
  const count = desk.board.remove([...ids].filter((id) => mayErase(desk, id)));
  if (count > 0) {
    tellDeleted(desk, count === 1 ? 'The stroke has been erased.' : `${count} strokes have been erased.`);
  }
}

export function mayErase(desk: BoardDesk, id: string): boolean {
  const stroke = desk.board.strokes.peek().get(id);
  return stroke !== undefined && desk.canEdit.peek() && desk.board.may('delete', 'stroke', stroke.authorId);
}

export function draw(desk: BoardDesk, points: readonly number[]): void {
  if (desk.canDraw.peek() && desk.board.addStroke(points, desk.penWidth.peek(), desk.colour.peek()) === null) {
    desk.notices.complain(`A board takes ${STROKES_MAX.toLocaleString('en-GB')} strokes. Erase some, or use another board.`);
  }
}

export function undo(desk: BoardDesk): void {
  if (desk.canEdit.peek() && desk.board.history.canUndo.peek()) {
    desk.notices.say(desk.board.history.undo() ? 'Undone.' : 'There was nothing left of it to undo.');
  }
}

export function redo(desk: BoardDesk): void {
  if (desk.canEdit.peek() && desk.board.history.canRedo.peek()) {
    desk.notices.say(desk.board.history.redo() ? 'Done again.' : 'There was nothing left of it to do again.');
  }
}

/** The element of a note gets the focus, or else the board. */
export function focusNote(id: string | null): void {
  // After what has changed is on the page.
  setTimeout(() => {
    const note = id === null ? null : document.querySelector<HTMLElement>(`[data-note="${CSS.escape(id)}"]`);
    (note ?? document.getElementById('board'))?.focus({ preventScroll: true });
  });
}

function tellDeleted(desk: BoardDesk, words: string): void {
  desk.notices.show(words, { label: 'Undo', run: () => undo(desk) });
  desk.notices.say(words);
}

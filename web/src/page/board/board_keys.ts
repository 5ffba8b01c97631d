// The keys of a board, wherever the focus is on its page. What a note does with the arrows is in `note.tsx`; what the list of
// keys says, in `board_key_lines.ts`.

import { singleKeys } from '../base/settings.ts';
import { addNote, redo, take, undo } from './actions.ts';
import type { BoardDesk, Tool } from './board_desk.ts';

const TOOL_KEYS: Readonly<Record<string, Tool>> = { v: 'select', p: 'pen', e: 'eraser' };

/** Listens from now on; gives the function that ends it. */
export function watchBoardKeys(desk: BoardDesk): () => void {
  const press = (event: KeyboardEvent): void => {
    const isElsewhere = event.defaultPrevented || event.isComposing || event.altKey || document.querySelector('dialog:modal') !== null;
    if (!isElsewhere && !isInField(event) && obey(desk, event)) {
      event.preventDefault();
    }
  };
  addEventListener('keydown', press);
  return () => removeEventListener('keydown', press);
}

/** Gives whether the key was used. */
function obey(desk: BoardDesk, event: KeyboardEvent): boolean {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) {
    return history(desk, key, event.shiftKey);
  }
  if (key === 'Escape') {
    return leave(desk);
  }
  return singleKeys.peek() === 'on' && single(desk, key);
}

function history(desk: BoardDesk, key: string, shift: boolean): boolean {
  if (key === 'z' || (key === 'y' && !shift)) {
    (key === 'z' && !shift ? undo : redo)(desk);
    return true;
  }
  return false;
}

function single(desk: BoardDesk, key: string): boolean {
  const tool = TOOL_KEYS[key];
  if (tool !== undefined) {
    take(desk, tool);
    return true;
  }
  switch (key) {
    case 'n':
      addNote(desk, desk.camera.middle());
      return true;
    case '+':
    case '=':
      desk.camera.step(1);
      return true;
    case '-':
      desk.camera.step(-1);
      return true;
    case '0':
      desk.camera.zoomTo(1);
      return true;
    case '1':
      desk.camera.fit(desk.extent());
      return true;
    case '?':
      desk.dialog.value = 'help';
      return true;
    default:
      return false;
  }
}

/** One thing at a time. */
function leave(desk: BoardDesk): boolean {
  if (document.querySelector('[popover="auto"]:popover-open') !== null) {
    // The browser closes it.
    return false;
  }
  if (desk.moving.peek() !== null) {
    desk.moving.value = null;
  } else if (desk.tool.peek() !== 'select') {
    desk.tool.value = 'select';
  } else if (desk.selected.peek() !== null) {
    desk.selected.value = null;
  } else {
    return false;
  }
  return true;
}

function isInField({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest('input:not([type=checkbox]), textarea, select, [contenteditable]') !== null;
}

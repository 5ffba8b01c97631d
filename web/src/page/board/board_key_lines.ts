// The keys of a board in words. `board_keys.ts` and `note.tsx` obey them.

/** What the list of keys says. */
export const BOARD_KEY_LINES: readonly { keys: readonly string[]; does: string; isSingle?: boolean }[] = [
  { keys: ['Tab'], does: 'To the next note, in reading order' },
  { keys: ['←', '↑', '↓', '→'], does: 'Move the note that has the focus; with Shift by very little. Elsewhere: move what is seen' },
  { keys: ['Enter'], does: 'Write on the note' },
  { keys: ['Esc'], does: 'End writing; put the tool away' },
  { keys: ['Delete'], does: 'Delete the note, or with the eraser in hand the stroke that has the focus' },
  { keys: ['N'], does: 'A new note in the middle of what is seen', isSingle: true },
  { keys: ['V'], does: 'Select', isSingle: true },
  { keys: ['P'], does: 'Pen', isSingle: true },
  { keys: ['E'], does: 'Eraser: Tab leads through the strokes that you may erase', isSingle: true },
  { keys: ['+', '−'], does: 'Larger, smaller', isSingle: true },
  { keys: ['0'], does: 'Actual size', isSingle: true },
  { keys: ['1'], does: 'Show everything', isSingle: true },
  { keys: ['Ctrl Z'], does: 'Undo what you did last' },
  { keys: ['Ctrl Y'], does: 'Do it again' },
  { keys: ['?'], does: 'This list', isSingle: true },
];

// All keys in words, as the help lists them. `keys.ts` says what they do.

/** A line of the list of keys. */
export type KeyLine = { keys: readonly string[]; does: string; isSingle: boolean };

/** All keys, as the help lists them. */
export const KEY_LINES: readonly KeyLine[] = [
  { keys: ['1', '…', '0'], does: 'Tag the selected text, or the annotation that is open', isSingle: true },
  { keys: ['C'], does: 'Comment on the selected text, or on the annotation that is open', isSingle: true },
  { keys: ['N'], does: 'Next annotation, or the next of what is searched for', isSingle: true },
  { keys: ['P'], does: 'The previous one', isSingle: true },
  { keys: ['S'], does: 'From the text to the annotation beside it', isSingle: true },
  { keys: ['Shift', 'S'], does: 'From an annotation back to its text, or to what was searched for', isSingle: true },
  { keys: ['V'], does: 'Select text with the arrow keys (Shift + arrows extend, Enter finishes)', isSingle: true },
  { keys: ['R'], does: 'Resolve or reopen the annotation that is open', isSingle: true },
  { keys: ['M'], does: 'Shared notes', isSingle: true },
  { keys: ['/'], does: 'Search the text and its annotations', isSingle: true },
  { keys: ['?'], does: 'This list', isSingle: true },
  { keys: ['↑', '↓'], does: 'From the number of a paragraph to the one before or behind it', isSingle: false },
  { keys: ['Esc'], does: 'Close, or go back to the text', isSingle: false },
  { keys: ['Ctrl', 'Enter'], does: 'Send the comment that is being written', isSingle: false },
  { keys: ['Ctrl', 'Z'], does: 'Undo your last change', isSingle: false },
  { keys: ['Ctrl', 'Shift', 'Z'], does: 'Do it again', isSingle: false },
];

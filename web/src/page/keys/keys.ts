// Which key means which command. Pure: the page hands in what was pressed and where, and carries out what comes back.

/** What can be done by keyboard from anywhere on the page of a case. */
export type Command =
  | { command: 'tag'; index: number }
  | { command: 'comment' }
  | { command: 'next' | 'previous' }
  | { command: 'to_card' | 'to_text' }
  | { command: 'search' }
  | { command: 'notes' }
  | { command: 'resolve' }
  | { command: 'select' }
  | { command: 'help' }
  | { command: 'undo' | 'redo' }
  | { command: 'leave' };

/** A key press as the mapping needs it. */
export type Press = {
  key: string;
  ctrl: boolean;
  meta: boolean;
  alt: boolean;
  shift: boolean;
  isComposing: boolean;
  /** Whether the focus is where letters are typed. */
  inField: boolean;
};

/**
 * The command of a key press, or null.
 *
 * Keys without Ctrl are commands only outside of fields, and only while single keys are on: people who steer by speech
 * or with a screen reader need to be able to switch them off (WCAG 2.1.4).
 */
export function commandOf(press: Press, singleKeysOn: boolean): Command | null {
  if (press.isComposing || press.alt) {
    return null;
  }
  if (press.key === 'Escape') {
    return { command: 'leave' };
  }
  if (press.ctrl || press.meta) {
    return press.inField ? null : historyOf(press);
  }
  return press.inField || !singleKeysOn ? null : singleOf(press);
}

function historyOf({ key, shift }: Press): Command | null {
  switch (key.toLowerCase()) {
    case 'z':
      return { command: shift ? 'redo' : 'undo' };
    case 'y':
      return shift ? null : { command: 'redo' };
    default:
      return null;
  }
}

function singleOf({ key, shift }: Press): Command | null {
  if (/^[0-9]$/.test(key) && !shift) {
    return { command: 'tag', index: (Number(key) + 9) % 10 };
  }
  switch (key) {
    case 'c':
      return { command: 'comment' };
    case 'n':
      return { command: 'next' };
    case 'p':
      return { command: 'previous' };
    case 's':
      return { command: 'to_card' };
    case 'S':
      return { command: 'to_text' };
    case 'v':
      return { command: 'select' };
    case 'r':
      return { command: 'resolve' };
    case 'm':
      return { command: 'notes' };
    case '/':
      return { command: 'search' };
    case '?':
      return { command: 'help' };
    default:
      return null;
  }
}

/** The key that applies the tag at a place in the list of tags, or null beyond the tenth. */
export function keyOfTag(index: number): string | null {
  return index < 0 || index > 9 ? null : String((index + 1) % 10);
}

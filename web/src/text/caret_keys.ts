// What a key means to the caret. Pure.

/** What browsers move by. */
export type Granularity = 'character' | 'word' | 'line' | 'lineboundary';

export type Move =
  | {
      readonly move: 'by browser';
      readonly direction: 'left' | 'right' | 'forward' | 'backward';
      readonly by: Granularity;
      readonly times: number;
      readonly forward: boolean;
    }
  | { readonly move: 'block' | 'text'; readonly forward: boolean }
  | { readonly move: 'sentence' | 'this block' | 'done' | 'escape' };

/** About a screen, with something left in sight. */
const PAGE_LINES = 15;

export type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey' | 'shiftKey'>;

/** What a key means; null for all that it does not concern. */
export function moveOf({ key, ctrlKey, altKey, metaKey, shiftKey }: Key): Move | null {
  const far = ctrlKey || altKey;
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowRight': {
      const isRight = key === 'ArrowRight';
      const by = metaKey ? 'lineboundary' : far ? 'word' : 'character';
      return byBrowser(isRight ? 'right' : 'left', by, isRight);
    }
    case 'ArrowUp':
    case 'ArrowDown': {
      const forward = key === 'ArrowDown';
      if (metaKey || far) {
        return { move: metaKey ? 'text' : 'block', forward };
      }
      return byBrowser(forward ? 'forward' : 'backward', 'line', forward);
    }
    case 'PageUp':
    case 'PageDown': {
      const forward = key === 'PageDown';
      return byBrowser(forward ? 'forward' : 'backward', 'line', forward, PAGE_LINES);
    }
    case 'Home':
    case 'End': {
      const forward = key === 'End';
      return far || metaKey ? { move: 'text', forward } : byBrowser(forward ? 'forward' : 'backward', 'lineboundary', forward);
    }
    case 'Escape':
      return { move: 'escape' };
  }
  if (far || metaKey || shiftKey) {
    return null;
  }
  switch (key) {
    case 's':
      return { move: 'sentence' };
    case 'p':
      return { move: 'this block' };
    case 'Enter':
      return { move: 'done' };
    default:
      return null;
  }
}

function byBrowser(
  direction: 'left' | 'right' | 'forward' | 'backward',
  by: Granularity,
  forward: boolean,
  times = 1,
): Move & { move: 'by browser' } {
  return { move: 'by browser', direction, by, times, forward };
}

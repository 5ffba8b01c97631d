// What the pointer does on the text: hovering makes a highlight and its card glow, a click opens the card.

import { nextOf } from '../../text/painter.ts';
import { activate } from '../desk/actions.ts';
import type { Desk, Sheet } from '../desk/desk.ts';

/** Listens from now on; gives the function that ends it. */
export function watchPointer(desk: Desk, { view, painter }: Sheet): () => void {
  const ended = new AbortController();
  const options = { signal: ended.signal, passive: true };
  let frame = 0;
  let last: { x: number; y: number } | null = null;
  const look = (): void => {
    frame = 0;
    const id = last === null ? null : (painter.at(last.x, last.y)[0] ?? null);
    view.root.classList.toggle('over-highlight', id !== null);
    desk.hovered.value = id;
  };
  const later = (point: { x: number; y: number } | null): void => {
    last = point;
    frame ||= requestAnimationFrame(look);
  };
  view.root.addEventListener(
    'pointermove',
    ({ pointerType, clientX, clientY }) => {
      if (pointerType !== 'touch') {
        later({ x: clientX, y: clientY });
      }
    },
    options,
  );
  view.root.addEventListener('pointerleave', () => later(null), options);
  view.root.addEventListener('click', (event) => click(desk, painter.at(event.clientX, event.clientY), event), {
    signal: ended.signal,
  });
  return () => {
    ended.abort();
    cancelAnimationFrame(frame);
  };
}

function click(desk: Desk, ids: readonly string[], event: MouseEvent): void {
  const isElsewhere = event.target instanceof Element && event.target.closest('a, button') !== null;
  // A click that ends a selection belongs to the selection.
  if (isElsewhere || event.defaultPrevented || !(getSelection()?.isCollapsed ?? true)) {
    return;
  }
  const shown = ids.filter((id) => desk.finding.shown.peek()?.has(id) ?? true);
  const id = nextOf(shown, desk.active.peek());
  if (id === null) {
    activate(desk, null, 'text');
    return;
  }
  activate(desk, id, 'text');
  // Several highlights lie here: the first is open at once, and the others can be seen and chosen.
  desk.choice.value = shown.length > 1 ? { ids: shown, x: event.clientX, y: event.clientY } : null;
}

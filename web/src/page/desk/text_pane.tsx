// Where the case is read. The words are rendered once, by the text's own module, into an element that nothing else fills.

import { useEffect, useRef } from 'preact/hooks';

import { createPainter } from '../../text/create_painter.ts';
import type { Painter } from '../../text/painter.ts';
import { renderText } from '../../text/render.ts';
import { SelectionWatcher } from '../../text/selection.ts';
import type { TextView } from '../../text/text_view.ts';
import { FAILED_WORDS } from '../base/failed_words.ts';
import { fetchRest } from '../base/parts.ts';
import { MarginMarks } from '../people/margin_marks.tsx';
import { paint } from '../sheet/paint.ts';
import { showParagraphButtons } from '../sheet/paragraph_buttons.ts';
import { caretFor } from '../sheet/caret.ts';
import { watchPointer } from '../sheet/pointing.ts';
import { ReadingPlace } from '../sheet/reading_place.ts';
import { useDesk } from './desk.ts';
import type { Desk, Sheet } from './desk.ts';
import { followLink } from './links.ts';

export function TextPane() {
  const desk = useDesk();
  const article = useRef<HTMLElement>(null);
  useEffect(() => {
    const container = article.current;
    if (container === null) {
      return undefined;
    }
    const view = renderText(container, desk.text);
    return layOut(desk, view, createPainter(view, () => desk.notices.complain(FAILED_WORDS)));
  }, []);
  const view = desk.sheet.value?.view ?? null;
  return (
    <main class="text-pane">
      <article id="text" class="case-text" tabIndex={-1} ref={article} aria-label={desk.text.title} />
      {view !== null && <MarginMarks view={view} />}
    </main>
  );
}

/** Puts everything onto a text that works on it; gives the function that takes it away again. */
function layOut(desk: Desk, view: TextView, painter: Painter): () => void {
  const reading = new ReadingPlace(desk, view);
  const watcher = new SelectionWatcher(view, {
    completed: (selection) => (desk.selection.value = selection),
    cleared: () => (desk.selection.value = null),
    moved: (span) => reading.selected(span),
  });
  const caret = caretFor(desk, view, watcher);
  // If it cannot be fetched, the first number is still a stop.
  const walkable = (): void => void fetchRest().then(({ walkNumbers }) => walkNumbers(view.root), () => {});
  view.root.addEventListener('focusin', walkable, { once: true });
  const sheet: Sheet = { view, painter, watcher, caret };
  desk.sheet.value = sheet;
  const ends = [
    paint(desk, sheet),
    showParagraphButtons(desk, view),
    watchPointer(desk, sheet),
    followLink(desk),
    () => reading.stop(),
    () => caret.leave(),
    () => watcher.stop(),
    () => painter.destroy(),
  ];
  return () => {
    desk.sheet.value = null;
    for (const end of ends) {
      end();
    }
  };
}

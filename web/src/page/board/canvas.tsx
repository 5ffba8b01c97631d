// The window onto the board: its strokes, its notes, and where the others point at.

import { useComputed } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import type { Stroke } from '../../board/model.ts';
import { pathOf } from '../../board/points.ts';
import { erase, mayErase } from './actions.ts';
import { useBoard } from './board_desk.ts';
import { watchPointers } from './gestures.ts';
import { Note } from './note.tsx';
import { counted } from '../class/words.ts';
import { cursorsOf } from './others.ts';
import { tellWhere } from './telling.ts';

const PAN_PX = 60;
const PANS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [PAN_PX, 0],
  ArrowRight: [-PAN_PX, 0],
  ArrowUp: [0, PAN_PX],
  ArrowDown: [0, -PAN_PX],
};

export function Canvas() {
  const desk = useBoard();
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = root.current;
    if (box === null) {
      return undefined;
    }
    const sizes = new ResizeObserver(() => desk.camera.resize(box.clientWidth, box.clientHeight));
    sizes.observe(box);
    const ends = [watchPointers(desk, box), tellWhere(desk, box), () => sizes.disconnect()];
    return () => ends.forEach((end) => end());
  }, [desk]);
  const { camera } = desk;
  return (
    <main
      ref={root}
      id="board"
      class={`board tool-${desk.moving.value === null ? desk.tool.value : 'place'}`}
      tabIndex={0}
      aria-label="Board"
      aria-describedby="board-hint"
      style={{ '--board-x': `${camera.x.value}px`, '--board-y': `${camera.y.value}px`, '--board-zoom': String(camera.zoom.value) }}
      onKeyDown={(event) => {
        const pan = event.target === event.currentTarget && !event.ctrlKey && !event.metaKey && !event.altKey ? PANS[event.key] : undefined;
        if (pan !== undefined) {
          event.preventDefault();
          camera.pan(...pan);
        }
      }}
      onScroll={({ currentTarget }) => currentTarget.scrollTo(0, 0)}
    >
      <p class="unseen" id="board-hint">
        Tab leads through the notes. The arrow keys move what is seen, or the note that has the focus. Press ? for all keys.
      </p>
      <div class="board-surface" style={{ transform: camera.transform.value }}>
        <Strokes />
        <Notes />
        <Cursors />
      </div>
      {desk.board.isEmpty.value && desk.session.hasDocument.value && (
        <p class="board-empty">{desk.canEdit.value ? 'Nothing here yet. Press N, or choose Note and point to a place.' : 'Nothing here yet.'}</p>
      )}
    </main>
  );
}

function Notes() {
  const { board, order } = useBoard();
  const focused = useRef<Element | null>(null);
  const ids = order.value;
  // An element that changes its place among its siblings loses the focus.
  focused.current = document.activeElement;
  useLayoutEffect(() => {
    const before = focused.current;
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (isLost && before instanceof HTMLElement && before.isConnected && before.closest('.note') !== null) {
      before.focus({ preventScroll: true });
    }
  }, [ids]);
  const all = board.stickies.value;
  return (
    <div class="notes-layer" role="group" aria-label="Notes">
      {ids.map((id) => {
        const sticky = all.get(id);
        return sticky === undefined ? null : <Note key={id} of={sticky} />;
      })}
    </div>
  );
}

function Strokes() {
  const desk = useBoard();
  const all = [...desk.board.strokes.value.values()];
  return (
    <svg class="strokes" role={desk.tool.value === 'eraser' ? 'group' : 'img'} aria-label={counted(all.length, 'stroke', 'strokes')}>
      {all.map((stroke) => (
        <Drawn key={stroke.id} stroke={stroke} />
      ))}
      <Drawing />
    </svg>
  );
}

/** By itself, so that a move of the pen draws nothing else anew. */
function Drawing() {
  const desk = useBoard();
  const drawing = desk.drawing.value;
  return drawing === null ? null : (
    <path class={`stroke ink-${desk.colour.value}`} d={pathOf(drawing)} stroke-width={desk.penWidth.value} aria-hidden="true" />
  );
}

/**
 * With the eraser in hand, each stroke that one may erase is reached by keys. Of thousands of strokes one is drawn anew only
 * when it, or what it reads here, has changed: a component that reads signals is left alone otherwise.
 */
function Drawn({ stroke }: { stroke: Stroke }) {
  const desk = useBoard();
  const isErased = useComputed(() => desk.erased.value.has(stroke.id)).value;
  const isOffered = desk.tool.value === 'eraser' && mayErase(desk, stroke.id);
  const shown = { class: `stroke ink-${stroke.colour}${isErased ? ' is-erased' : ''}`, d: pathOf(stroke.points), 'stroke-width': stroke.width };
  return isOffered ? (
    <path
      {...shown}
      tabindex={0}
      role="button"
      aria-label={`Erase the stroke by ${desk.nameOf(stroke.authorId, stroke.author)}`}
      onKeyDown={(event) => {
        if (['Enter', ' ', 'Delete', 'Backspace'].includes(event.key)) {
          event.preventDefault();
          erase(desk, [stroke.id]);
        }
      }}
    />
  ) : (
    <path {...shown} aria-hidden="true" />
  );
}

function Cursors() {
  const desk = useBoard();
  const scale = 1 / desk.camera.zoom.value;
  return (
    <div class="cursors" aria-hidden="true">
      {cursorsOf(desk).value.map(({ clientId, name, colour, x, y }) => (
        <div key={clientId} class="cursor" style={{ '--person': colour, transform: `translate(${x}px, ${y}px) scale(${scale})` }}>
          <svg viewBox="0 0 16 16">
            <path d="M1 1l5 14 2.5-6L14.5 6Z" />
          </svg>
          <span dir="auto">{name}</span>
        </div>
      ))}
    </div>
  );
}

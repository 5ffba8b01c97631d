// What one may take in one's hand, in which colour, and what can be taken back.

import type { Signal } from '@preact/signals';

import { BOARD_COLOURS } from '../../board/model.ts';
import { BoardIcon } from './board_icons.tsx';
import type { BoardIconName } from './board_icons.tsx';
import { redo, take, undo } from './actions.ts';
import { PEN_WIDTHS, useBoard } from './board_desk.ts';
import type { Tool } from './board_desk.ts';

const TOOLS: readonly { tool: Tool; words: string; icon: BoardIconName }[] = [
  { tool: 'select', words: 'Select', icon: 'arrow' },
  { tool: 'sticky', words: 'Note', icon: 'note' },
  { tool: 'pen', words: 'Pen', icon: 'pen' },
  { tool: 'eraser', words: 'Eraser', icon: 'eraser' },
];
const WIDTH_WORDS: Readonly<Record<(typeof PEN_WIDTHS)[number], string>> = { 2: 'Thin', 5: 'Medium', 12: 'Thick' };

/** Nothing for whoever may only look. */
export function Toolbar() {
  const desk = useBoard();
  if (!desk.canEdit.value) {
    return null;
  }
  const tool = desk.tool.value;
  const tools = TOOLS.filter((each) => each.tool !== 'pen' || desk.canDraw.value);
  const { history } = desk.board;
  return (
    <div class="board-tools" role="toolbar" aria-label="Tools">
      {tools.map((each) => (
        <button
          key={each.tool}
          type="button"
          class={each.tool === tool ? 'quiet tool is-on' : 'quiet tool'}
          aria-pressed={each.tool === tool}
          onClick={() => take(desk, each.tool)}
        >
          <BoardIcon name={each.icon} />
          <span class="label">{each.words}</span>
        </button>
      ))}
      {(tool === 'sticky' || tool === 'pen') && <Colours kind={tool} />}
      {tool === 'pen' && <Widths chosen={desk.penWidth} />}
      <span class="tools-gap" />
      <button type="button" class="quiet square" aria-label="Undo" aria-disabled={!history.canUndo.value} onClick={() => undo(desk)}>
        <BoardIcon name="undo" />
      </button>
      <button type="button" class="quiet square" aria-label="Redo" aria-disabled={!history.canRedo.value} onClick={() => redo(desk)}>
        <BoardIcon name="redo" />
      </button>
    </div>
  );
}

function Colours({ kind }: { kind: 'sticky' | 'pen' }) {
  const { colour } = useBoard();
  return (
    <span class="tools-group" role="group" aria-label="Colour">
      {BOARD_COLOURS.map((each) => (
        <button
          key={each}
          type="button"
          class={`quiet square colour-button ${kind === 'pen' ? `pen-${each}` : `paper-${each}`}`}
          aria-label={`Colour ${each}`}
          aria-pressed={each === colour.value}
          onClick={() => (colour.value = each)}
        />
      ))}
    </span>
  );
}

function Widths({ chosen }: { chosen: Signal<(typeof PEN_WIDTHS)[number]> }) {
  return (
    <span class="tools-group" role="group" aria-label="Width">
      {PEN_WIDTHS.map((width) => (
        <button
          key={width}
          type="button"
          class={width === chosen.value ? 'quiet square is-on' : 'quiet square'}
          aria-label={WIDTH_WORDS[width]}
          aria-pressed={width === chosen.value}
          onClick={() => (chosen.value = width)}
        >
          <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
            <path d="M4 14L16 6" style={{ strokeWidth: String(width / 2 + 1) }} />
          </svg>
        </button>
      ))}
    </span>
  );
}

/** For whoever has no wheel and no second finger. */
export function Zoom() {
  const desk = useBoard();
  const { camera } = desk;
  return (
    <div class="board-zoom" role="group" aria-label="What is seen">
      <button type="button" class="quiet square" aria-label="Smaller" onClick={() => camera.step(-1)}>
        <BoardIcon name="minus" />
      </button>
      <button type="button" class="quiet" aria-label={`Actual size, now ${percent(camera.zoom.value)}`} onClick={() => camera.zoomTo(1)}>
        {percent(camera.zoom.value)}
      </button>
      <button type="button" class="quiet square" aria-label="Larger" onClick={() => camera.step(1)}>
        <BoardIcon name="plus" />
      </button>
      <button type="button" class="quiet square" aria-label="Show everything" onClick={() => camera.fit(desk.extent())}>
        <BoardIcon name="fit" />
      </button>
    </div>
  );
}

function percent(zoom: number): string {
  return `${Math.round(zoom * 100)}%`;
}

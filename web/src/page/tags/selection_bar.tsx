// The small toolbar at a selection: its tags, a comment, or a mark without either.

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import type { TextSelection } from '../../text/selection.ts';
import { Icon } from '../base/icons.tsx';
import { sizeOf, viewport } from '../base/measure.ts';
import { Part } from '../base/part.tsx';
import { placeBeside } from '../base/place.ts';
import { comment, highlightSelection } from '../desk/actions.ts';
import { useDesk } from '../desk/desk.ts';
import { withRest } from '../desk/with_rest.ts';
import { Swatch } from './swatch.tsx';

/** A press and its click are over by then. */
const PRESS_MS = 500;

export function SelectionBar() {
  const desk = useDesk();
  const selection = desk.selection.value;
  // Also before the room's document is here: what is done by then is kept, as by the keys.
  return selection !== null && desk.canEdit.value ? <Bar selection={selection} /> : null;
}

function Bar({ selection }: { selection: TextSelection }) {
  const desk = useDesk();
  const bar = useRef<HTMLDivElement>(null);
  const mayHighlight = desk.marginalia.may('add', 'highlight');
  useEffect(() => {
    const box = bar.current;
    if (box === null || box.matches(':popover-open')) {
      return undefined;
    }
    // In the top layer, but closed by us: the selection may change while it is open.
    box.showPopover();
    return () => box.hidePopover();
  }, []);
  const heldUntil = useRef(0);
  const follow = (): void => {
    if (Date.now() > heldUntil.current) {
      place(bar.current, selection);
    }
  };
  useLayoutEffect(follow, [selection]);
  useEffect(() => {
    follow();
    addEventListener('resize', follow);
    return () => removeEventListener('resize', follow);
  }, [selection]);
  const keepSelection = (event: Event): void => {
    event.preventDefault();
    // It must not move from under a finger: a selection that was still settling is told of between press and click.
    heldUntil.current = Date.now() + PRESS_MS;
  };
  return (
    <div
      ref={bar}
      popover="manual"
      class={`selection-bar manner-${selection.manner}`}
      role="toolbar"
      aria-label={mayHighlight ? 'Annotate the selection' : 'The selection'}
      aria-orientation="vertical"
      onPointerDown={keepSelection}
      onMouseDown={keepSelection}
      onKeyDown={walkGrid}
    >
      {desk.moving.value !== null ? <Part name="MoveHere" /> : mayHighlight ? <Choices /> : <Part name="ReaderChoices" />}
    </div>
  );
}

function Choices() {
  const desk = useDesk();
  const { tags, tagGroups } = desk.marginalia;
  const groups = [null, ...tagGroups.value];
  return (
    <>
      <div class="bar-row">
        <button type="button" onClick={() => comment(desk)}>
          <Icon name="comment" />
          Comment
          <kbd>C</kbd>
        </button>
        <button type="button" onClick={() => highlightSelection(desk, null)}>
          <Icon name="pen" />
          No tag
        </button>
        <button type="button" onClick={() => void withRest(desk, ({ noteToSelf }) => void noteToSelf(desk))}>
          Only me
        </button>
      </div>
      {groups.map((group) => {
        const own = tags.value.filter((tag) => tag.group === (group?.id ?? null));
        return own.length === 0 ? null : (
          <div key={group?.id ?? ''} class="bar-tags" role="group" aria-label={group?.name ?? 'Tags'}>
            {group !== null && <p class="bar-group">{group.name}</p>}
            {own.map((tag) => (
              <button
                key={tag.id}
                type="button"
                class="bar-tag"
                title={tag.description ?? undefined}
                aria-keyshortcuts={tag.hotKey ?? undefined}
                onClick={() => highlightSelection(desk, tag.id)}
              >
                <Swatch look={tag} />
                <span class="bar-name">{tag.name}</span>
                {tag.hotKey !== null && <kbd aria-hidden="true">{tag.hotKey}</kbd>}
              </button>
            ))}
          </div>
        );
      })}
      <button type="button" class="link bar-more" onClick={() => (desk.dialog.value = 'tags')}>
        Manage tags…
      </button>
    </>
  );
}

function place(box: HTMLElement | null, { manner, rect, focusRect }: TextSelection): void {
  if (box === null) {
    return;
  }
  // A finger's own menu stands above what it selected.
  const at =
    manner === 'touch'
      ? placeBeside(rect, sizeOf(box), viewport(), 'centre', 'below')
      : placeBeside(focusRect, sizeOf(box), viewport(), 'centre', 'below');
  box.style.setProperty('left', `${at.left}px`);
  box.style.setProperty('top', `${at.top}px`);
}

/** Up and down lead along, as in any toolbar. */
function walkGrid(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  if (step !== undefined && at >= 0) {
    event.preventDefault();
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  }
}

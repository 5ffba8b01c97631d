// Where several highlights lie over each other: which of them is meant.

import { useLayoutEffect, useRef } from 'preact/hooks';

import { sizeOf, viewport } from '../base/measure.ts';
import { placeBeside } from '../base/place.ts';
import { walk } from '../base/settle.ts';
import { activate } from '../desk/actions.ts';
import { useDesk } from '../desk/desk.ts';
import { privateId } from '../privately/private_paint.ts';
import { Swatch } from '../tags/swatch.tsx';

export function Chooser() {
  const desk = useDesk();
  const choice = desk.choice.value;
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (element !== null && choice !== null) {
      if (!element.matches(':popover-open')) {
        element.showPopover();
      }
      const point = { left: choice.x, right: choice.x, top: choice.y - 10, bottom: choice.y + 14 };
      const at = placeBeside(point, sizeOf(element), viewport(), 'start', 'below');
      element.style.setProperty('left', `${at.left}px`);
      element.style.setProperty('top', `${at.top}px`);
    }
  }, [choice]);
  if (choice === null) {
    return null;
  }
  return (
    <div
      ref={box}
      popover="auto"
      class="popover menu chooser"
      role="group"
      aria-label={`${choice.ids.length} annotations here`}
      onToggle={(event) => {
        if (event.newState === 'closed') {
          desk.choice.value = null;
        }
      }}
      onKeyDown={(event) => walk(event, event.currentTarget)}
    >
      {choice.ids.map((id) => {
        const highlight = desk.marginalia.highlights.value.get(id)?.value;
        if (highlight === undefined) {
          return privateId(id) === null ? null : (
            <button key={id} type="button" onClick={() => activate(desk, id, 'text')}>
              <span class="chooser-words">
                <b>Only me</b> your private note
              </span>
            </button>
          );
        }
        const tag = desk.marginalia.tagOf(highlight);
        return (
          <button
            key={id}
            type="button"
            aria-current={desk.active.value === id}
            onPointerEnter={() => (desk.hovered.value = id)}
            onClick={() => activate(desk, id, 'text')}
          >
            <Swatch look={tag} />
            <span class="chooser-words">
              <b>{tag?.name ?? 'No tag'}</b> {highlight.author}
              <span class="chooser-quote">{highlight.target.quote}</span>
            </span>
          </button>
        );
      })}
    </div>
  );
}

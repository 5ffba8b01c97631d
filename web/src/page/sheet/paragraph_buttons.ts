// One button for each annotated paragraph, "3 annotations", that leads to its cards: how those who do not see the
// colours, or use no pointer, learn where annotations are. Not markers inside of words, which would be read aloud amid
// sentences.

import { effect } from '@preact/signals';

import type { TextView } from '../../text/text_view.ts';
import { activate, focusCard } from '../desk/actions.ts';
import type { Desk } from '../desk/desk.ts';

/** Shows the buttons from now on; gives the function that ends it. */
export function showParagraphButtons(desk: Desk, view: TextView): () => void {
  const buttons = new Map<string, HTMLButtonElement>();
  let counts = new Map<string, string[]>();
  const press = (block: string): void => {
    const ids = counts.get(block) ?? [];
    // Pressed again, it goes on to the paragraph's next annotation.
    const at = ids.indexOf(desk.active.peek() ?? '');
    const id = ids[(at + 1) % ids.length];
    if (id !== undefined) {
      activate(desk, id, 'text');
      focusCard(desk, id);
    }
  };
  return effect(() => {
    counts = idsByBlock(desk, view);
    for (const [block, button] of buttons) {
      if (!counts.has(block)) {
        button.remove();
        buttons.delete(block);
      }
    }
    for (const [block, ids] of counts) {
      const button = buttons.get(block) ?? makeButton(() => press(block));
      label(button, view, block, ids.length);
      if (!buttons.has(block)) {
        buttons.set(block, button);
        view.asideOf(block)?.append(button);
      }
    }
  });
}

function idsByBlock({ marginalia }: Desk, view: TextView): Map<string, string[]> {
  const counts = new Map<string, string[]>();
  const all = marginalia.highlights.value;
  for (const id of marginalia.order.value) {
    const place = all.get(id)?.peek().place;
    const block = place === undefined || place === null ? null : view.blockAt(place.start);
    if (block !== null) {
      counts.set(block.id, [...(counts.get(block.id) ?? []), id]);
    }
  }
  return counts;
}

function makeButton(press: () => void): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'paragraph-button';
  button.addEventListener('click', press);
  return button;
}

/** Writes only what differs: a change elsewhere must not touch this paragraph. */
function label(button: HTMLButtonElement, view: TextView, block: string, count: number): void {
  const text = String(count);
  if (button.textContent !== text) {
    button.textContent = text;
    const info = view.blocks.find(({ id }) => id === block);
    const what = count === 1 ? '1 annotation' : `${count} annotations`;
    button.setAttribute('aria-label', info?.para === undefined || info.para === null ? what : `${what} on paragraph ${info.para}`);
  }
}

// How private notes look in the text: in dashes above and below, without a tint, as no tag looks. In the text they are told
// from what others see by their form, not by a colour alone.

import { effect } from '@preact/signals';

import { doLayersInherit } from '../../text/layer_brush.ts';
import { LEVELS, adopt, lookName, underline } from '../../text/looks.ts';
import type { PaintedStyle } from '../../text/painter.ts';
import type { Desk } from '../desk/desk.ts';
import type { Notebook } from './private_notes.ts';

/** Before the id of a private note, where the painter has shared ones too. */
const PREFIX = 'private:';
const LOOK: PaintedStyle = { colour: 'private', pattern: 'dashed' };

let isStyled = false;

/** The private note that something painted is; null for an annotation that is shared. */
export function privateId(painted: string): string | null {
  return painted.startsWith(PREFIX) ? painted.slice(PREFIX.length) : null;
}

/** What the painter calls a private note. */
export function paintedId(note: string): string {
  return PREFIX + note;
}

/** Paints them from now on, and tells when one is clicked. */
export function paintPrivately(desk: Desk, { marginalia }: Notebook, opened: (note: string) => void): void {
  style();
  effect(() => {
    const painter = desk.sheet.value?.painter;
    if (painter === undefined) {
      return undefined;
    }
    const painted = new Set<string>();
    const end = effect(() => {
      const places = [...marginalia.highlights.value].flatMap(([id, highlight]) => {
        const { place } = highlight.value;
        return place === null ? [] : [[paintedId(id), place] as const];
      });
      const here = new Set(places.map(([id]) => id));
      [...painted].filter((id) => !here.has(id)).forEach((id) => (painter.remove(id), painted.delete(id)));
      for (const [id, { start, end: to }] of places) {
        painter.set(id, start, to, LOOK);
        painted.add(id);
      }
    });
    return () => {
      end();
      painted.forEach((id) => painter.remove(id));
    };
  });
  effect(() => {
    const note = privateId(desk.active.value ?? '');
    if (note !== null) {
      // It has no card.
      desk.active.value = null;
      opened(note);
    }
  });
}

function style(): void {
  if (isStyled) {
    return;
  }
  isStyled = true;
  const rules = (select: (name: string) => string): string =>
    Array.from({ length: LEVELS }, (_none, level) => {
      const line = underline('dashed', 1.5, 'var(--ink,currentColor)', 'underline overline');
      return `${select(lookName(LOOK, level))}{${line};text-decoration-skip-ink:none;text-underline-offset:${0.16 + level * 0.17}em}`;
    }).join('\n');
  // A selector that a browser does not know makes its rule void, and no other.
  adopt(rules((name) => `.t-text::highlight(${name})`));
  if (!doLayersInherit()) {
    adopt(rules((name) => `.t-text *::highlight(${name})`));
  }
  adopt(rules((name) => `.${name}`));
}

// Keeps what is painted on the text in step with the annotations. A change repaints the highlight that changed.

import { effect } from '@preact/signals';

import type { HighlightStyle } from '../../text/palette.ts';
import type { Desk, Sheet } from '../desk/desk.ts';

/** How a highlight looks whose tag is gone or that never had one. */
const UNTAGGED: HighlightStyle = { colour: 'slate', pattern: 'solid' };

/** Paints from now on; gives the function that ends it. */
export function paint(desk: Desk, { painter }: Sheet): () => void {
  const { marginalia } = desk;
  const painted = new Map<string, () => void>();
  const ends = [
    effect(() => {
      const all = marginalia.highlights.value;
      for (const [id, end] of painted) {
        if (!all.has(id)) {
          end();
          painted.delete(id);
          painter.remove(id);
        }
      }
      for (const [id, highlight] of all) {
        if (!painted.has(id)) {
          painted.set(
            id,
            effect(() => {
              const { place } = highlight.value;
              const tag = marginalia.tagOf(highlight.value);
              if (place === null) {
                painter.remove(id);
              } else {
                painter.set(id, place.start, place.end, tag ?? UNTAGGED);
              }
              desk.column?.moved(id);
            }),
          );
        }
      }
    }),
    effect(() => painter.setActive(desk.active.value)),
    effect(() => painter.setHovered(desk.hovered.value)),
    effect(() => painter.setDimmed(desk.finding.dimmed.value)),
  ];
  return () => {
    for (const end of [...ends, ...painted.values()]) {
      end();
    }
  };
}

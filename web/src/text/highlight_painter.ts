// Painting with the CSS Custom Highlight API: a highlight is a range in some registered layers, and no DOM changes at all.
//
// A layer is one look: a colour, a pattern and a level (`g-amber-dotted-0`), since an underline takes its colour from its
// own layer only. Layers are made when first needed. What they look like is in highlights.css.

import { BasePainter, type Emphasis, type Painted } from './base_painter.ts';

/** Above every level. The order of the emphases among each other: the later, the higher. */
const EMPHASIS_PRIORITY = 10;

type Shown = { readonly range: Range; layers: Highlight[] };

export class HighlightPainter extends BasePainter {
  readonly #shown = new Map<string, Shown>();

  protected override show(painted: Painted, emphasis: Emphasis): void {
    const range = this.view.rangeOf(painted.start, painted.end);
    if (range !== null) {
      this.#shown.set(painted.id, { range, layers: [] });
      this.restyle(painted, emphasis);
    }
  }

  protected override hide({ id }: Painted): void {
    const shown = this.#shown.get(id);
    shown?.layers.forEach((layer) => layer.delete(shown.range));
    this.#shown.delete(id);
  }

  protected override restyle(painted: Painted, emphasis: Emphasis): void {
    const shown = this.#shown.get(painted.id);
    if (shown === undefined) {
      return;
    }
    const layers = layersOf(painted, emphasis);
    shown.layers.filter((layer) => !layers.includes(layer)).forEach((layer) => layer.delete(shown.range));
    layers.forEach((layer) => layer.add(shown.range));
    shown.layers = layers;
  }
}

function layersOf({ style, level }: Painted, { active, hovered, flashing, dimmed }: Emphasis): Highlight[] {
  const layers = [dimmed ? layer('g-dimmed', 0) : layer(`g-${style.colour}-${style.pattern}-${level}`, level)];
  if (hovered) {
    layers.push(layer('g-hovered', EMPHASIS_PRIORITY));
  }
  if (active) {
    layers.push(layer('g-active', EMPHASIS_PRIORITY + 1));
  }
  if (flashing) {
    layers.push(layer('g-flashing', EMPHASIS_PRIORITY + 2));
  }
  return layers;
}

function layer(name: string, priority: number): Highlight {
  const registered = CSS.highlights.get(name);
  if (registered !== undefined) {
    return registered;
  }
  const made = new Highlight();
  made.priority = priority;
  CSS.highlights.set(name, made);
  return made;
}

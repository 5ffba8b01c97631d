// Painting with the CSS Custom Highlight API: a highlight is a range per block in some registered layers, and no DOM
// changes at all.
//
// A layer is one look: a colour, a pattern and a level (`g-amber-dotted-0`), since an underline takes its colour from its
// own layer only. Layers are made when first needed. What they look like is in highlights.css.

import { BasePainter, type Emphasis, type Painted } from './base_painter.ts';
import { makeLayersReach } from './highlight_inheritance.ts';
import type { TextView } from './text_view.ts';

/** Above every level. The order of the emphases among each other: the later, the higher. */
const EMPHASIS_PRIORITY = 10;

type Shown = { readonly ranges: readonly Range[]; layers: Highlight[] };

export class HighlightPainter extends BasePainter {
  readonly #shown = new Map<string, Shown>();

  constructor(view: TextView) {
    super(view);
    makeLayersReach(view.root);
  }

  protected override show(painted: Painted, emphasis: Emphasis): void {
    this.#shown.set(painted.id, { ranges: this.view.index.rangesOf(painted.start, painted.end), layers: [] });
    this.restyle(painted, emphasis);
  }

  protected override hide({ id }: Painted): void {
    const shown = this.#shown.get(id);
    shown?.layers.forEach((layer) => shown.ranges.forEach((range) => layer.delete(range)));
    this.#shown.delete(id);
  }

  protected override restyle(painted: Painted, emphasis: Emphasis): void {
    const shown = this.#shown.get(painted.id);
    if (shown === undefined) {
      return;
    }
    const { ranges, layers: before } = shown;
    shown.layers = layersOf(painted, emphasis);
    for (const layer of before.filter((each) => !shown.layers.includes(each))) {
      ranges.forEach((range) => layer.delete(range));
    }
    for (const layer of shown.layers.filter((each) => !before.includes(each))) {
      ranges.forEach((range) => layer.add(range));
    }
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

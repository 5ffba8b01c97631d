// Painting with the CSS Custom Highlight API: a highlight is a range per block in some registered layers, and no DOM
// changes at all.
//
// A layer is one whole look, since an underline takes its colour from its own layer only. Layers are made when first
// needed; their rules are there from the start, since a new rule would make the browser look at all of the text again.

import { adopt, lookRules, underline, type Select } from './looks.ts';
import type { Brush, Coat, Painted } from './text_painter.ts';
import type { TextView } from './text_view.ts';

/** Any layer with a background does for the question whether elements inherit it. */
const PROBE = '::highlight(g-flashing)';

type Shown = { readonly ranges: readonly Range[]; layers: readonly Highlight[] };

let isStyled = false;
let doInherit = true;

export class LayerBrush implements Brush {
  readonly #view: TextView;
  readonly #shown = new Map<string, Shown>();

  constructor(view: TextView) {
    this.#view = view;
    styleLayers(view.root);
  }

  show(painted: Painted, coats: readonly Coat[]): void {
    this.#shown.set(painted.id, { ranges: this.#view.index.rangesOf(painted.start, painted.end), layers: [] });
    this.change(painted, coats);
  }

  change({ id }: Painted, coats: readonly Coat[]): void {
    const shown = this.#shown.get(id);
    if (shown === undefined) {
      return;
    }
    const { ranges, layers: before } = shown;
    shown.layers = coats.map(layerOf);
    for (const layer of before.filter((each) => !shown.layers.includes(each))) {
      ranges.forEach((range) => layer.delete(range));
    }
    for (const layer of shown.layers.filter((each) => !before.includes(each))) {
      ranges.forEach((range) => layer.add(range));
    }
  }

  hide(painted: Painted): void {
    this.change(painted, []);
    this.#shown.delete(painted.id);
  }
}

function layerOf({ name, height }: Coat): Highlight {
  const registered = CSS.highlights.get(name);
  if (registered !== undefined) {
    return registered;
  }
  const made = new Highlight();
  made.priority = height;
  CSS.highlights.set(name, made);
  return made;
}

/**
 * Once a page. The rules match the root of the text only, from which all in it inherit: rules that match every element
 * make Chromium compute each layer's style for each element, which takes twenty times as long as laying out the text.
 * Browsers from before the standard that says so inherit nothing, and need just those rules.
 */
function styleLayers(root: HTMLElement): void {
  if (!isStyled) {
    isStyled = true;
    adopt(layerRules((name) => `.t-text::highlight(${name})`));
    doInherit = probe(root);
    if (!doInherit) {
      adopt(layerRules((name) => `.t-text *::highlight(${name})`));
    }
  }
}

/** What all layers look like. */
export function layerRules(select: Select): string {
  const [hovered, active, flashing] = ['g-hovered', 'g-active', 'g-flashing'].map(select);
  // A shade alone is hard to see: hence a line above too.
  return `${lookRules(select)}
${hovered},${active}{background-color:var(--g-shade)}
${active}{${underline('solid', 1, 'var(--ink,currentColor)', 'overline')}}
${flashing}{background-color:var(--g-flash)}
@media (forced-colors:active){${active},${flashing}{background-color:Highlight;color:HighlightText}}`;
}

/** Whether what is in the text looks as rules for its root say; asked once there is a brush, since it costs a layout. */
export function doLayersInherit(): boolean {
  return doInherit;
}

function probe(root: HTMLElement): boolean {
  const child = document.createElement('p');
  root.append(child);
  const [own, inherited] = [root, child].map((element) => getComputedStyle(element, PROBE).backgroundColor);
  const plain = getComputedStyle(child).backgroundColor;
  child.remove();
  // Where layers cannot be asked about, the answer is the element's own background or none: then copying is the safe way.
  return own !== undefined && own === inherited && own !== plain && own !== '';
}

// Painting with the CSS Custom Highlight API: a highlight is a range per block in some registered layers, and no DOM
// changes at all.
//
// A layer is one whole look, since an underline takes its colour from its own layer only. Layers are made when first
// needed; their rules are there from the start, since a new rule would make the browser look at all of the text again.
//
// Only what is in sight, or a screen or two away, is in its layers: after each change of the document Chromium walks
// through all ranges of all of them, up to four times a frame.

import { adopt, lookRules, underline, type Select } from './looks.ts';
import type { Brush, Coat, Painted } from './text_painter.ts';
import type { TextView } from './text_view.ts';

/** Any layer with a background does for the question whether elements inherit it. */
const PROBE = '::highlight(g-flashing)';

/** How far around the window, in its heights, blocks are painted: one wheels and pages less than that between two frames. */
const NEAR = '200%';

/** A range, and the block that it lies in. */
type Piece = { readonly range: Range; readonly block: Element | null };
type Shown = { readonly pieces: readonly Piece[]; layers: readonly Highlight[] };

let isStyled = false;
let doInherit = true;

export class LayerBrush implements Brush {
  readonly #view: TextView;
  readonly #shown = new Map<string, Shown>();
  /** What is too far away to be painted. Until it is known where a block is, it is not. */
  readonly #far = new Set<Element | null>();
  readonly #watch = new IntersectionObserver(
    (entries) => this.#move(new Map(entries.map(({ target, isIntersecting }) => [target, isIntersecting]))),
    { rootMargin: `${NEAR} 0%` },
  );
  readonly #stop = new AbortController();

  constructor(view: TextView) {
    this.#view = view;
    styleLayers(view.root);
    this.#watchBlocks();
    // On paper all is in sight, and nobody is told of it by then.
    const { signal } = this.#stop;
    addEventListener('beforeprint', () => this.#move(new Map([...this.#far].map((block) => [block, true]))), { signal });
    addEventListener('afterprint', () => this.#watchBlocks(), { signal });
  }

  show(painted: Painted, coats: readonly Coat[]): void {
    const ranges = this.#view.index.rangesOf(painted.start, painted.end);
    const pieces = ranges.map((range) => ({ range, block: range.startContainer.parentElement?.closest('.t-block') ?? null }));
    this.#shown.set(painted.id, { pieces, layers: [] });
    this.change(painted, coats);
  }

  change({ id }: Painted, coats: readonly Coat[]): void {
    const shown = this.#shown.get(id);
    if (shown === undefined) {
      return;
    }
    const { pieces, layers: before } = shown;
    shown.layers = coats.map(layerOf);
    for (const { range, block } of pieces) {
      before.forEach((layer) => shown.layers.includes(layer) || layer.delete(range));
      if (!this.#far.has(block)) {
        shown.layers.forEach((layer) => layer.add(range));
      }
    }
  }

  hide(painted: Painted): void {
    this.change(painted, []);
    this.#shown.delete(painted.id);
  }

  stop(): void {
    this.#watch.disconnect();
    this.#stop.abort();
  }

  #watchBlocks(): void {
    this.#watch.disconnect();
    this.#view.root.querySelectorAll('.t-block').forEach((block) => this.#watch.observe(block));
  }

  /** Blocks have come near, or are far by now. */
  #move(moved: ReadonlyMap<Element | null, boolean>): void {
    moved.forEach((isNear, block) => (isNear ? this.#far.delete(block) : this.#far.add(block)));
    for (const { pieces, layers } of this.#shown.values()) {
      for (const { range, block } of pieces) {
        const isNear = moved.get(block);
        if (isNear !== undefined) {
          layers.forEach((layer) => (isNear ? layer.add(range) : layer.delete(range)));
        }
      }
    }
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

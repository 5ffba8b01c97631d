// Painting with <mark> elements, for browsers without the CSS Custom Highlight API: only they fetch this.
//
// A mark always goes around one text node, which is split first if the highlight covers only a part of it. So marks of
// overlapping highlights nest, no mark ever has to be split, and the elements of the text itself are never moved. The
// words and their offsets stay; the index is told which blocks have other text nodes now.
//
// Nothing but types may come from other files: what this shares with the page would be
// split off, and fetched by all.

import type { Span } from './anchor.ts';
import type { TextPoint } from './text_index.ts';
import type { Brush, Coat, Painted } from './text_painter.ts';
import type { TextView } from './text_view.ts';

/**
 * What marks look like beside their looks. A shade is an image, since the colour of the background is the tint; the active
 * one has lines above and below, since a shade alone is hard to see.
 */
export const MARK_RULES = `:where(.g-mark){background:none;color:inherit;-webkit-print-color-adjust:exact;print-color-adjust:exact}
.g-mark.g-hovered,.g-mark.g-active{background-image:linear-gradient(var(--g-shade) 0 0)}
.g-mark.g-active{text-decoration-line:underline overline}
.g-mark.g-flashing{background-image:linear-gradient(var(--g-flash) 0 0)}
@media (forced-colors:active){.g-mark.g-active,.g-mark.g-flashing{background:Highlight;color:HighlightText}}`;

export class MarkBrush implements Brush {
  readonly #view: TextView;
  readonly #marks = new Map<string, HTMLElement[]>();
  readonly #stop = new AbortController();
  /** Asking makes browsers lay out the page. So it is asked at first, and then once the reader has selected something. */
  #mayBeSelected = true;

  constructor(view: TextView) {
    this.#view = view;
    const note = (): void => {
      this.#mayBeSelected = true;
    };
    document.addEventListener('selectionchange', note, { signal: this.#stop.signal });
  }

  show(painted: Painted, coats: readonly Coat[]): void {
    const marks: HTMLElement[] = [];
    this.#changeNodes(painted, () => {
      this.#view.index.eachNode(painted.start, painted.end, (node, from, to) => marks.push(wrap(node, from, to)));
    });
    this.#marks.set(painted.id, marks);
    this.change(painted, coats);
  }

  hide(painted: Painted): void {
    const marks = this.#marks.get(painted.id) ?? [];
    this.#marks.delete(painted.id);
    this.#changeNodes(painted, () => marks.forEach(unwrap));
  }

  change({ id }: Painted, coats: readonly Coat[]): void {
    const classes = ['g-mark', ...coats.map(({ name }) => name)].join(' ');
    for (const mark of this.#marks.get(id) ?? []) {
      if (mark.className !== classes) {
        mark.className = classes;
      }
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Moving a text node into another element takes what is selected in it out of the selection; this puts it back. */
  #changeNodes(span: Span, change: () => void): void {
    const selected = this.#mayBeSelected ? this.#selectedOffsets() : null;
    this.#mayBeSelected = selected !== null;
    change();
    this.#view.index.nodesChanged(span.start, span.end);
    if (selected !== null) {
      this.#selectOffsets(selected);
    }
  }

  #selectedOffsets(): { anchor: number; focus: number } | null {
    const selection = document.getSelection();
    const { anchorNode, focusNode } = selection ?? {};
    const { root, index } = this.#view;
    const bothInText = anchorNode instanceof Text && focusNode instanceof Text && root.contains(anchorNode) && root.contains(focusNode);
    if (!selection || !bothInText) {
      return null;
    }
    const anchor = index.offsetOf(anchorNode, selection.anchorOffset, 'start');
    const focus = index.offsetOf(focusNode, selection.focusOffset, 'start');
    return anchor === null || focus === null ? null : { anchor, focus };
  }

  #selectOffsets({ anchor, focus }: { anchor: number; focus: number }): void {
    const selection = document.getSelection();
    const { index } = this.#view;
    const from = index.pointAt(anchor, anchor <= focus ? 'start' : 'end');
    const to = index.pointAt(focus, anchor < focus ? 'end' : 'start');
    const isSame = (node: Node | null, offset: number, point: TextPoint | null): boolean =>
      node === point?.node && offset === point.offset;
    if (selection === null || from === null || to === null) {
      return;
    }
    // Setting it tells everybody that it changed.
    if (!isSame(selection.anchorNode, selection.anchorOffset, from) || !isSame(selection.focusNode, selection.focusOffset, to)) {
      selection.setBaseAndExtent(from.node, from.offset, to.node, to.offset);
    }
  }
}

function wrap(node: Text, from: number, to: number): HTMLElement {
  const part = from > 0 ? node.splitText(from) : node;
  if (to - from < part.data.length) {
    part.splitText(to - from);
  }
  const mark = document.createElement('mark');
  // Readers' machines would say "highlighted" in the middle of a word; a button beside the paragraph tells them instead.
  mark.setAttribute('role', 'none');
  part.replaceWith(mark);
  mark.append(part);
  return mark;
}

function unwrap(mark: HTMLElement): void {
  const parent = mark.parentNode;
  mark.replaceWith(...mark.childNodes);
  parent?.normalize();
}

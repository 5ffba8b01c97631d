// The text of a case on the page: what stands where. Made by `renderText`.

import type { Span } from './anchor.ts';
import { isStretch } from './anchor.ts';
import type { Block, BlockKind } from './case_text.ts';
import { trimSpan, wholeCharacters } from './characters.ts';
import { TextIndex } from './text_index.ts';

/** Where in the text something is, in the reader's terms. */
export type BlockInfo = {
  readonly id: string;
  readonly kind: BlockKind;
  /** The place among all blocks. */
  readonly index: number;
  readonly start: number;
  readonly end: number;
  /** The number of the paragraph that this is or belongs to: a quotation belongs to the paragraph above it. */
  readonly para: string | null;
  /** Who is speaking, in a conversation. */
  readonly speaker: string | null;
};

/** A text on the page. The DOM of the words is made once and never changed by anybody but a painter. */
export interface TextView {
  readonly text: string;
  /** The element that holds all blocks. */
  readonly root: HTMLElement;
  readonly index: TextIndex;
  readonly blocks: readonly BlockInfo[];
  /** A range over a stretch, for immediate use: a painter may split text nodes later. Null if it is none of the text. */
  rangeOf(start: number, end: number): Range | null;
  /**
   * The stretch that a range covers: only words (white space at both ends is left out), only whole characters as readers
   * see them. Null if it covers none, or if somebody (a translator, an extension) has changed the words on the page.
   */
  offsetsOf(range: AbstractRange): Span | null;
  /** The block that an offset lies in; for one between two blocks, the earlier. Null in an empty text. */
  blockAt(offset: number): BlockInfo | null;
  /** The element of a block, decorations included. */
  elementOf(blockId: string): HTMLElement | null;
  /** A place for buttons about a block ("3 annotations"), outside of the words; made when first asked for. */
  asideOf(blockId: string): HTMLElement | null;
}

/** A block's elements: the whole, and the part of it that holds the words and nothing else. */
export type BlockElements = { readonly whole: HTMLElement; readonly body: HTMLElement };

/** The view of a text that was rendered. */
export class RenderedText implements TextView {
  readonly text: string;
  readonly root: HTMLElement;
  readonly index: TextIndex;
  readonly blocks: readonly BlockInfo[];
  readonly #elements: ReadonlyMap<string, BlockElements>;

  constructor(text: string, root: HTMLElement, blocks: readonly Block[], elements: readonly BlockElements[]) {
    this.text = text;
    this.root = root;
    this.blocks = describeBlocks(blocks, text);
    this.#elements = new Map(elements.map((element, index) => [blocks[index]?.id ?? '', element]));
    this.index = new TextIndex(
      text,
      elements.map(({ body }, index) => ({ start: blocks[index]?.start ?? 0, end: blocks[index]?.end ?? 0, body })),
    );
  }

  rangeOf(start: number, end: number): Range | null {
    return isStretch({ start, end }, this.text) ? this.index.rangeOf(start, end) : null;
  }

  offsetsOf(range: AbstractRange): Span | null {
    const span = this.index.spanOf(range);
    return span === null ? null : wholeWords(this.text, span, this.blocks, this.index);
  }

  blockAt(offset: number): BlockInfo | null {
    return this.blocks[this.index.blockIndexAt(offset)] ?? null;
  }

  elementOf(blockId: string): HTMLElement | null {
    return this.#elements.get(blockId)?.whole ?? null;
  }

  asideOf(blockId: string): HTMLElement | null {
    const whole = this.elementOf(blockId);
    if (whole === null) {
      return null;
    }
    const last = whole.lastElementChild;
    if (last instanceof HTMLElement && last.classList.contains('t-aside')) {
      return last;
    }
    const made = document.createElement('div');
    made.className = 't-aside';
    whole.append(made);
    return made;
  }
}

/** Trims a stretch and widens it to whole characters; null if only white space is in it. */
export function wholeWords(
  text: string,
  span: Span,
  blocks: readonly Span[],
  index: { blockIndexAt(offset: number): number },
): Span | null {
  const trimmed = trimSpan(text, span);
  if (trimmed === null) {
    return null;
  }
  const start = blocks[index.blockIndexAt(trimmed.start)];
  const end = blocks[index.blockIndexAt(trimmed.end - 1)];
  return start === undefined || end === undefined ? null : wholeCharacters(text, trimmed, { start, end });
}

/** Tells each block which paragraph and which speaker it belongs to. */
export function describeBlocks(blocks: readonly Block[], text: string): BlockInfo[] {
  let para: string | null = null;
  let speaker: string | null = null;
  return blocks.map(({ id, kind, start, end, number }, index) => {
    switch (kind) {
      case 'part':
      case 'heading':
      case 'subheading':
      case 'note':
        para = null;
        break;
      case 'speaker':
        para = null;
        speaker = text.slice(start, end);
        break;
      case 'paragraph':
        para = number ?? para;
        break;
      case 'quotation':
      case 'item':
      case 'code':
        break;
    }
    return { id, kind, index, start, end, para, speaker };
  });
}

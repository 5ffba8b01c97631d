// The text of a case on the page: what stands where. Made by `renderText`.

import type { Span } from './anchor.ts';
import type { BlockKind } from './case_text.ts';
import type { TextIndex } from './text_index.ts';

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
  /** The element that holds all blocks, and is as wide as the column. */
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

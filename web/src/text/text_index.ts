// Which text node stands for which stretch of the text, both ways, in UTF-16 offsets.
//
// Two levels: blocks, sorted once and searched by halves, and the text nodes of each block, listed when the block is first
// asked about. A painter that splits text nodes tells which block it changed; nothing else is looked at again. Whatever
// stands on the page outside of the blocks' bodies (numbers, buttons, cards) has no offsets: a point there means the
// nearest text behind it, or before it, whichever lies inside of the range that it bounds.

import type { Span } from './anchor.ts';

/** A block's stretch of the text and the element whose text nodes together hold exactly that. */
export type IndexedBlock = Span & { readonly body: Node };

/** Which end of a range a point is. A start looks forward for its text, an end backward. */
export type Side = 'start' | 'end';

export type TextPoint = { readonly node: Text; readonly offset: number };

type Nodes = { readonly nodes: readonly Text[]; readonly starts: readonly number[] };

const TEXT_NODE = 3;

export class TextIndex {
  readonly #text: string;
  readonly #blocks: readonly IndexedBlock[];
  readonly #byBody = new Map<Node, number>();
  readonly #nodes: (Nodes | undefined)[] = [];

  constructor(text: string, blocks: readonly IndexedBlock[]) {
    this.#text = text;
    this.#blocks = blocks;
    blocks.forEach(({ body }, index) => this.#byBody.set(body, index));
  }

  /** The block that an offset lies in; between two blocks the earlier, before the first block the first. */
  blockIndexAt(offset: number): number {
    return Math.max(0, countUpTo(this.#blocks.length, (index) => this.#block(index).start <= offset) - 1);
  }

  /** Must be called when text nodes in a stretch were split or merged. Forgets its blocks' nodes, and only theirs. */
  nodesChanged(start: number, end: number): void {
    for (const block of this.#blocksIn(start, end)) {
      this.#nodes[block] = undefined;
    }
  }

  /** The point at an offset; between two nodes, the one that lies inside of the range that it bounds. */
  pointAt(offset: number, side: Side): TextPoint | null {
    // A start looks at the unit behind it and an end at the unit before it: that unit's node is the one.
    const unit = side === 'start' ? offset : offset - 1;
    let block = this.blockIndexAt(unit);
    if (this.#blocks.length === 0 || (side === 'end' && unit < this.#block(block).start)) {
      return null;
    }
    if (side === 'start' && unit >= this.#block(block).end && (block += 1) >= this.#blocks.length) {
      return null;
    }
    const { start, end } = this.#block(block);
    const wanted = Math.min(Math.max(unit, start), end - 1);
    const { nodes, starts } = this.#list(block);
    const at = countUpTo(starts.length, (index) => (starts[index] ?? 0) <= wanted) - 1;
    const node = nodes[at];
    return node === undefined ? null : { node, offset: wanted - (starts[at] ?? 0) + (side === 'end' ? 1 : 0) };
  }

  /** Ranges over a stretch, one for each block in it, so that nothing between their bodies is covered. */
  rangesOf(start: number, end: number): Range[] {
    const ranges: Range[] = [];
    for (const index of this.#blocksIn(start, end)) {
      const block = this.#block(index);
      const range = this.rangeOf(Math.max(start, block.start), Math.min(end, block.end));
      if (range !== null) {
        ranges.push(range);
      }
    }
    return ranges;
  }

  /** Calls for each text node in a stretch with the part of it that lies in the stretch. The callee may split the node. */
  eachNode(start: number, end: number, call: (node: Text, from: number, to: number) => void): void {
    for (const block of this.#blocksIn(start, end)) {
      const { nodes, starts } = this.#list(block);
      nodes.forEach((node, index) => {
        const at = starts[index] ?? 0;
        const [from, to] = [Math.max(0, start - at), Math.min(node.data.length, end - at)];
        if (from < to) {
          call(node, from, to);
        }
      });
    }
  }

  /** A range over a stretch; null if no text lies in it, or if its words are not on the page any more. */
  rangeOf(start: number, end: number): Range | null {
    const from = this.pointAt(start, 'start');
    const to = this.pointAt(end, 'end');
    if (from === null || to === null) {
      return null;
    }
    const [first, last] = [this.#startOf(from.node, from.offset), this.#startOf(to.node, to.offset)];
    if (first === null || last === null || first >= last) {
      return null;
    }
    const range = document.createRange();
    range.setStart(from.node, from.offset);
    range.setEnd(to.node, to.offset);
    return range;
  }

  /**
   * The offset that a boundary point means, anywhere on the page; null if no text lies on its side.
   *
   * Also null if the words on the page are no longer the text's, as after a translation: such a point means nothing.
   */
  offsetOf(node: Node, offset: number, side: Side): number | null {
    if (isText(node) && this.#blockOf(node) !== null) {
      return this.#startOf(node, offset);
    }
    for (let at = side === 'start' ? firstFrom(node, offset) : lastBefore(node, offset); at !== null; ) {
      if (isText(at) && this.#blockOf(at) !== null) {
        return this.#startOf(at, side === 'start' ? 0 : at.data.length);
      }
      at = side === 'start' ? next(at) : previous(at);
    }
    return null;
  }

  /** The stretch between two boundary points; null if there is no text between them. */
  spanOf(range: Pick<AbstractRange, 'startContainer' | 'startOffset' | 'endContainer' | 'endOffset'>): Span | null {
    const start = this.offsetOf(range.startContainer, range.startOffset, 'start');
    const end = this.offsetOf(range.endContainer, range.endOffset, 'end');
    return start === null || end === null || start >= end ? null : { start, end };
  }

  #startOf(node: Text, offset: number): number | null {
    const block = this.#blockOf(node);
    if (block === null) {
      return null;
    }
    const { nodes, starts } = this.#list(block);
    const start = starts[nodes.indexOf(node)];
    return start !== undefined && this.#text.startsWith(node.data, start) ? start + offset : null;
  }

  #blockOf(node: Node): number | null {
    for (let at: Node | null = node; at !== null; at = at.parentNode) {
      const block = this.#byBody.get(at);
      if (block !== undefined) {
        return block;
      }
    }
    return null;
  }

  *#blocksIn(start: number, end: number): Iterable<number> {
    for (let block = this.blockIndexAt(start); block < this.#blocks.length && this.#block(block).start < end; block += 1) {
      yield block;
    }
  }

  #block(index: number): IndexedBlock {
    const block = this.#blocks[index];
    if (block === undefined) {
      throw new RangeError(`there is no block ${index}, there are ${this.#blocks.length}`);
    }
    return block;
  }

  #list(index: number): Nodes {
    const listed = this.#nodes[index];
    if (listed !== undefined) {
      return listed;
    }
    const { start, body } = this.#block(index);
    const nodes: Text[] = [];
    const starts: number[] = [];
    let at = start;
    for (let node: Node | null = body.firstChild; node !== null && body.contains(node); node = next(node)) {
      if (isText(node)) {
        nodes.push(node);
        starts.push(at);
        at += node.data.length;
      }
    }
    return (this.#nodes[index] = { nodes, starts });
  }
}

/** How many of `length` sorted things pass, those that pass being first. */
function countUpTo(length: number, passes: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(middle)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

function isText(node: Node): node is Text {
  return node.nodeType === TEXT_NODE;
}

/** The first node that begins at or behind a point. */
function firstFrom(node: Node, offset: number): Node | null {
  return node.childNodes[offset] ?? afterAllOf(node);
}

/** The last node that begins before a point and is not around it. */
function lastBefore(node: Node, offset: number): Node | null {
  const child = offset > 0 ? node.childNodes[offset - 1] : undefined;
  return child === undefined ? previous(node) : deepest(child);
}

function next(node: Node): Node | null {
  return node.firstChild ?? afterAllOf(node);
}

function afterAllOf(node: Node): Node | null {
  for (let at: Node | null = node; at !== null; at = at.parentNode) {
    if (at.nextSibling !== null) {
      return at.nextSibling;
    }
  }
  return null;
}

function previous(node: Node): Node | null {
  return node.previousSibling === null ? node.parentNode : deepest(node.previousSibling);
}

function deepest(node: Node): Node {
  let at = node;
  while (at.lastChild !== null) {
    at = at.lastChild;
  }
  return at;
}

// Numbers, words and texts that are the same in every run.

/** Whole numbers below a bound, from a seed (mulberry32). */
export function numbers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

/** One of several. */
export function pick<Thing>(things: readonly Thing[], random: (bound: number) => number): Thing {
  const thing = things[random(things.length)];
  if (thing === undefined) {
    throw new Error('there is nothing to pick from');
  }
  return thing;
}

/** A case in the format that the edge serves, before it is checked. */
export type RawCase = {
  format: 1;
  title: string;
  kind: 'judgment' | 'conversation' | 'text';
  summary?: string;
  licence?: string;
  lang?: string;
  facts?: { label: string; value: string }[];
  text: string;
  blocks: { kind: string; start: number; end: number; number?: string; marker?: string }[];
  marks: { kind: string; start: number; end: number; to?: string }[];
};

/** What reads badly for those who count in characters: pairs, combining marks, joined emoji, flags, other directions. */
export const HARD_CHARACTERS: readonly string[] = [
  'a', 'b', 'c', ' ', ' ', '\n', '.', '😀', '𝑝', '👩‍⚖️', '👨‍👩‍👧‍👦', '🇨🇭', 'e\u0301', 'o\u0302\u0323', 'ي', 'ש\u05C1', 'שלום', ' عدالة ', 'ก็', '\u00A0',
];

/** Writes a case block by block. */
export class CaseWriter {
  #text = '';
  readonly #blocks: RawCase['blocks'] = [];
  readonly #marks: RawCase['marks'] = [];

  get length(): number {
    return this.#text.length;
  }

  /** Adds a block; `*so*` is emphasis, `_so_` strong, `[p12]` a reference, `[n3]` a note's. */
  add(kind: string, source: string, more: { number?: string; marker?: string } = {}): this {
    if (this.#text !== '') {
      this.#text += '\n\n';
    }
    const start = this.#text.length;
    for (const [part, emphasised, strong, reference] of source.matchAll(/\*([^*]+)\*|_([^_]+)_|\[([pn]\w+)\]|[^*_[]+|[*_[]/gu)) {
      const at = this.#text.length;
      this.#text += emphasised ?? strong ?? (reference === undefined ? part : reference.slice(1));
      const end = this.#text.length;
      if (emphasised !== undefined) {
        this.#marks.push({ kind: 'emphasis', start: at, end });
      } else if (strong !== undefined) {
        this.#marks.push({ kind: 'strong', start: at, end });
      } else if (reference !== undefined) {
        this.#marks.push({ kind: reference.startsWith('n') ? 'noteref' : 'reference', start: at, end, to: reference });
      }
    }
    this.#blocks.push({ kind, start, end: this.#text.length, ...more });
    return this;
  }

  done(head: Partial<RawCase> = {}): RawCase {
    return { format: 1, title: 'A case', kind: 'judgment', ...head, text: this.#text, blocks: this.#blocks, marks: this.#marks };
  }
}

/** A small text of hard characters, with marks within marks, and blank-free ends. */
export function hardCase(seed: number): RawCase {
  const random = numbers(seed);
  const writer = new CaseWriter();
  const kinds = ['paragraph', 'paragraph', 'quotation', 'item', 'heading', 'code', 'note'] as const;
  for (let count = 1 + random(6); count > 0; count -= 1) {
    const letters = Array.from({ length: 1 + random(30) }, () => pick(HARD_CHARACTERS, random));
    const words = `${random(2) === 0 ? 'x' : '𝒙'}${letters.join('')}y`;
    const middle = 1 + random(letters.length);
    const marked = [`${words[0] === 'x' ? 'x' : '𝒙'}`, ...letters.slice(0, middle), '*m😀n*', ...letters.slice(middle), '_z\u0308_'].join('');
    writer.add(pick(kinds, random), marked.replaceAll(/[\n]{2,}/gu, '\n'));
  }
  return writer.done();
}

// A sample as the page and the Worker are given it: the text of a case in the format that the host also writes for cases
// that people bring (`host/src/texts`). Pure; used by the build and its tests.
//
// The whole text is one string; blocks and marks are stretches of it in UTF-16 units. Blocks are separated by an empty
// line. A paragraph's number and an item's marker are labels and stand beside the text; a reference and the figure of a
// note stand in it.

import type { Part, Run, SourceCase } from './source.ts';

/** What a block is. */
export type BlockKind = 'part' | 'heading' | 'subheading' | 'speaker' | 'paragraph' | 'quotation' | 'item' | 'code' | 'note';

/** A stretch of the text that stands by itself. */
export type PublishedBlock = { kind: BlockKind; start: number; end: number; number?: string; marker?: string };

/** A stretch within one block. */
export type PublishedMark = {
  kind: 'emphasis' | 'strong' | 'code' | 'reference' | 'noteref';
  start: number;
  end: number;
  /** The id of the block that it leads to: `p12`, `n3`. */
  to?: string;
};

/** The text of a case, whole and immutable. */
export type PublishedText = {
  format: 1;
  title: string;
  kind: 'judgment' | 'conversation' | 'text';
  summary?: string;
  licence?: string;
  facts?: { label: string; value: string }[];
  text: string;
  blocks: PublishedBlock[];
  marks: PublishedMark[];
};

/** What a list of cases shows of one, as `GET /api/cases` gives it. */
export type PublishedHead = {
  id: string;
  title: string;
  kind: PublishedText['kind'];
  summary?: string;
  paragraphs: number;
  /** The SHA-256 of the text's bytes, which is also its address: `/texts/{text}.json`. */
  text: string;
  sample: boolean;
};

/** Turns a source file into the text that is served. */
export function publish(source: SourceCase): PublishedText {
  const writer = new Writer();
  for (const block of source.blocks) {
    switch (block.kind) {
      case 'part':
      case 'heading':
        writer.block({ kind: block.kind }, [{ kind: 'text', text: block.text }]);
        break;
      case 'speaker':
        writer.block({ kind: 'speaker' }, [{ kind: 'text', text: block.name }]);
        break;
      case 'paragraph':
        block.parts.forEach((part) => writer.part(part, block.number));
        break;
    }
  }
  for (const note of source.notes) {
    writer.block({ kind: 'note', number: String(note.number) }, note.runs);
  }
  const { title, kind, summary, licence, facts } = source;
  return { format: 1, title, kind, summary, licence, facts, ...writer.written() };
}

/** The head of a published sample whose bytes have the given hash. */
export function headOf(source: SourceCase, sha256: string): PublishedHead {
  const { id, title, kind, summary, paragraphs } = source;
  return { id, title, kind, summary, paragraphs, text: sha256, sample: true };
}

const MARKER = /^\((?:[a-z]{1,5}|\d{1,3})\) /;

/** Appends blocks to a text and keeps where they stand. */
class Writer {
  #text = '';
  readonly #blocks: PublishedBlock[] = [];
  readonly #marks: PublishedMark[] = [];

  part(part: Part, number: number): void {
    switch (part.kind) {
      case 'prose':
        this.block({ kind: 'paragraph', number: String(number) }, part.runs);
        break;
      case 'quotation':
        this.block({ kind: 'quotation' }, part.runs);
        break;
      case 'item': {
        const { marker, runs } = withoutMarker(part.runs);
        this.block(marker === undefined ? { kind: 'item' } : { kind: 'item', marker }, runs);
        break;
      }
    }
  }

  block(what: Omit<PublishedBlock, 'start' | 'end'>, runs: readonly Run[]): void {
    if (this.#text !== '') {
      this.#text += '\n\n';
    }
    const start = this.#text.length;
    runs.forEach((run) => this.#run(run));
    const { kind, ...labels } = what;
    this.#blocks.push({ kind, start, end: this.#text.length, ...labels });
  }

  written(): Pick<PublishedText, 'text' | 'blocks' | 'marks'> {
    return { text: this.#text, blocks: this.#blocks, marks: this.#marks };
  }

  #run(run: Run): void {
    const start = this.#text.length;
    switch (run.kind) {
      case 'text':
        this.#text += run.text;
        break;
      case 'emphasis':
        this.#text += run.text;
        this.#marks.push({ kind: 'emphasis', start, end: this.#text.length });
        break;
      case 'reference':
        this.#text += `[${run.paragraph}]`;
        this.#marks.push({ kind: 'reference', start, end: this.#text.length, to: `p${run.paragraph}` });
        break;
      case 'note':
        this.#text += String(run.note);
        this.#marks.push({ kind: 'noteref', start, end: this.#text.length, to: `n${run.note}` });
        break;
    }
  }
}

/** Splits "(a) " from the first run of an item. */
function withoutMarker(runs: readonly Run[]): { marker?: string; runs: readonly Run[] } {
  const [first, ...rest] = runs;
  const found = first?.kind === 'text' ? MARKER.exec(first.text) : null;
  if (first?.kind !== 'text' || found === null) {
    return { runs };
  }
  return { marker: found[0].trimEnd(), runs: [{ kind: 'text', text: first.text.slice(found[0].length) }, ...rest] };
}

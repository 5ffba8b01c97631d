// The text of a case as the edge serves it (format 1): its shape, and the check that stands before everything else here.
//
// The text is one string. Blocks and marks are stretches of it, in UTF-16 offsets; whatever a highlight, a card or an
// export says about a place is such an offset too. So nothing below this file has to doubt an offset again: a text whose
// structure contradicts itself is refused as a whole, since showing it would move highlights to wrong places.

import { splitsPair } from './anchor.ts';
import { Members, NotACaseError } from './members.ts';

const BLOCK_KINDS = ['part', 'heading', 'subheading', 'speaker', 'paragraph', 'quotation', 'item', 'code', 'note'] as const;
const MARK_KINDS = ['emphasis', 'strong', 'code', 'reference', 'noteref'] as const;
export const CASE_KINDS = ['judgment', 'conversation', 'text'] as const;

export type BlockKind = (typeof BLOCK_KINDS)[number];
export type MarkKind = (typeof MARK_KINDS)[number];
export type CaseKind = (typeof CASE_KINDS)[number];

/** A paragraph or the like. Blocks follow each other in the text and never overlap. */
export type Block = {
  /** What links lead to: `p12` for a numbered paragraph, `n3` for a note, else `b` and the index. Unique. */
  readonly id: string;
  readonly kind: BlockKind;
  readonly start: number;
  readonly end: number;
  /** The number of a paragraph or note as it stands in the margin; not part of the text. */
  readonly number: string | null;
  /** What stands before a list item, such as "(a)"; not part of the text. */
  readonly marker: string | null;
};

/** A stretch within one block that looks different. Marks are nested or apart, never crossed; outer ones come first. */
export type Mark = {
  readonly kind: MarkKind;
  readonly start: number;
  readonly end: number;
  /** The id of the block that a reference leads to; null if there is none. */
  readonly to: string | null;
};

export type Fact = { readonly label: string; readonly value: string };

export type CaseText = {
  readonly title: string;
  readonly kind: CaseKind;
  readonly summary: string | null;
  readonly licence: string | null;
  /** The language (BCP 47) if the text says so. Hyphens and screen readers' voices follow it. */
  readonly lang: string | null;
  readonly facts: readonly Fact[];
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly marks: readonly Mark[];
};

/** Twice what the host takes in: a conversion makes a text shorter, not longer. */
const TEXT_UNITS_MAX = 8 * 1024 * 1024;
/** Ten times a long judgment; each block costs some elements. */
const BLOCKS_MAX = 50_000;
const MARKS_MAX = 200_000;
const FACTS_MAX = 50;
/** Titles, labels and values: some lines. */
export const WORDS_MAX = 2_000;
const LABEL_MAX = 20;
/** Marks within marks: rendering recurses. */
const MARK_DEPTH_MAX = 16;
const LANGUAGE = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/;
/** What may follow `p` or `n` in an id without being escaped in an address. */
const PLAIN_LABEL = /^[A-Za-z0-9._-]{1,20}$/;

/**
 * Reads a parsed JSON value as the text of a case; every offset is checked, unknown members are ignored.
 *
 * @throws NotACaseError if a member is missing, of another type or too long, if an offset is out of order, out of bounds
 * or inside a surrogate pair, if text stands outside of the blocks, or if marks leave their block or cross.
 */
export function decodeCaseText(value: unknown): CaseText {
  const source = new Members(value, 'the text of a case');
  source.member('format', '1: reload this page to get one that reads it', (format) => format === 1);
  const text = source.string('text', TEXT_UNITS_MAX);
  if (!text.isWellFormed()) {
    throw new NotACaseError('text holds half a surrogate pair');
  }
  const blocks = decodeBlocks(source.list('blocks', BLOCKS_MAX), text);
  const lang = source.optional('lang', WORDS_MAX);
  return {
    title: source.string('title', WORDS_MAX),
    kind: source.oneOf('kind', CASE_KINDS),
    summary: source.optional('summary', WORDS_MAX),
    licence: source.optional('licence', WORDS_MAX),
    lang: lang !== null && LANGUAGE.test(lang) ? lang : null,
    facts: source.has('facts') ? source.list('facts', FACTS_MAX).map(factOf) : [],
    text,
    blocks,
    marks: decodeMarks(source.list('marks', MARKS_MAX), text, blocks),
  };
}

function decodeBlocks(values: readonly unknown[], text: string): Block[] {
  const taken = new Set<string>();
  let before = 0;
  const isBlank = (start: number, end: number): boolean => /^\n*$/.test(text.slice(start, end));
  const blocks = values.map((value, index): Block => {
    const where = `blocks[${index}]`;
    const source = new Members(value, where, `${where}.`);
    const { start, end } = spanOf(source, text);
    // What lies between two blocks is never shown, so it must be nothing that anybody could have wanted to read.
    if (start < before || (index > 0 && start === before) || !isBlank(before, start)) {
      throw new NotACaseError(`${where} starts at ${start}, not behind empty lines after the block before it`);
    }
    before = end;
    const kind = source.oneOf('kind', BLOCK_KINDS);
    const number = source.optional('number', LABEL_MAX);
    const id = freeId(kind, number, index, taken);
    taken.add(id);
    return { id, kind, start, end, number, marker: source.optional('marker', LABEL_MAX) };
  });
  if (!isBlank(before, text.length)) {
    throw new NotACaseError(`the text from ${before} on lies outside of the blocks`);
  }
  return blocks;
}

/** A number that comes back, as in a dissenting opinion, names its first paragraph only. */
function freeId(kind: BlockKind, number: string | null, index: number, taken: ReadonlySet<string>): string {
  const letter = kind === 'note' ? 'n' : kind === 'paragraph' ? 'p' : null;
  const id = `${letter}${number}`;
  return letter !== null && number !== null && PLAIN_LABEL.test(number) && !taken.has(id) ? id : `b${index}`;
}

function decodeMarks(values: readonly unknown[], text: string, blocks: readonly Block[]): Mark[] {
  const marks = values.map((value, index): Mark & { where: string } => {
    const where = `marks[${index}]`;
    const source = new Members(value, where, `${where}.`);
    return { kind: source.oneOf('kind', MARK_KINDS), ...spanOf(source, text), to: source.optional('to', LABEL_MAX + 1), where };
  });
  marks.sort((a, b) => a.start - b.start || b.end - a.end);
  const ids = new Set(blocks.map(({ id }) => id));
  const open: { end: number }[] = [];
  let block = 0;
  return marks.map(({ where, to, ...mark }) => {
    while ((blocks[block]?.end ?? Infinity) <= mark.start) {
      block += 1;
    }
    const home = blocks[block];
    while ((open.at(-1)?.end ?? Infinity) <= mark.start) {
      open.pop();
    }
    if (home === undefined || mark.start < home.start || mark.end > home.end) {
      throw new NotACaseError(`${where} does not lie within one block`);
    }
    if (mark.end > (open.at(-1)?.end ?? Infinity)) {
      throw new NotACaseError(`${where} crosses the mark that it begins in`);
    }
    if (open.push(mark) > MARK_DEPTH_MAX) {
      throw new NotACaseError(`${where} lies within ${MARK_DEPTH_MAX} other marks`);
    }
    return { ...mark, to: to !== null && ids.has(to) ? to : null };
  });
}

function spanOf(source: Members, text: string): { start: number; end: number } {
  const start = offsetOf(source, 'start', 0, text);
  return { start, end: offsetOf(source, 'end', start + 1, text) };
}

function offsetOf(source: Members, name: string, least: number, text: string): number {
  const isOne = (value: unknown): value is number =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= text.length && !splitsPair(text, value as number);
  return source.member(name, `an offset between characters, from ${least} to ${text.length}`, isOne);
}

function factOf(value: unknown, index: number): Fact {
  const where = `facts[${index}]`;
  const source = new Members(value, where, `${where}.`);
  return { label: source.string('label', WORDS_MAX), value: source.string('value', WORDS_MAX) };
}

// The text of a case as the edge serves it (format 1): its shape, and the check that stands before everything else here.
//
// The text is one string. Blocks and marks are stretches of it, in UTF-16 offsets; whatever a highlight, a card or an
// export says about a place is such an offset too. So nothing below this file has to doubt an offset again: a text whose
// structure contradicts itself is refused as a whole, since showing it would move highlights to wrong places.

const BLOCK_KINDS = ['part', 'heading', 'subheading', 'speaker', 'paragraph', 'quotation', 'item', 'code', 'note'] as const;
const MARK_KINDS = ['emphasis', 'strong', 'code', 'reference', 'noteref'] as const;
const CASE_KINDS = ['judgment', 'conversation', 'text'] as const;

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

/** Why something is not the text of a case. Names the place. */
export class NotACaseError extends Error {
  override readonly name = 'NotACaseError';
}

/** Twice what the host takes in: a conversion makes a text shorter, not longer. */
const TEXT_UNITS_MAX = 8 * 1024 * 1024;
/** Ten times a long judgment; each block costs some elements. */
const BLOCKS_MAX = 50_000;
const MARKS_MAX = 200_000;
const FACTS_MAX = 50;
/** Titles, labels and values: some lines. */
const WORDS_MAX = 2_000;
const LABEL_MAX = 20;
/** Marks within marks: rendering recurses. */
const MARK_DEPTH_MAX = 16;
const LANGUAGE = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/;
/** What may follow `p` or `n` in an id without being escaped in an address. */
const PLAIN_LABEL = /^[A-Za-z0-9._-]{1,20}$/;
const LONE_SURROGATE = /\p{Cs}/u;

/**
 * Reads a parsed JSON value as the text of a case; every offset is checked, unknown members are ignored.
 *
 * @throws NotACaseError if a member is missing, of another type or too long, if an offset is out of order, out of bounds
 * or inside a surrogate pair, if text stands outside of the blocks, or if marks leave their block or cross.
 */
export function decodeCaseText(value: unknown): CaseText {
  const source = recordAt(value, 'the text of a case');
  if (source['format'] !== 1) {
    throw new NotACaseError(`format is ${show(source['format'])}, this page reads format 1: reload it to get a newer one`);
  }
  const text = stringAt(source, 'text', TEXT_UNITS_MAX);
  if (LONE_SURROGATE.test(text)) {
    throw new NotACaseError('text holds half a surrogate pair');
  }
  const blocks = decodeBlocks(listAt(source, 'blocks', BLOCKS_MAX), text);
  return {
    title: stringAt(source, 'title', WORDS_MAX),
    kind: oneOf(source['kind'], CASE_KINDS, 'kind'),
    summary: optionalString(source, 'summary', WORDS_MAX),
    licence: optionalString(source, 'licence', WORDS_MAX),
    lang: languageOf(source),
    facts: source['facts'] === undefined ? [] : listAt(source, 'facts', FACTS_MAX).map(factOf),
    text,
    blocks,
    marks: decodeMarks(listAt(source, 'marks', MARKS_MAX), text, blocks),
  };
}

function decodeBlocks(values: readonly unknown[], text: string): Block[] {
  const taken = new Set<string>();
  const blocks: Block[] = [];
  let end = 0;
  for (const [index, value] of values.entries()) {
    const where = `blocks[${index}]`;
    const source = recordAt(value, where);
    const span = spanOf(source, text, where);
    // What lies between two blocks is never shown, so it must be nothing that anybody could have wanted to read.
    if (span.start < end || (index > 0 && span.start === end) || !isBlank(text, end, span.start)) {
      throw new NotACaseError(`${where} starts at ${span.start}, which does not follow the block before it after empty lines`);
    }
    end = span.end;
    const kind = oneOf(source['kind'], BLOCK_KINDS, `${where}.kind`);
    const number = optionalString(source, 'number', LABEL_MAX, where);
    const marker = optionalString(source, 'marker', LABEL_MAX, where);
    const id = freeId(kind, number, index, taken);
    taken.add(id);
    blocks.push({ id, kind, ...span, number, marker });
  }
  if (!isBlank(text, end, text.length)) {
    throw new NotACaseError(`the text from ${end} on lies outside of the blocks`);
  }
  return blocks;
}

/** A number that comes back, as in a dissenting opinion, names its first paragraph only. */
function freeId(kind: BlockKind, number: string | null, index: number, taken: ReadonlySet<string>): string {
  if (number !== null && PLAIN_LABEL.test(number) && (kind === 'paragraph' || kind === 'note')) {
    const id = `${kind === 'note' ? 'n' : 'p'}${number}`;
    if (!taken.has(id)) {
      return id;
    }
  }
  return `b${index}`;
}

function decodeMarks(values: readonly unknown[], text: string, blocks: readonly Block[]): Mark[] {
  const marks = values.map((value, index): Mark & { where: string } => {
    const where = `marks[${index}]`;
    const source = recordAt(value, where);
    const kind = oneOf(source['kind'], MARK_KINDS, `${where}.kind`);
    return { kind, ...spanOf(source, text, where), to: optionalString(source, 'to', LABEL_MAX + 1, where), where };
  });
  marks.sort((a, b) => a.start - b.start || b.end - a.end);
  const ids = new Set(blocks.map(({ id }) => id));
  const open: { end: number }[] = [];
  let block = 0;
  return marks.map(({ where, to, ...mark }) => {
    while (block < blocks.length && (blocks[block]?.end ?? 0) <= mark.start) {
      block += 1;
    }
    const home = blocks[block];
    if (home === undefined || mark.start < home.start || mark.end > home.end) {
      throw new NotACaseError(`${where} (${mark.start} to ${mark.end}) does not lie within one block`);
    }
    while ((open.at(-1)?.end ?? Infinity) <= mark.start) {
      open.pop();
    }
    if (mark.end > (open.at(-1)?.end ?? Infinity)) {
      throw new NotACaseError(`${where} (${mark.start} to ${mark.end}) crosses the mark that it begins in`);
    }
    if (open.push(mark) > MARK_DEPTH_MAX) {
      throw new NotACaseError(`${where} lies within ${MARK_DEPTH_MAX} other marks`);
    }
    return { ...mark, to: to !== null && ids.has(to) ? to : null };
  });
}

function spanOf(source: Readonly<Record<string, unknown>>, text: string, where: string): { start: number; end: number } {
  const start = offsetAt(source, 'start', text, where);
  const end = offsetAt(source, 'end', text, where);
  if (start >= end) {
    throw new NotACaseError(`${where} ends at ${end}, not behind its start ${start}`);
  }
  return { start, end };
}

function offsetAt(source: Readonly<Record<string, unknown>>, name: string, text: string, where: string): number {
  const offset = source[name];
  if (typeof offset !== 'number' || !Number.isInteger(offset) || offset < 0 || offset > text.length) {
    throw new NotACaseError(`${where}.${name} is ${show(offset)}, not an offset into a text of ${text.length}`);
  }
  // The text has no lone halves, so a low half means that its high half is before it.
  const unit = text.charCodeAt(offset);
  if (unit >= 0xdc00 && unit <= 0xdfff) {
    throw new NotACaseError(`${where}.${name} is ${offset}, inside a surrogate pair`);
  }
  return offset;
}

function isBlank(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if (text.charCodeAt(at) !== 0x0a) {
      return false;
    }
  }
  return true;
}

function factOf(value: unknown, index: number): Fact {
  const source = recordAt(value, `facts[${index}]`);
  return { label: stringAt(source, 'label', WORDS_MAX, `facts[${index}]`), value: stringAt(source, 'value', WORDS_MAX, `facts[${index}]`) };
}

function languageOf(source: Readonly<Record<string, unknown>>): string | null {
  const lang = optionalString(source, 'lang', WORDS_MAX);
  return lang !== null && LANGUAGE.test(lang) ? lang : null;
}

function recordAt(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new NotACaseError(`${where} is ${show(value)}, not an object`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function listAt(source: Readonly<Record<string, unknown>>, name: string, most: number): readonly unknown[] {
  const value = source[name];
  if (!Array.isArray(value)) {
    throw new NotACaseError(`${name} is ${show(value)}, not a list`);
  }
  if (value.length > most) {
    throw new NotACaseError(`${name} has ${value.length} entries, at most ${most} are shown`);
  }
  return value;
}

function stringAt(source: Readonly<Record<string, unknown>>, name: string, most: number, where?: string): string {
  const value = source[name];
  const place = where === undefined ? name : `${where}.${name}`;
  if (typeof value !== 'string') {
    throw new NotACaseError(`${place} is ${show(value)}, not a string`);
  }
  if (value.length > most) {
    throw new NotACaseError(`${place} has ${value.length} characters, at most ${most} are allowed`);
  }
  return value;
}

function optionalString(source: Readonly<Record<string, unknown>>, name: string, most: number, where?: string): string | null {
  return source[name] === undefined || source[name] === null ? null : stringAt(source, name, most, where);
}

function oneOf<Name extends string>(value: unknown, names: readonly Name[], where: string): Name {
  const name = names.find((candidate) => candidate === value);
  if (name === undefined) {
    throw new NotACaseError(`${where} is ${show(value)}, not one of ${names.join(', ')}`);
  }
  return name;
}

/** A value for an error, cut: it may be megabytes. */
function show(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'missing';
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? 'a list' : 'an object';
    case 'string':
      return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
    default:
      return String(value);
  }
}

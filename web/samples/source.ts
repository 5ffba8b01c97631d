// How a sample's source file in `web/cases` is read. Pure; used by the build and its tests, never by the page. What the
// page is served is another shape: see `published.ts`.
//
// A source file is a head of `key: value` lines, a line `---`, and a body of one block a line:
//
//   # Part            ## Heading          @ Speaker
//   [12] A paragraph, numbered without gaps from 1.
//   > a quotation that belongs to the paragraph above    - a list item that does
//   [^1]: A note, numbered without gaps from 1, after the last paragraph.
//
// Inside a line, _so_ is emphasis, [12] refers to a paragraph and [^1] to a note.

/** A stretch of text within a line. */
export type Run =
  | { kind: 'text'; text: string }
  | { kind: 'emphasis'; text: string }
  | { kind: 'reference'; paragraph: number }
  | { kind: 'note'; note: number };

/** A line of a paragraph. */
export type Part = { kind: 'prose' | 'quotation' | 'item'; runs: Run[] };

/** One thing after another in the body of a case. */
export type Block =
  | { kind: 'part'; text: string }
  | { kind: 'heading'; text: string }
  | { kind: 'speaker'; name: string }
  | { kind: 'paragraph'; number: number; parts: Part[] };

/** A foot-note. */
export type Note = { number: number; runs: Run[] };

/** What the head of a source file says. */
export type SourceHead = {
  id: string;
  title: string;
  kind: 'judgment' | 'conversation';
  summary: string;
  /** What stands under the title, such as court and citation; in the order of the source. */
  facts: { label: string; value: string }[];
  licence: string;
  paragraphs: number;
};

/** A whole source file. */
export type SourceCase = SourceHead & { blocks: Block[]; notes: Note[] };

/** Why a source file is no case. Names the file's line. */
export class SourceError extends Error {}

/** A case id as it stands in addresses: one canonical form, 1-255 characters. */
export const CASE_ID = /^[A-Za-z0-9._~-]{1,255}$/;

const FACTS: ReadonlyMap<string, string> = new Map([
  ['court', 'Court'],
  ['citation', 'Citation'],
  ['date', 'Date'],
  ['bench', 'Before'],
]);
const LINE_CHARACTERS_MAX = 8_000;
// Control characters, lone surrogates, and the marks that reorder text on the screen.
const FORBIDDEN = /[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069\uFEFF]/u;

/**
 * Reads a source file.
 *
 * @throws SourceError if the head lacks a field or has an unknown one, if paragraphs or notes are not numbered from 1
 * without gaps, if a reference leads nowhere, or if a line is too long or holds characters that no text needs.
 */
export function readCase(id: string, source: string): SourceCase {
  if (!CASE_ID.test(id)) {
    throw new SourceError(`"${id}" cannot be a case id: 1-255 of A-Z a-z 0-9 . _ ~ - are allowed`);
  }
  const lines = source.split('\n');
  lines.forEach((line, index) => checkLine(line, index + 1));
  const border = lines.indexOf('---');
  if (border < 0) {
    throw new SourceError(`${id}: the head must end with a line ---`);
  }
  const head = readHead(id, lines.slice(0, border));
  const { blocks, notes } = readBody(lines, border + 1);
  const paragraphs = blocks.filter((block) => block.kind === 'paragraph').length;
  checkReferences(id, blocks, notes, paragraphs);
  return { ...head, paragraphs, blocks, notes };
}

/** Splits a line into runs. */
export function readRuns(line: string): Run[] {
  const runs: Run[] = [];
  let end = 0;
  // Years in square brackets have four digits and stay text.
  for (const found of line.matchAll(/_([^_]+)_|\[\^(\d{1,3})\]|\[(\d{1,3})\]/g)) {
    if (found.index > end) {
      runs.push({ kind: 'text', text: line.slice(end, found.index) });
    }
    const [whole, emphasis, note, paragraph] = found;
    if (emphasis !== undefined) {
      runs.push({ kind: 'emphasis', text: emphasis });
    } else if (note !== undefined) {
      runs.push({ kind: 'note', note: Number(note) });
    } else if (paragraph !== undefined) {
      runs.push({ kind: 'reference', paragraph: Number(paragraph) });
    }
    end = found.index + whole.length;
  }
  if (end < line.length) {
    runs.push({ kind: 'text', text: line.slice(end) });
  }
  return runs;
}

function checkLine(line: string, number: number): void {
  if (line.length > LINE_CHARACTERS_MAX) {
    throw new SourceError(`line ${number} has ${line.length} characters, at most ${LINE_CHARACTERS_MAX} are allowed`);
  }
  const found = FORBIDDEN.exec(line);
  if (found !== null) {
    const code = found[0].codePointAt(0) ?? 0;
    throw new SourceError(`line ${number} holds the character U+${code.toString(16).toUpperCase().padStart(4, '0')}, which no text needs`);
  }
}

function readHead(id: string, lines: readonly string[]): Omit<SourceHead, 'paragraphs'> {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const found = /^([a-z]+): (.+)$/.exec(line);
    const [, key, value] = found ?? [];
    if (key === undefined || value === undefined || fields.has(key)) {
      throw new SourceError(`${id}: the head must have lines "key: value", each key once; found "${line}"`);
    }
    fields.set(key, value);
  }
  const take = (key: string): string => {
    const value = fields.get(key);
    if (value === undefined) {
      throw new SourceError(`${id}: the head lacks "${key}"`);
    }
    fields.delete(key);
    return value;
  };
  const title = take('title');
  const kind = take('kind');
  if (kind !== 'judgment' && kind !== 'conversation') {
    throw new SourceError(`${id}: kind must be judgment or conversation, not "${kind}"`);
  }
  const summary = take('summary');
  const licence = take('licence');
  const facts = [...fields].map(([key, value]) => {
    const label = FACTS.get(key);
    if (label === undefined) {
      throw new SourceError(`${id}: the head has an unknown field "${key}"`);
    }
    return { label, value };
  });
  return { id, title, kind, summary, facts, licence };
}

function readBody(lines: readonly string[], from: number): { blocks: Block[]; notes: Note[] } {
  const blocks: Block[] = [];
  const notes: Note[] = [];
  let paragraphs = 0;
  for (let index = from; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const found = /^(# |## |@ |> |- |\[\^(\d+)\]: |\[(\d+)\] )(.*\S)$/.exec(line);
    if (line === '') {
      continue;
    }
    const [, mark, note, paragraph, text] = found ?? [];
    if (mark === undefined || text === undefined) {
      throw new SourceError(`line ${index + 1} begins with no mark that is known: "${line.slice(0, 40)}"`);
    }
    if (paragraph !== undefined) {
      paragraphs += 1;
      expectNumber(paragraph, paragraphs, 'paragraph', index + 1);
      blocks.push({ kind: 'paragraph', number: paragraphs, parts: [{ kind: 'prose', runs: readRuns(text) }] });
    } else if (note !== undefined) {
      expectNumber(note, notes.length + 1, 'note', index + 1);
      notes.push({ number: notes.length + 1, runs: readRuns(text) });
    } else if (mark === '> ' || mark === '- ') {
      const last = blocks.at(-1);
      if (last?.kind !== 'paragraph') {
        throw new SourceError(`line ${index + 1}: a quotation or an item must follow a paragraph`);
      }
      last.parts.push({ kind: mark === '> ' ? 'quotation' : 'item', runs: readRuns(text) });
    } else {
      blocks.push(titleBlock(mark, text));
    }
  }
  return { blocks, notes };
}

function titleBlock(mark: string, text: string): Block {
  switch (mark) {
    case '# ':
      return { kind: 'part', text };
    case '## ':
      return { kind: 'heading', text };
    default:
      return { kind: 'speaker', name: text };
  }
}

function expectNumber(found: string, expected: number, what: string, line: number): void {
  if (found !== String(expected)) {
    throw new SourceError(`line ${line}: ${what} ${found} stands where ${expected} must`);
  }
}

function checkReferences(id: string, blocks: readonly Block[], notes: readonly Note[], paragraphs: number): void {
  const noted = new Set<number>();
  const lines = [
    ...blocks.flatMap((block) => (block.kind === 'paragraph' ? block.parts : [])),
    ...notes,
  ];
  for (const run of lines.flatMap((line) => line.runs)) {
    if (run.kind === 'reference' && (run.paragraph < 1 || run.paragraph > paragraphs)) {
      throw new SourceError(`${id}: [${run.paragraph}] refers to a paragraph that does not exist`);
    }
    if (run.kind === 'note') {
      if (run.note > notes.length || noted.has(run.note)) {
        throw new SourceError(`${id}: [^${run.note}] must refer to a note that exists, and only once`);
      }
      noted.add(run.note);
    }
  }
  if (noted.size !== notes.length) {
    throw new SourceError(`${id}: every note must be referred to; ${notes.length - noted.size} are not`);
  }
}

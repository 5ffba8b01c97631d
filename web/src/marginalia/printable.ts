// A case with its annotations as a page for paper: the text with numbered highlights, and the threads under those numbers.
// A plain model; drawing it is the page's. Loaded when somebody asks for it.

import type { BlockKind, CaseText, MarkKind } from '../text/case_text.ts';
import { peopleOf } from './statistics.ts';
import type { Comment, Contents, Highlight, Person, Place, Tag } from './model.ts';

/** A stretch of a block within which nothing begins or ends. */
export type PrintedPiece = {
  readonly text: string;
  /** The looks of the text itself, outer ones first. */
  readonly marks: readonly MarkKind[];
  /** The numbers of the highlights that cover it. */
  readonly highlights: readonly number[];
  /** The numbers to be set behind it: highlights that end here. */
  readonly ends: readonly number[];
};

export type PrintedBlock = {
  readonly id: string;
  readonly kind: BlockKind;
  /** What stands before it: the number of a paragraph, or the marker of an item. */
  readonly label: string | null;
  readonly pieces: readonly PrintedPiece[];
  /** The notes on highlights that begin in it. */
  readonly notes: readonly PrintedNote[];
};

export type PrintedNote = {
  /** From 1 on in the order of the text; orphans go on counting. */
  readonly number: number;
  readonly highlight: Highlight;
  readonly tag: Tag | null;
  readonly comments: readonly Comment[];
};

export type Printable = {
  readonly title: string;
  readonly summary: string | null;
  /** The tags that were used. */
  readonly legend: readonly Tag[];
  readonly people: readonly Person[];
  readonly blocks: readonly PrintedBlock[];
  /** Those that are not in the text. */
  readonly orphans: readonly PrintedNote[];
};

/** Lays out a case for paper. */
export function printable(
  { title, summary, text, blocks, marks }: Pick<CaseText, 'title' | 'summary' | 'text' | 'blocks' | 'marks'>,
  contents: Contents,
): Printable {
  const tags = new Map(contents.tags.map((tag) => [tag.id, tag]));
  const notes = contents.highlights.map((highlight, index): PrintedNote => ({
    number: index + 1,
    highlight,
    tag: tags.get(highlight.tag ?? '') ?? null,
    comments: contents.comments.get(highlight.id) ?? [],
  }));
  const placed = notes.flatMap((note) => (note.highlight.place === null ? [] : [{ ...note.highlight.place, note }]));
  const used = new Set(notes.map(({ tag }) => tag));
  return {
    title,
    summary,
    legend: contents.tags.filter((tag) => used.has(tag)),
    people: peopleOf(contents),
    blocks: blocks.map(({ id, kind, start, end, number, marker }) => {
      const block = { start, end };
      const own = placed.filter((each) => overlaps(each, block));
      return {
        id,
        kind,
        label: number ?? marker,
        pieces: piecesOf(text, block, marks.filter((mark) => overlaps(mark, block)), own),
        notes: own.filter((each) => each.start >= start).map(({ note }) => note),
      };
    }),
    orphans: notes.filter(({ highlight }) => highlight.place === null),
  };
}

function piecesOf(
  text: string,
  block: Place,
  marks: readonly (Place & { kind: MarkKind })[],
  placed: readonly (Place & { note: PrintedNote })[],
): PrintedPiece[] {
  const edges = [block.start, block.end, ...[...marks, ...placed].flatMap(({ start, end }) => [start, end])];
  const cuts = [...new Set(edges)].filter((edge) => edge >= block.start && edge <= block.end).sort((a, b) => a - b);
  return cuts.slice(1).map((end, index) => {
    const piece = { start: cuts[index] ?? end, end };
    const covers = (place: Place): boolean => place.start <= piece.start && place.end >= piece.end;
    return {
      text: text.slice(piece.start, piece.end),
      marks: marks.filter(covers).map(({ kind }) => kind),
      highlights: placed.filter(covers).map(({ note }) => note.number),
      ends: placed.filter((each) => each.end === end).map(({ note }) => note.number),
    };
  });
}

function overlaps(a: Place, b: Place): boolean {
  return a.start < b.end && a.end > b.start;
}

// A case's annotations as a table (RFC 4180) for spreadsheets: one row for each comment, and one for each highlight that
// has none. Loaded when somebody asks for it.
//
// Spreadsheets run cells that begin with = + - or @ as formulas, whoever wrote them. Such a cell gets an apostrophe in
// front; who reads the file with a program takes it off again.

import type { Comment, Contents, Highlight } from './model.ts';

const COLUMNS = [
  'highlight', 'paragraph', 'start', 'end', 'tag', 'quote', 'highlighted by', 'highlighted at', 'resolved at', 'resolved by',
  'comment', 'in reply to', 'text', 'written by', 'written at', 'edited at',
] as const;

/** The text of a `.csv` file, with the mark by which spreadsheets know UTF-8. */
export function exportCsv({ highlights, comments, tags }: Contents): string {
  const names = new Map(tags.map(({ id, name }) => [id, name]));
  const rows = highlights.flatMap((highlight) => {
    const left = highlightCells(highlight, names.get(highlight.tag ?? '') ?? '');
    const thread = comments.get(highlight.id) ?? [];
    return thread.length === 0 ? [[...left, '', '', '', '', '', '']] : thread.map((comment) => [...left, ...commentCells(comment)]);
  });
  return `\ufeff${[COLUMNS, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`;
}

function highlightCells(highlight: Highlight, tag: string): string[] {
  const { id, para, place, target, resolvedAt, resolvedBy, createdAt } = highlight;
  return [
    id, para ?? '', String(place?.start ?? ''), String(place?.end ?? ''), tag, target.quote, authorOf(highlight), isoOf(createdAt),
    isoOf(resolvedAt), resolvedBy ?? '',
  ];
}

function commentCells(comment: Comment): string[] {
  const { id, parentId, text, createdAt, editedAt } = comment;
  return [id, parentId ?? '', text, authorOf(comment), isoOf(createdAt), isoOf(editedAt)];
}

function authorOf({ author, isImported }: Highlight | Comment): string {
  return isImported ? `${author} (imported)` : author;
}

/** One cell, quoted where it must be, and never a formula: the full-width signs count too, as spreadsheets take them. */
export function cell(value: string): string {
  const safe = /^[\s\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function isoOf(moment: number | null): string {
  return moment === null ? '' : new Date(moment).toISOString();
}

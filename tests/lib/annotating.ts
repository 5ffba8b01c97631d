// Writing annotations into a case as any Yjs client may: highlights and comments in the form that the page reads.

import * as Y from 'yjs';

import { selectorOf, type Span } from '../../web/src/text/anchor.ts';
import { roots } from './documents.ts';

/** Who writes something. */
export type Writer = { id: string; name: string };

/** What a highlight may have besides its place and its author. */
export type HighlightMore = { id?: string; tag?: string; para?: string; at?: Date; resolvedBy?: string };

/** What a comment may have besides its words and its author. */
export type CommentMore = { id?: string; parentId?: string; at?: Date };

/** Where words stand in a text. Fails if they stand nowhere, or twice. */
export function spanOf(text: string, words: string): Span {
  const start = text.indexOf(words);
  if (start < 0 || text.indexOf(words, start + 1) >= 0) {
    throw new Error(`"${words}" must stand in the text exactly once`);
  }
  return { start, end: start + words.length };
}

/** Adds a highlight; gives its id. */
export function addHighlight(doc: Y.Doc, text: string, span: Span, by: Writer, more: HighlightMore = {}): string {
  const id = more.id ?? crypto.randomUUID();
  const at = (more.at ?? new Date()).toISOString();
  roots.highlights(doc).set(
    id,
    entry({
      ...selectorOf(span, text),
      author_id: by.id,
      author: by.name,
      created_at: at,
      ...(more.tag === undefined ? {} : { tag: more.tag }),
      ...(more.para === undefined ? {} : { para: more.para }),
      ...(more.resolvedBy === undefined ? {} : { resolved_at: at, resolved_by: more.resolvedBy }),
    }),
  );
  return id;
}

/** Adds a comment to a highlight; gives its id. */
export function addComment(doc: Y.Doc, highlightId: string, words: string, by: Writer, more: CommentMore = {}): string {
  const id = more.id ?? crypto.randomUUID();
  roots.comments(doc).set(
    id,
    entry({
      highlight_id: highlightId,
      text: words,
      author_id: by.id,
      author: by.name,
      created_at: (more.at ?? new Date()).toISOString(),
      ...(more.parentId === undefined ? {} : { parent_id: more.parentId }),
    }),
  );
  return id;
}

function entry(fields: Readonly<Record<string, unknown>>): Y.Map<unknown> {
  return new Y.Map(Object.entries(fields));
}

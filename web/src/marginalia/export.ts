// A case's annotations as W3C Web Annotation JSON-LD: one collection with one page. Loaded when somebody asks for it.
//
// A highlight is an annotation whose bodies are its tag and the comments on it; a reply is an annotation of its own that
// targets what it answers. Together with the terms of our own, `import.ts` makes the same highlights, comments and tags
// of it again. Comments on deleted highlights are left out.

import { CodePoints } from './code_points.ts';
import type { Authored, Comment, Contents, Highlight, Tag } from './model.ts';
import { CONTEXT, FORMAT, iriOf, textIri, userIri } from './vocabulary.ts';

/** What the annotations are about. */
export type ExportedCase = {
  readonly title: string;
  readonly text: string;
  /** The SHA-256 of the text's file, by which it is served. */
  readonly textHash: string;
};

type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json | undefined };

/** The text of a file to be saved as `.jsonld` or `.json`. */
export function exportJsonLd(contents: Contents, about: ExportedCase, exportedAt: number): string {
  const points = new CodePoints(about.text);
  const items = contents.highlights.flatMap((highlight) => {
    const comments = contents.comments.get(highlight.id) ?? [];
    const isReply = ({ parentId }: Comment): boolean => parentId !== null;
    return [
      highlightItem(highlight, comments.filter((comment) => !isReply(comment)), contents.tags, about, points),
      ...comments.filter(isReply).map(replyItem),
    ];
  });
  const collection: Json = {
    '@context': CONTEXT as unknown as Json,
    type: 'AnnotationCollection',
    label: about.title,
    created: new Date(exportedAt).toISOString(),
    total: items.length,
    'glossator:format': FORMAT,
    'glossator:text': textIri(about.textHash),
    'glossator:tags': [
      ...contents.tags.map((tag) => tagItem(tag, undefined)),
      ...contents.deletedTags.map((tag) => tagItem(tag, true)),
    ],
    'glossator:tagGroups': contents.tagGroups.map(({ id, name, order }) => ({
      id: iriOf(id), type: 'glossator:TagGroup', label: name, 'glossator:order': order,
    })),
    first: { type: 'AnnotationPage', startIndex: 0, items },
  };
  return `${JSON.stringify(collection, null, 2)}\n`;
}

function highlightItem(
  highlight: Highlight,
  comments: readonly Comment[],
  tags: readonly Tag[],
  about: ExportedCase,
  points: CodePoints,
): Json {
  const tag = tags.find(({ id }) => id === highlight.tag);
  return {
    id: iriOf(highlight.id),
    type: 'Annotation',
    motivation: 'highlighting',
    ...provenance(highlight),
    body: [
      ...(tag === undefined ? [] : [{ type: 'TextualBody', purpose: 'tagging', value: tag.name }]),
      ...comments.map((comment) => ({ id: iriOf(comment.id), ...textBody(comment, 'commenting'), ...provenance(comment) })),
    ],
    target: { type: 'SpecificResource', source: textIri(about.textHash), selector: selectors(highlight, points) },
    'glossator:tag': highlight.tag === null ? undefined : iriOf(highlight.tag),
    'glossator:paragraph': highlight.para ?? undefined,
    'glossator:resolved': isoOf(highlight.resolvedAt),
    'glossator:resolvedBy': highlight.resolvedBy ?? undefined,
    // Where an orphan was said to be: no position in the text that anybody else should believe.
    'glossator:place': highlight.place === null ? [highlight.target.start, highlight.target.end] : undefined,
  };
}

function selectors({ target, place }: Highlight, points: CodePoints): Json[] {
  const quote = { type: 'TextQuoteSelector', exact: target.quote, prefix: target.prefix, suffix: target.suffix };
  return place === null
    ? [quote]
    : [quote, { type: 'TextPositionSelector', start: points.ofUnits(place.start), end: points.ofUnits(place.end) }];
}

function replyItem(comment: Comment): Json {
  return {
    id: iriOf(comment.id),
    type: 'Annotation',
    motivation: 'replying',
    ...provenance(comment),
    body: textBody(comment, 'replying'),
    target: iriOf(comment.parentId ?? comment.highlightId),
  };
}

function textBody({ text }: Comment, purpose: string): { readonly [name: string]: Json } {
  return { type: 'TextualBody', purpose, value: text, format: 'text/plain' };
}

/** Who and when. Of an imported thing the name only: it is not the importer's, and whose it is we only heard. */
function provenance({ authorId, author, isImported, createdAt, editedAt }: Authored): { readonly [name: string]: Json | undefined } {
  const id = authorId === null || isImported ? {} : { id: userIri(authorId) };
  return { creator: { ...id, type: 'Person', name: author }, created: isoOf(createdAt), modified: isoOf(editedAt) };
}

function tagItem(tag: Tag, isDeleted: true | undefined): Json {
  return {
    id: iriOf(tag.id),
    type: 'glossator:Tag',
    label: tag.name,
    'glossator:description': tag.description ?? undefined,
    'glossator:colour': tag.colour,
    'glossator:pattern': tag.pattern,
    'glossator:group': tag.group === null ? undefined : iriOf(tag.group),
    'glossator:order': tag.order,
    'glossator:deleted': isDeleted,
  };
}

function isoOf(moment: number | null): string | undefined {
  return moment === null ? undefined : new Date(moment).toISOString();
}

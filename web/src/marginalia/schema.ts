// The roots of a document and what their entries mean: reading them one by one. Reading changes nothing, and an entry that
// makes no sense is null or has its odd fields normalised, never an error. Fields that are not named here are left alone.

import * as Y from 'yjs';

import { CONTEXT_UNITS_MAX } from '../text/anchor.ts';
import { COLOURS, PATTERNS } from '../text/palette.ts';
import type { ColourName, PatternName } from '../text/palette.ts';
import { entryOf, idField, isUsableId, momentField, offsetField, textField } from './fields.ts';
import type { Entry } from './fields.ts';
import {
  COMMENT_CHARS_MAX, LABEL_CHARS_MAX, QUOTE_CHARS_MAX, TAG_DESCRIPTION_CHARS_MAX, TAG_NAME_CHARS_MAX,
} from './limits.ts';
import type { Authored, Comment, Highlight, Tag, TagGroup } from './model.ts';
import { readOrderKey } from './order_key.ts';

/** The names of the root maps. */
export const ROOT_NAMES = ['highlights', 'comments', 'tags', 'tag_groups'] as const;
export type RootName = (typeof ROOT_NAMES)[number];
export type Roots = Readonly<Record<RootName, Y.Map<unknown>>>;

/** A highlight before it is looked for in the text; `para` is the label that its author's page wrote. */
export type WrittenHighlight = Omit<Highlight, 'place'>;
/** A comment before its thread is put in order; the parent need not exist. */
export type WrittenComment = Omit<Comment, 'depth'>;
/** A tag, deleted ones included; the group need not exist. */
export type WrittenTag = Omit<Tag, 'hotKey'> & { readonly isDeleted: boolean };

export function rootsOf(doc: Y.Doc): Roots {
  return {
    highlights: doc.getMap('highlights'),
    comments: doc.getMap('comments'),
    tags: doc.getMap('tags'),
    tag_groups: doc.getMap('tag_groups'),
  };
}

export function readHighlight(root: Y.Map<unknown>, id: string): WrittenHighlight | null {
  const entry = usableEntry(root, id);
  if (entry === null) {
    return null;
  }
  return {
    id,
    target: {
      start: offsetField(entry, 'start') ?? 0,
      end: offsetField(entry, 'end') ?? 0,
      quote: textField(entry, 'quote', QUOTE_CHARS_MAX) ?? '',
      prefix: textField(entry, 'prefix', CONTEXT_UNITS_MAX) ?? '',
      suffix: textField(entry, 'suffix', CONTEXT_UNITS_MAX) ?? '',
    },
    para: textField(entry, 'para', LABEL_CHARS_MAX),
    tag: textField(entry, 'tag', LABEL_CHARS_MAX),
    resolvedAt: momentField(entry, 'resolved_at'),
    resolvedBy: textField(entry, 'resolved_by', LABEL_CHARS_MAX),
    ...authored(entry),
  };
}

/** Null too if it does not say which highlight it belongs to. */
export function readComment(root: Y.Map<unknown>, id: string): WrittenComment | null {
  const entry = usableEntry(root, id);
  const highlightId = entry && idField(entry, 'highlight_id');
  if (entry === null || highlightId === null) {
    return null;
  }
  return {
    id,
    highlightId,
    parentId: idField(entry, 'parent_id'),
    text: textField(entry, 'text', COMMENT_CHARS_MAX) ?? '',
    ...authored(entry),
  };
}

export function readTag(root: Y.Map<unknown>, id: string): WrittenTag | null {
  const entry = usableEntry(root, id);
  if (entry === null) {
    return null;
  }
  return {
    id,
    name: textField(entry, 'name', TAG_NAME_CHARS_MAX) ?? 'Unnamed tag',
    colour: colourOf(entry('colour'), id),
    pattern: patternOf(entry('pattern'), id),
    description: textField(entry, 'description', TAG_DESCRIPTION_CHARS_MAX),
    group: idField(entry, 'group'),
    order: readOrderKey(entry('order')),
    isDeleted: entry('deleted') === true,
  };
}

export function readTagGroup(root: Y.Map<unknown>, id: string): TagGroup | null {
  const entry = usableEntry(root, id);
  if (entry === null) {
    return null;
  }
  const name = textField(entry, 'name', TAG_NAME_CHARS_MAX) ?? 'Unnamed group';
  return { id, name, order: readOrderKey(entry('order')) };
}

function usableEntry(root: Y.Map<unknown>, id: string): Entry | null {
  return isUsableId(id) ? entryOf(root.get(id)) : null;
}

function authored(entry: Entry): Authored {
  return {
    authorId: textField(entry, 'author_id', LABEL_CHARS_MAX),
    author: textField(entry, 'author', LABEL_CHARS_MAX) ?? 'Somebody',
    isImported: idField(entry, 'source_id') !== null,
    createdAt: momentField(entry, 'created_at'),
    editedAt: momentField(entry, 'edited_at'),
  };
}

/** The colour that was written, or for an unknown one some colour that is the same on every page. */
export function colourOf(value: unknown, id: string): ColourName {
  return oneOf(COLOURS, value, id);
}

export function patternOf(value: unknown, id: string): PatternName {
  return oneOf(PATTERNS, value, id);
}

function oneOf<T extends string>(names: readonly T[], value: unknown, id: string): T {
  const known = names.find((name) => name === value);
  if (known !== undefined) {
    return known;
  }
  let sum = 0;
  for (const character of id) {
    sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003;
  }
  return names[sum % names.length] as T;
}

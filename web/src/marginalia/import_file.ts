// Reading a file of annotations into plain values: the W3C's JSON-LD as we write it and as others do, and the export of
// Hypothesis, which has the same selectors in other wrappings. Everything is bounded, and what is no annotation is left
// out; whether the words exist is for `import.ts` to find out.

import type { Selector } from '../text/anchor.ts';
import { CONTEXT_UNITS_MAX } from '../text/anchor.ts';
import { contentId } from './content_id.ts';
import { entryOf, momentField, offsetField, textField } from './fields.ts';
import type { Entry } from './fields.ts';
import { LABEL_CHARS_MAX, QUOTE_CHARS_MAX, TAG_DESCRIPTION_CHARS_MAX, TAG_NAME_CHARS_MAX } from './limits.ts';
import type { Place } from './model.ts';
import { readOrderKey } from './order_key.ts';
import { colourOf, patternOf } from './schema.ts';
import { idOf, textIri, userOf } from './vocabulary.ts';

/** Why a file is none that can be imported; the message says so to the person. */
export class NotAnExportError extends Error {
  override readonly name = 'NotAnExportError';
}

/** Twice the largest document, spelled out. */
export const IMPORT_UNITS_MAX = 16 * 1024 * 1024;
/** Twenty times a busy case: the room would refuse more. */
const ANNOTATIONS_MAX = 20_000;

export type FileAuthored = {
  /** The id of one of our users. */
  readonly authorId: string | null;
  readonly author: string;
  readonly createdAt: number | null;
  readonly editedAt: number | null;
};

export type FileComment = FileAuthored & {
  readonly id: string;
  readonly text: string;
  /** The id of the comment or highlight that it answers. */
  readonly answers: string;
};

export type FileHighlight = FileAuthored & {
  readonly id: string;
  /** Offsets as the file counts them. */
  readonly selector: Selector;
  /** Where an orphan of ours was said to be, in UTF-16 units. */
  readonly orphanPlace: Place | null;
  /** The id of a tag of ours. */
  readonly tag: string | null;
  /** The first tag by name. */
  readonly tagName: string | null;
  readonly para: string | null;
  readonly resolvedAt: number | null;
  readonly resolvedBy: string | null;
  /** The comments on the highlight itself. */
  readonly comments: readonly FileComment[];
};

export type FileTag = {
  readonly id: string;
  readonly name: string;
  readonly colour: string;
  readonly pattern: string;
  readonly description: string | null;
  readonly group: string | null;
  readonly order: string;
  readonly isDeleted: boolean;
};

export type ReadFile = {
  /** The SHA-256 of the text that the file is about, if it says so. */
  readonly textHash: string | null;
  readonly tags: readonly FileTag[];
  readonly tagGroups: readonly Pick<FileTag, 'id' | 'name' | 'order'>[];
  readonly highlights: readonly FileHighlight[];
  readonly replies: readonly FileComment[];
};

/**
 * Reads the text of a file.
 *
 * @throws NotAnExportError if it is too large, not JSON, or holds no annotations.
 */
export function readFile(file: string): ReadFile {
  if (file.length > IMPORT_UNITS_MAX) {
    throw new NotAnExportError(`the file is larger than ${IMPORT_UNITS_MAX / 1024 / 1024} MB: split it, or export less`);
  }
  const value = parse(file);
  const items = itemsOf(value);
  if (items.length === 0) {
    throw new NotAnExportError('the file holds no annotations: choose one that was exported as JSON');
  }
  if (items.length > ANNOTATIONS_MAX) {
    throw new NotAnExportError(`the file holds ${items.length} annotations, at most ${ANNOTATIONS_MAX} can be imported at once`);
  }
  const whole: Entry = entryOf(value) ?? (() => undefined);
  const read = items.map((item) => ({ item, answers: answersOf(item) }));
  return {
    textHash: textHashOf(whole),
    tags: entriesOf(whole('glossator:tags')).flatMap(tagOf),
    tagGroups: entriesOf(whole('glossator:tagGroups')).flatMap(tagOf),
    highlights: read.flatMap(({ item, answers }) => (answers === null ? [highlightOf(item)] : [])),
    replies: read.flatMap(({ item, answers }) => (answers === null ? [] : [replyOf(item, answers)])),
  };
}

function parse(file: string): unknown {
  try {
    return JSON.parse(file.replace(/^\ufeff/, ''));
  } catch {
    throw new NotAnExportError('the file is not JSON: choose one that was exported as JSON');
  }
}

/** The annotations, in whichever wrapping: a collection, a page, a list, or one alone. */
function itemsOf(value: unknown): Entry[] {
  const file = entryOf(value);
  if (file === null) {
    return entriesOf(value);
  }
  if (typesOf(file).includes('Annotation')) {
    return [file];
  }
  const page = entryOf(file('first'));
  return entriesOf(page?.('items') ?? file('items') ?? file('annotations') ?? file('rows'));
}

function entriesOf(value: unknown): Entry[] {
  return listOf(value).flatMap((item) => entryOf(item) ?? []);
}

/** JSON-LD lets a single value stand for a list of one. */
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

function typesOf(item: Entry): readonly unknown[] {
  return listOf(item('type'));
}

function textHashOf(file: Entry): string | null {
  const iri = file('glossator:text');
  const prefix = textIri('');
  return typeof iri === 'string' && iri.startsWith(prefix) ? iri.slice(prefix.length) : null;
}

/** What a reply answers; null if it is none. Hypothesis names all ancestors, the nearest last. */
function answersOf(item: Entry): string | null {
  const nearest = listOf(item('references')).at(-1) ?? (listOf(item('motivation')).includes('replying') ? listOf(item('target'))[0] : null);
  const iri = typeof nearest === 'string' ? nearest : entryOf(nearest)?.('id');
  return typeof iri === 'string' ? idOf(iri) : null;
}

function highlightOf(item: Entry): FileHighlight {
  const { selector, orphanPlace } = selectorIn(item);
  const authored = authoredOf(item);
  const id = idIn(item) ?? contentId(['highlight', selector, authored]);
  const bodies = entriesOf(item('body'));
  const tag = item('glossator:tag');
  const tagging = bodies.find((body) => body('purpose') === 'tagging');
  const comments = bodies.filter((body) => body('purpose') !== 'tagging').flatMap((body, index): FileComment[] => {
    const text = bodyText(body);
    return text === '' ? [] : [{ ...authoredOf(body, authored), id: idIn(body) ?? contentId([id, index, text]), text, answers: id }];
  });
  const text = bodyText(item);
  return {
    ...authored,
    id,
    selector,
    orphanPlace,
    tag: typeof tag === 'string' ? idOf(tag) : null,
    tagName: tagging === undefined ? firstText(item('tags')) : textField(tagging, 'value', TAG_NAME_CHARS_MAX),
    para: textField(item, 'glossator:paragraph', LABEL_CHARS_MAX),
    resolvedAt: momentField(item, 'glossator:resolved'),
    resolvedBy: textField(item, 'glossator:resolvedBy', LABEL_CHARS_MAX),
    comments: text === '' ? comments : [{ ...authored, id: contentId([id, text]), text, answers: id }, ...comments],
  };
}

function replyOf(item: Entry, answers: string): FileComment {
  const text = entriesOf(item('body')).map(bodyText).find((each) => each !== '') ?? bodyText(item);
  const authored = authoredOf(item);
  return { ...authored, id: idIn(item) ?? contentId([answers, text, authored]), text, answers };
}

/** The text of a body, or of an annotation by Hypothesis. */
function bodyText(body: Entry): string {
  const value = body('value') ?? body('text');
  return typeof value === 'string' ? value.replaceAll(/\r\n?/g, '\n').trim() : '';
}

function selectorIn(item: Entry): { selector: Selector; orphanPlace: Place | null } {
  const selectors = entriesOf(item('target')).flatMap((target) => entriesOf(target('selector')));
  const of = (type: string): Entry | undefined => selectors.find((selector) => typesOf(selector).includes(type));
  const [quote, position] = [of('TextQuoteSelector'), of('TextPositionSelector')];
  const context = (name: string): string => (quote && textField(quote, name, LABEL_CHARS_MAX)) ?? '';
  const [start, end] = listOf(item('glossator:place')).map((_offset, index, place) => offsetField((_name) => place[index], ''));
  return {
    selector: {
      start: (position && offsetField(position, 'start')) ?? 0,
      end: (position && offsetField(position, 'end')) ?? 0,
      // One character more than allowed is enough to be found too long.
      quote: (quote && textField(quote, 'exact', QUOTE_CHARS_MAX + 1)) ?? '',
      prefix: tail(context('prefix')),
      suffix: head(context('suffix')),
    },
    orphanPlace: typeof start === 'number' && typeof end === 'number' ? { start, end } : null,
  };
}

/** Others keep more context than we do. */
function tail(text: string): string {
  return text.slice(-CONTEXT_UNITS_MAX).replace(/^[\udc00-\udfff]/, '');
}

function head(text: string): string {
  return text.slice(0, CONTEXT_UNITS_MAX).replace(/[\ud800-\udbff]$/, '');
}

function authoredOf(item: Entry, fallback?: FileAuthored): FileAuthored {
  const creator = listOf(item('creator'))[0] ?? item('user');
  if (creator === undefined && fallback !== undefined) {
    return fallback;
  }
  const person = entryOf(creator);
  const iri: unknown = person === null ? creator : person('id');
  const info = entryOf(item('user_info'));
  return {
    authorId: typeof iri === 'string' ? userOf(iri) : null,
    author:
      (person && (textField(person, 'name', LABEL_CHARS_MAX) ?? textField(person, 'nickname', LABEL_CHARS_MAX))) ??
      (info && textField(info, 'display_name', LABEL_CHARS_MAX)) ??
      nameIn(iri) ??
      'Somebody',
    createdAt: momentField(item, 'created'),
    editedAt: momentField(item, 'modified') ?? laterOf(item),
  };
}

/** Hypothesis says of everything when it was last changed. */
function laterOf(item: Entry): number | null {
  const updated = momentField(item, 'updated');
  return updated === momentField(item, 'created') ? null : updated;
}

/** The part of an address that names somebody: `ada` of `acct:ada@hypothes.is`. */
function nameIn(iri: unknown): string | null {
  const name = typeof iri === 'string' ? /^(?:acct:([^@]+)@|.*[/:#]([^/:#]+)\/?$)/.exec(iri) : null;
  return textField((_name) => name?.[1] ?? name?.[2], '', LABEL_CHARS_MAX);
}

function idIn(item: Entry): string | null {
  const iri = item('id');
  return typeof iri === 'string' && iri !== '' ? idOf(iri) : null;
}

function firstText(value: unknown): string | null {
  return textField((_name) => listOf(value)[0], '', TAG_NAME_CHARS_MAX);
}

function tagOf(item: Entry): FileTag[] {
  const id = idIn(item);
  const name = textField(item, 'label', TAG_NAME_CHARS_MAX);
  if (id === null || name === null) {
    return [];
  }
  const group = item('glossator:group');
  return [{
    id,
    name,
    colour: colourOf(item('glossator:colour'), id),
    pattern: patternOf(item('glossator:pattern'), id),
    description: textField(item, 'glossator:description', TAG_DESCRIPTION_CHARS_MAX),
    group: typeof group === 'string' ? idOf(group) : null,
    order: readOrderKey(item('glossator:order')),
    isDeleted: item('glossator:deleted') === true,
  }];
}

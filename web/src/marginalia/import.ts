// Annotations from a file: our own exports, and W3C Web Annotations or Hypothesis exports of other tools. Loaded when
// somebody asks for it. Nothing is written here: the result is a plan that can be shown first, then given to
// `Marginalia.adopt`.
//
// Nothing in a file is believed that can be checked. A highlight is taken only if its words stand in this text where it
// says, or in exactly one place. Whoever imports writes: they are the `author_id`, and what the file says of the author is
// a name. Ids stay, so that importing twice changes nothing, and two people who import one file do not double it.

import { anchor, selectorOf } from '../text/anchor.ts';
import { CodePoints } from './code_points.ts';
import { contentId } from './content_id.ts';
import { DEFAULT_TAGS } from './default_tags.ts';
import { fits, isUsableId, presentable } from './fields.ts';
import { readFile } from './import_file.ts';
import type { FileAuthored, FileComment, FileHighlight, FileTag, ReadFile } from './import_file.ts';
import { fold } from './folding.ts';
import { COMMENT_CHARS_MAX, LABEL_CHARS_MAX, QUOTE_CHARS_MAX, TAGS_MAX } from './limits.ts';
import type { Me, Place, Tag } from './model.ts';
import type { Fields, NewEntry } from './pen.ts';
import type { RootName } from './schema.ts';
import { colourOf, patternOf } from './schema.ts';
import { highlightProblem } from './target.ts';

/** Why something of a file is not taken. */
export type SkipReason =
  | 'no_words'
  | 'words_not_found'
  | 'words_not_unique'
  | 'too_long'
  | 'unusable_id'
  | 'twice_in_file'
  | 'highlight_skipped'
  | 'answers_nothing'
  | 'blank'
  | 'too_many_tags';

/** What an import would do. */
export type ImportPlan = {
  /** To be given to `Marginalia.adopt`. */
  readonly entries: readonly NewEntry[];
  readonly added: Readonly<Record<'highlights' | 'comments' | 'tags' | 'tagGroups', number>>;
  /** Things that are in the case already. */
  readonly present: number;
  /** How many are skipped, by reason. */
  readonly skipped: ReadonlyMap<SkipReason, number>;
  /** The beginnings of some of them, to recognise them by. */
  readonly examples: readonly { readonly words: string; readonly why: SkipReason }[];
  /** Whether the file says that it is about this very text. */
  readonly isSameText: boolean;
};

/** Where it goes. */
export type ImportTarget = {
  readonly text: string;
  readonly textHash: string;
  readonly me: Me;
  /** The tags that are there: a tag of another tool becomes the one of the same name. */
  readonly tags: readonly Tag[];
  /** Whether the document has an entry; deleted ones do not count. */
  readonly has: (root: RootName, id: string) => boolean;
  readonly now: number;
};

const EXAMPLES_MAX = 20;

/**
 * Says what importing a file would add.
 *
 * @throws NotAnExportError if it is too large, not JSON, or holds no annotations; the message says which.
 */
export function planImport(file: string, target: ImportTarget): ImportPlan {
  return new Planning(readFile(file), target).plan();
}

class Planning {
  readonly #file: ReadFile;
  readonly #target: ImportTarget;
  readonly #points: CodePoints;
  readonly #entries: NewEntry[] = [];
  readonly #seen = new Set<string>();
  readonly #skipped = new Map<SkipReason, number>();
  readonly #examples: { words: string; why: SkipReason }[] = [];
  #present = 0;

  constructor(file: ReadFile, target: ImportTarget) {
    this.#file = file;
    this.#target = target;
    this.#points = new CodePoints(target.text);
  }

  plan(): ImportPlan {
    for (const group of this.#file.tagGroups) {
      this.#tag('tag_groups', group, { name: group.name, order: group.order });
    }
    for (const tag of this.#file.tags) {
      const { name, colour, pattern, description, group, order, isDeleted } = tag;
      this.#tag('tags', tag, { name, colour, pattern, description, group, order, deleted: isDeleted || null });
    }
    for (const highlight of this.#file.highlights) {
      this.#highlight(highlight);
    }
    this.#replies();
    const count = (root: RootName): number => this.#entries.filter((entry) => entry.root === root).length;
    return {
      entries: this.#entries,
      added: { highlights: count('highlights'), comments: count('comments'), tags: count('tags'), tagGroups: count('tag_groups') },
      present: this.#present,
      skipped: this.#skipped,
      examples: this.#examples,
      isSameText: this.#isSameText(),
    };
  }

  #isSameText(): boolean {
    return this.#file.textHash === this.#target.textHash;
  }

  #tag(root: 'tags' | 'tag_groups', tag: Pick<FileTag, 'id' | 'name'>, fields: Fields): void {
    const isDefault = DEFAULT_TAGS.some(({ id, isDeleted: _isDeleted, ...known }) => (
      id === tag.id && fields['deleted'] !== true && Object.entries(known).every(([name, value]) => fields[name] === value)
    ));
    if (isDefault) {
      this.#present += 1;
    } else if (this.#entries.filter((entry) => entry.root === root).length >= TAGS_MAX) {
      this.#skip(tag.name, 'too_many_tags');
    } else {
      this.#add(root, tag.id, tag.name, () => ({ ...fields, ...this.#signature(null, tag.id) }));
    }
  }

  /** The tag of a highlight that names one as other tools do: by words. */
  #tagNamed(name: string): string {
    const known = this.#target.tags.find((tag) => fold(tag.name) === fold(name));
    const id = known?.id ?? contentId(['tag', fold(name)]);
    if (known === undefined && !this.#isKnown('tags', id)) {
      const look = { colour: colourOf(null, id), pattern: patternOf(null, id) };
      this.#tag('tags', { id, name }, { name, ...look, order: 'y' });
    }
    return id;
  }

  #highlight(highlight: FileHighlight): void {
    const { id, selector, tag, tagName, para, resolvedAt, resolvedBy } = highlight;
    const place = this.#placeOf(highlight);
    if (typeof place === 'string') {
      this.#skip(selector.quote, place);
      for (const comment of highlight.comments) {
        this.#skip(comment.text, 'highlight_skipped');
      }
      return;
    }
    const isTaken = this.#add('highlights', id, selector.quote, () => ({
      ...('quote' in place ? place : selectorOf(place, this.#target.text)),
      tag: tag ?? (tagName === null ? null : this.#tagNamed(tagName)),
      para,
      resolved_at: this.#moment(resolvedAt),
      resolved_by: resolvedBy,
      ...this.#signature(highlight, id),
    }));
    for (const comment of highlight.comments) {
      if (isTaken) {
        this.#comment(comment, id, null);
      } else {
        this.#skip(comment.text, 'highlight_skipped');
      }
    }
  }

  /** Where the words of a highlight stand in this text; an orphan of this text stays one. */
  #placeOf({ selector, orphanPlace }: FileHighlight): Place | FileHighlight['selector'] | SkipReason {
    const { quote, start, end } = selector;
    const { text } = this.#target;
    if (quote.trim() === '') {
      return 'no_words';
    }
    if (!fits(quote, QUOTE_CHARS_MAX)) {
      return 'too_long';
    }
    if (orphanPlace !== null && this.#isSameText()) {
      return { ...selector, ...orphanPlace };
    }
    // The W3C counts code points, most tools count UTF-16 units: whichever of them finds the words is right.
    const counted = { ...selector, start: this.#points.toUnits(start), end: this.#points.toUnits(end) };
    const isAt = (place: Place): boolean => place.start >= 0 && place.start < place.end && text.slice(place.start, place.end) === quote;
    const place = [counted, selector].find(isAt) ?? anchor({ ...selector, start: 0, end: 0 }, text);
    const found = place === 'orphan' ? onlyPlace(text, quote) : { start: place.start, end: place.end };
    if (typeof found === 'string') {
      return found;
    }
    return highlightProblem(text, found) === null ? found : 'words_not_found';
  }

  /** Replies come in any order; each is taken once what it answers has been. */
  #replies(): void {
    const waiting = new Map<string, FileComment[]>();
    for (const reply of this.#file.replies) {
      const siblings = waiting.get(reply.answers) ?? [];
      siblings.push(reply);
      waiting.set(reply.answers, siblings);
    }
    // Other tools answer the highlight itself; that is its first comment, if it has one.
    const answered = this.#file.highlights.flatMap(({ id, comments }) => [
      { id, highlightId: id, parentId: comments[0]?.id ?? null },
      ...comments.map((comment) => ({ id: comment.id, highlightId: id, parentId: comment.id })),
    ]);
    // The list grows while it is gone through: a reply can be answered too.
    for (const next of answered) {
      const replies = waiting.get(next.id) ?? [];
      waiting.delete(next.id);
      for (const reply of replies) {
        if (this.#isKnown('highlights', next.highlightId)) {
          this.#comment(reply, next.highlightId, next.parentId);
        } else {
          this.#skip(reply.text, 'highlight_skipped');
        }
        answered.push({ id: reply.id, highlightId: next.highlightId, parentId: reply.id });
      }
    }
    for (const reply of [...waiting.values()].flat()) {
      this.#skip(reply.text, 'answers_nothing');
    }
  }

  #comment(comment: FileComment, highlightId: string, parentId: string | null): void {
    const text = presentable(comment.text, COMMENT_CHARS_MAX).trim();
    if (text === '') {
      this.#skip(comment.text, 'blank');
    } else if (!fits(comment.text.trim(), COMMENT_CHARS_MAX)) {
      this.#skip(comment.text, 'too_long');
    } else {
      this.#add('comments', comment.id, text, () => ({
        highlight_id: highlightId, parent_id: parentId, text, ...this.#signature(comment, comment.id),
      }));
    }
  }

  /** Gives whether it is or will be in the case. */
  #add(root: RootName, id: string, words: string, fields: () => Fields): boolean {
    const key = `${root} ${id}`;
    if (!isUsableId(id)) {
      this.#skip(words, 'unusable_id');
    } else if (this.#seen.has(key)) {
      this.#skip(words, 'twice_in_file');
    } else {
      this.#seen.add(key);
      if (this.#target.has(root, id)) {
        this.#present += 1;
      } else {
        this.#entries.push({ root, id, fields: fields() });
      }
      return true;
    }
    return false;
  }

  #isKnown(root: RootName, id: string): boolean {
    return this.#seen.has(`${root} ${id}`);
  }

  /** Tags have no author in the file: they are the importer's. */
  #signature(authored: FileAuthored | null, id: string): Fields {
    const { me } = this.#target;
    const isMine = authored === null || authored.authorId === me.id;
    return {
      author_id: me.id,
      author: presentable(isMine ? me.name : authored.author, LABEL_CHARS_MAX),
      created_at: this.#moment(authored === null ? this.#target.now : authored.createdAt),
      edited_at: this.#moment(authored?.editedAt ?? null),
      source_id: isMine ? null : id,
    };
  }

  /** The room refuses what claims to be of the future. */
  #moment(moment: number | null): string | null {
    return moment === null ? null : new Date(Math.min(moment, this.#target.now)).toISOString();
  }

  #skip(words: string, why: SkipReason): void {
    this.#skipped.set(why, (this.#skipped.get(why) ?? 0) + 1);
    if (this.#examples.length < EXAMPLES_MAX) {
      this.#examples.push({ words: presentable(words, 60), why });
    }
  }
}

function onlyPlace(text: string, quote: string): Place | SkipReason {
  const start = text.indexOf(quote);
  if (start < 0) {
    return 'words_not_found';
  }
  return text.indexOf(quote, start + 1) < 0 ? { start, end: start + quote.length } : 'words_not_unique';
}

// What the page holds of a case's annotations: the document's roots as signals, and the commands that change them.
//
// Knows Yjs and signals; neither the DOM, the wire nor the text's structure. A transaction, whoever made it, changes the
// signals once and only those whose value changed: a remote comment touches the thread of its highlight and nothing else.
// Who may do what is decided by the room; `may` only says what the page offers.

import { batch, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type * as Y from 'yjs';

import { selectorOf } from '../text/anchor.ts';
import { CommentShelf } from './comment_shelf.ts';
import { presentable } from './fields.ts';
import { HighlightShelf, paragraphsOf } from './highlight_shelf.ts';
import type { Locate } from './highlight_shelf.ts';
import { COMMENT_CHARS_MAX, LABEL_CHARS_MAX } from './limits.ts';
import type { Comment, Highlight, Me, Place, Tag, TagGroup } from './model.ts';
import { LOCAL, Pen } from './pen.ts';
import { may, mayWriteFreely, whoseIs } from './rights.ts';
import type { Deed, Role, Thing } from './rights.ts';
import { TagShelf } from './tag_shelf.ts';
import { highlightProblem } from './target.ts';
import { History } from './undo.ts';
import { watch } from './watch.ts';
import type { Changes } from './watch.ts';

/** The origin with which the field for notes writes: its typing is undone on its own, half a second at a time. */
export const NOTES = Symbol('typing in the notes');
const NOTES_GROUP_MS = 500;

export type MarginaliaOptions = Locate & {
  /** The text of the case; it never changes. */
  readonly text: string;
  readonly me: Me;
  /** What the person may do; null, or absent, where nobody judges that. */
  readonly role?: () => Role | null;
  readonly now?: () => number;
  readonly newId?: () => string;
};

export class Marginalia {
  readonly text: string;
  /** For commands that stand in files of their own. */
  readonly pen: Pen;
  /** Undo and redo of commands. */
  readonly history = new History(LOCAL, 0);
  /** Undo and redo of what was typed into the notes here. */
  readonly notesHistory = new History(NOTES, NOTES_GROUP_MS);
  readonly #role: () => Role | null;
  readonly #locate: Locate;
  readonly #highlights: HighlightShelf;
  readonly #comments = new CommentShelf();
  readonly #tags = new TagShelf();
  readonly #notes;
  #unwatch: () => void;

  constructor(doc: Y.Doc, { text, me, role, anchor, paragraphAt, now, newId }: MarginaliaOptions) {
    this.text = text;
    this.#role = role ?? (() => null);
    this.#locate = { anchor, paragraphAt };
    this.pen = new Pen(doc, me, now ?? Date.now, newId ?? (() => crypto.randomUUID()));
    this.#highlights = new HighlightShelf(this.#locate);
    this.#notes = signal(doc.getText('notes'));
    this.#bind(doc);
    this.#unwatch = this.#watch(doc);
  }

  /**
   * Takes over another document of the same case. What both have keeps its signals, so that no card is made anew. The
   * steps of undo are lost, since they belong to the other document: gives whether there were any, so that the page can
   * say so. Rebind whatever holds `notes`.
   */
  rebind(doc: Y.Doc): { undoWasLost: boolean } {
    this.#unwatch();
    this.pen.rebind(doc);
    const undoWasLost = this.#bind(doc);
    this.#unwatch = this.#watch(doc);
    return { undoWasLost };
  }

  /** Lets go of the document. */
  stop(): void {
    this.#unwatch();
    this.history.stop();
    this.notesHistory.stop();
  }

  // Reading. Signals and getters alike can be read in an effect or a component, which then follows them.

  /** Every highlight, orphans included. The map changes only when one comes or goes. */
  get highlights(): ReadonlySignal<ReadonlyMap<string, ReadonlySignal<Highlight>>> {
    return this.#highlights.all;
  }

  /** The highlights that are in the text, by start, then end, then age. */
  get order(): ReadonlySignal<readonly string[]> {
    return this.#highlights.order;
  }

  /** The highlights whose words are not in the text for certain, oldest first. */
  get orphans(): ReadonlySignal<readonly string[]> {
    return this.#highlights.orphans;
  }

  /** The thread of a highlight: one signal for each id, the same for ever. */
  commentsOf(highlightId: string): ReadonlySignal<readonly Comment[]> {
    return this.#comments.of(highlightId);
  }

  /** The tags as shown: those without a group first, then group by group. */
  get tags(): ReadonlySignal<readonly Tag[]> {
    return this.#tags.tags;
  }

  /** Tags that were deleted and can be brought back. */
  get deletedTags(): ReadonlySignal<readonly Tag[]> {
    return this.#tags.deleted;
  }

  get tagGroups(): ReadonlySignal<readonly TagGroup[]> {
    return this.#tags.groups;
  }

  /** The tag of a highlight; null if it has none, or one that is deleted or unknown. */
  tagOf(highlight: Highlight): Tag | null {
    return this.#tags.byId.value.get(highlight.tag ?? '') ?? null;
  }

  /** The shared notes: another text after each `rebind`. */
  get notes(): Y.Text {
    return this.#notes.value;
  }

  /** The person at this page; who signs what is written from now on. */
  get me(): Me {
    return this.pen.me;
  }

  set me(me: Me) {
    this.pen.me = me;
  }

  get canUndo(): ReadonlySignal<boolean> {
    return this.history.canUndo;
  }

  get canRedo(): ReadonlySignal<boolean> {
    return this.history.canRedo;
  }

  /**
   * Whether the page offers this, to one's own thing or another author's. Where nobody judges, it is what annotators may,
   * and everybody changes every tag.
   */
  may(deed: Deed, thing: Thing, authorId: unknown = this.pen.me.id): boolean {
    const role = this.#role();
    const isOpenTag = role === null && thing === 'tag';
    return may(role ?? 'annotate', deed, thing, isOpenTag ? 'common' : whoseIs(thing, authorId, this.pen.me.id));
  }

  mayEdit(thing: Highlight | Comment): boolean {
    return this.may('content', kindOf(thing), thing.authorId);
  }

  mayDelete(thing: Highlight | Comment): boolean {
    return this.may('delete', kindOf(thing), thing.authorId);
  }

  /** Whether the page offers to write the notes and to group tags. */
  get mayWriteFreely(): boolean {
    return mayWriteFreely(this.#role() ?? 'annotate');
  }

  // Commands; those about tags are in `tag_commands.ts`. Each is one transaction and one step of undo. They give the id of
  // what was made, or whether anything was there to be changed; nothing is written where it is null or false.

  /** Null if the place makes no highlight; `highlightProblem` says why. */
  createHighlight({ start, end, tag }: Place & { tag: string | null }): string | null {
    if (highlightProblem(this.text, { start, end }) !== null) {
      return null;
    }
    const id = this.pen.newId();
    this.pen.write(() => this.pen.add({
      root: 'highlights', id, fields: { ...this.#targetFields({ start, end }), tag, ...this.pen.signature() },
    }));
    return id;
  }

  retag(id: string, tag: string | null): boolean {
    return this.#change(id, { tag, edited_at: this.pen.moment() });
  }

  /** Moves a highlight's ends. False too if the place makes no highlight. */
  extend(id: string, start: number, end: number): boolean {
    const isFit = highlightProblem(this.text, { start, end }) === null;
    return isFit && this.#change(id, { ...this.#targetFields({ start, end }), edited_at: this.pen.moment() });
  }

  /** Its comments stay in the document, unseen, and are back when the highlight is. */
  deleteHighlight(id: string): boolean {
    return this.pen.remove('highlights', id);
  }

  resolve(id: string): boolean {
    const { id: resolverId, name } = this.pen.me;
    const resolvedBy = presentable(name, LABEL_CHARS_MAX);
    return this.#change(id, { resolved_at: this.pen.moment(), resolved_by: resolvedBy, resolved_by_id: resolverId });
  }

  reopen(id: string): boolean {
    return this.#change(id, { resolved_at: null, resolved_by: null, resolved_by_id: null });
  }

  /** Null if the comment is blank or too long (`commentProblem`), or the highlight is gone. */
  addComment(highlightId: string, text: string, parentId?: string): string | null {
    if (commentProblem(text) !== null || !this.#highlights.all.peek().has(highlightId)) {
      return null;
    }
    const id = this.pen.newId();
    this.pen.write(() => this.pen.add({
      root: 'comments',
      id,
      fields: { highlight_id: highlightId, parent_id: parentId ?? null, text: commentText(text), ...this.pen.signature() },
    }));
    return id;
  }

  /** False if the comment is gone, or the text is blank or too long. */
  editComment(id: string, text: string): boolean {
    const isFit = this.#comments.written(id) !== null && commentProblem(text) === null;
    return isFit && this.pen.change('comments', id, { text: commentText(text), edited_at: this.pen.moment() });
  }

  /** Replies to it stay. */
  deleteComment(id: string): boolean {
    return this.pen.remove('comments', id);
  }

  undo(): boolean {
    return this.history.undo();
  }

  redo(): boolean {
    return this.history.redo();
  }

  #change(id: string, fields: Parameters<Pen['change']>[2]): boolean {
    return this.#highlights.all.peek().has(id) && this.pen.change('highlights', id, fields);
  }

  #targetFields(place: Place): Record<string, string | number | null> {
    return { ...selectorOf(place, this.text), para: paragraphsOf(place, this.#locate) };
  }

  /** Gives whether steps of undo were lost. */
  #bind(doc: Y.Doc): boolean {
    const { roots } = this.pen;
    return batch(() => {
      this.#notes.value = doc.getText('notes');
      this.#highlights.readAll(roots.highlights);
      this.#comments.readAll(roots.comments);
      this.#tags.read(roots.tags, roots.tag_groups);
      const losses = [this.history.bind(Object.values(roots)), this.notesHistory.bind([this.#notes.peek()])];
      return losses.includes(true);
    });
  }

  #watch(doc: Y.Doc): () => void {
    return watch(doc, this.pen.roots, (changes) => this.#take(changes));
  }

  #take(changes: Changes): void {
    const { roots } = this.pen;
    this.#highlights.read(roots.highlights, changes.get('highlights') ?? []);
    this.#comments.read(roots.comments, changes.get('comments') ?? []);
    if (changes.has('tags') || changes.has('tag_groups')) {
      this.#tags.read(roots.tags, roots.tag_groups);
    }
  }
}

function kindOf(thing: Highlight | Comment): Thing {
  return 'target' in thing ? 'highlight' : 'comment';
}

/** What speaks against posting a text as a comment; null if nothing does. */
export function commentProblem(text: string): 'blank' | 'too_long' | null {
  const comment = commentText(text);
  if (comment.replaceAll(/[\s\p{Cf}]/gu, '') === '') {
    return 'blank';
  }
  // One character more than allowed is left if there were too many.
  return presentable(text.trim(), COMMENT_CHARS_MAX + 1).trim() === comment ? null : 'too_long';
}

function commentText(text: string): string {
  return presentable(text.trim(), COMMENT_CHARS_MAX).trim();
}

// What is read from a document, as the page sees it. Plain values that never change: a changed highlight is a new object,
// an unchanged one stays the same object. How they are stored is `schema.ts`.

import type { Selector, Span } from '../text/anchor.ts';
import type { ColourName, PatternName } from '../text/palette.ts';

/** A stretch of the case text, in UTF-16 units; `start < end`. */
export type Place = Span;

/** What a highlight says of its place: the offsets that were written and the words that must stand there. */
export type Target = Selector;

/** The person at this page. */
export type Me = { readonly id: string; readonly name: string };

/**
 * Who wrote something, and when.
 *
 * `authorId` is null where the writer did not say. Of an imported thing it is whoever imported it (only they may change
 * it), while `author` is the name that stood in the file and proves nothing: say "imported" beside it.
 */
export type Authored = {
  readonly authorId: string | null;
  readonly author: string;
  readonly isImported: boolean;
  /** Milliseconds since the epoch by the author's clock; null if unknown. */
  readonly createdAt: number | null;
  readonly editedAt: number | null;
};

/** One highlight. */
export type Highlight = Authored & {
  readonly id: string;
  /** What was written. For painting and for alignment use `place`. */
  readonly target: Target;
  /** Where it is in the text; null for an orphan, which is listed and never painted. */
  readonly place: Place | null;
  /** The paragraph or paragraphs ("12" or "12–14") that it lies in. */
  readonly para: string | null;
  /** The id of its tag; the tag may be deleted or unknown, then it is shown as having none (`Marginalia.tagOf`). */
  readonly tag: string | null;
  /** When its discussion was resolved; null while it is open. */
  readonly resolvedAt: number | null;
  /** The name of who resolved it. */
  readonly resolvedBy: string | null;
};

/** One comment on a highlight. */
export type Comment = Authored & {
  readonly id: string;
  readonly highlightId: string;
  /** The comment that it answers, if that one is still there. */
  readonly parentId: string | null;
  /** 0 for a comment on the highlight, 1 for a reply to it, and so on without a bound: the page decides how far to indent. */
  readonly depth: number;
  readonly text: string;
};

/** One tag. */
export type Tag = {
  readonly id: string;
  readonly name: string;
  readonly colour: ColourName;
  readonly pattern: PatternName;
  readonly description: string | null;
  /** Its group, if that one exists. */
  readonly group: string | null;
  /** A fractional index among the tags of its group; see `order_key.ts`. */
  readonly order: string;
  /** '1' to '9' and '0' for the first ten as shown, null for the others. */
  readonly hotKey: string | null;
};

/** A heading over tags. */
export type TagGroup = { readonly id: string; readonly name: string; readonly order: string };

/** Someone who has highlighted or commented. */
export type Person = {
  /** What a filter's `person` holds: the author's id, or for imported things a key made of the name. */
  readonly id: string;
  /** The name they last wrote under. */
  readonly name: string;
  readonly isImported: boolean;
  readonly highlights: number;
  readonly comments: number;
};

/** Everything at one moment, for taking it out: highlights in the order of the text with the orphans at the end. */
export type Contents = {
  readonly highlights: readonly Highlight[];
  /** By the id of their highlight, each list in the order of the thread. */
  readonly comments: ReadonlyMap<string, readonly Comment[]>;
  readonly tags: readonly Tag[];
  /** So that a highlight with one of them is not taken for another's after it was imported. */
  readonly deletedTags: readonly Tag[];
  readonly tagGroups: readonly TagGroup[];
};

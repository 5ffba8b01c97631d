// What a filter asks for. `filter.ts` answers it.

/** Stands among the tags of a filter for highlights that are shown without a tag. */
export const NO_TAG = '';

/** What is asked for; conditions add up. */
export type Filter = {
  /** Ids of tags, any of which will do, `NO_TAG` included; empty: all. */
  readonly tags: ReadonlySet<string>;
  /** The id of a `Person` who has made the highlight or commented on it. */
  readonly person: string | null;
  /** What I have made or commented on. */
  readonly mine: boolean;
  /** Whose discussion is not resolved. */
  readonly unresolved: boolean;
  /** Words in the quote or in a comment. */
  readonly query: string;
};

/** The filter that asks for nothing. */
export const EVERYTHING: Filter = { tags: new Set(), person: null, mine: false, unresolved: false, query: '' };

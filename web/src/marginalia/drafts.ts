// Half-typed comments, kept in the browser until they are posted: a reload, a crash or a card that goes away loses no word.
//
// One stored item for each person and case; drafts of others at the same computer are never shown. Where the browser
// refuses to store, they live as long as the page. `old_drafts.ts` forgets them.

import { presentable } from './fields.ts';
import { COMMENT_CHARS_MAX } from './limits.ts';

/** What of the browser's storage is used. */
export type DraftStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** What is being written: a comment on a highlight, a reply to a comment, or a new text for a comment. */
export type DraftOf = { readonly kind: 'comment' | 'reply' | 'edit'; readonly id: string };

/** More cards than anybody leaves half-written; the oldest draft goes first. */
const DRAFTS_MAX = 50;
/** Five full comments: the browser gives five million units to everything of a site. */
const DRAFT_UNITS_MAX = 100_000;
export const PREFIX = 'glossator.drafts.';

type Draft = { readonly text: string; readonly at: number };

export class Drafts {
  readonly #storage: DraftStorage | null;
  readonly #name: string;
  readonly #now: () => number;
  /** What could not be stored. */
  readonly #unstored = new Map<string, Draft>();

  constructor(storage: DraftStorage | null, { user, caseId }: { user: string; caseId: string }, now: () => number = Date.now) {
    this.#storage = storage;
    this.#name = draftsName(user, caseId);
    this.#now = now;
  }

  /** The draft, '' if there is none. */
  read(what: DraftOf): string {
    const key = keyOf(what);
    return (this.#unstored.get(key) ?? this.#load().get(key))?.text ?? '';
  }

  /** All that is half-written about any of these highlights and comments. */
  about(ids: readonly string[]): string[] {
    const all = new Map([...this.#load(), ...this.#unstored]);
    return [...all].flatMap(([key, { text }]) => (ids.includes(key.slice(key.indexOf(':') + 1)) ? [text] : []));
  }

  /** Keeps a draft; a blank one is forgotten. */
  write(what: DraftOf, text: string): void {
    const key = keyOf(what);
    this.#unstored.delete(key);
    const drafts = this.#load();
    drafts.delete(key);
    if (text.trim() !== '') {
      drafts.set(key, { text: presentable(text, COMMENT_CHARS_MAX), at: this.#now() });
    }
    const kept = bounded(drafts);
    if (!this.#store(kept)) {
      const draft = kept.get(key);
      if (draft !== undefined) {
        this.#unstored.set(key, draft);
      }
    }
  }

  /** To be called when it was posted or thrown away. */
  forget(what: DraftOf): void {
    this.write(what, '');
  }

  /** Read anew each time: another tab may have written meanwhile. */
  #load(): Map<string, Draft> {
    return parse(attempt(() => this.#storage?.getItem(this.#name) ?? null) ?? null);
  }

  #store(drafts: ReadonlyMap<string, Draft>): boolean {
    const storage = this.#storage;
    if (storage === null) {
      return false;
    }
    const isStored = attempt(() => {
      if (drafts.size === 0) {
        storage.removeItem(this.#name);
      } else {
        storage.setItem(this.#name, JSON.stringify(Object.fromEntries(drafts)));
      }
      return true;
    });
    return isStored ?? false;
  }
}

/** What a person's drafts in a case are stored as. */
export function draftsName(user: string, caseId: string): string {
  return `${PREFIX}${encodeURIComponent(user)}/${encodeURIComponent(caseId)}`;
}

function keyOf({ kind, id }: DraftOf): string {
  return `${kind}:${id}`;
}

/** The newest drafts that fit. */
function bounded(drafts: ReadonlyMap<string, Draft>): Map<string, Draft> {
  let units = 0;
  const newest = [...drafts].sort(([, a], [, b]) => b.at - a.at).slice(0, DRAFTS_MAX);
  return new Map(newest.filter(([, { text }]) => (units += text.length) <= DRAFT_UNITS_MAX).toReversed());
}

/** What is stored may be another version's, or damaged: whatever is no draft is left out. */
export function parse(stored: string | null): Map<string, Draft> {
  const value: unknown = attempt(() => JSON.parse(stored ?? '{}') as unknown);
  const drafts = new Map<string, Draft>();
  for (const [key, draft] of typeof value === 'object' && value !== null ? Object.entries(value) : []) {
    const { text, at } = (draft ?? {}) as { text?: unknown; at?: unknown };
    if (typeof text === 'string' && typeof at === 'number') {
      drafts.set(key, { text, at });
    }
  }
  return drafts;
}

/** Browsers throw where storage is full or forbidden; then there is none. */
export function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

// What the host says of earlier states, and how that is put. Pure.

/** One state that is kept. */
export type Version = {
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The id of whoever wrote last, and what they are called; null where that is not known. */
  readonly lastEditor: string | null;
  readonly byName: string | null;
  readonly highlights: number;
  /** Null where nobody has counted them yet. */
  readonly comments: number | null;
  readonly isCurrent: boolean;
};

/** Reads the host's list; what makes no sense is left out. */
export function readVersions(value: unknown): readonly Version[] {
  const { versions } = (value ?? {}) as { versions?: unknown };
  return Array.isArray(versions) ? versions.map(readVersion).filter((version) => version !== null) : [];
}

function readVersion(value: unknown): Version | null {
  const { version, at, last_editor: editor, by_name: name, highlights, comments, is_current: isCurrent } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const moment = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  if (typeof version !== 'number' || typeof highlights !== 'number' || Number.isNaN(moment)) {
    return null;
  }
  return {
    version,
    at: moment,
    lastEditor: wordsOr(editor),
    byName: wordsOr(name),
    highlights,
    comments: typeof comments === 'number' ? comments : null,
    isCurrent: isCurrent === true,
  };
}

function wordsOr(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** What a state has more or less than the one before it. */
export function whatDiffers({ highlights, comments }: Version, before: Version | undefined): string {
  const ofHighlights = countWords(highlights, before?.highlights ?? null, 'annotation');
  return comments === null ? `${ofHighlights}.` : `${ofHighlights}. ${countWords(comments, before?.comments ?? null, 'comment')}.`;
}

function countWords(count: number, before: number | null, word: string): string {
  const total = amountWords(count, word);
  const more = count - (before ?? count);
  return more === 0 ? total : `${total}, ${Math.abs(more)} ${more > 0 ? 'more' : 'fewer'} than before`;
}

/** "1 tag", "3 tags"; `none` for no one. */
export function amountWords(count: number, word: string, none = `no ${word}s`): string {
  return count === 0 ? none : `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** Why there is no list; `status` is null where nobody answered. */
export function problemOf(status: number | null): string {
  switch (status) {
    case 401:
      return 'Sign in to see earlier versions: they are shown to a case’s owners only.';
    case 404:
      return 'Earlier versions are shown to a case’s owners, and kept only for a while.';
    default:
      return 'Earlier versions cannot be had at the moment. Nothing is lost; try again in a minute.';
  }
}

// What screen readers are told of others' work: counted for a while and said in one sentence. Pure.

/** What others have done since the last sentence. */
export type Tidings = { highlights: number; comments: number; joined: readonly string[]; left: readonly string[] };

export const NO_TIDINGS: Tidings = { highlights: 0, comments: 0, joined: [], left: [] };

/**
 * Who is told of within so long of one's own coming was there before, or came back together with oneself: a room that has
 * slept tells within 5 s what is said to it again (PR6).
 */
export const SETTLING_MS = 6_000;

/** The others who are here, as far as their coming and going is news. */
export class Company {
  #known: ReadonlySet<string> = new Set();
  #newsFrom = Infinity;

  /** Who came and who left, now that these others are seen; null: nobody. Without a connection nobody is seen, and nobody has left. */
  after(others: readonly string[], isLive: boolean, nowMs: number): Pick<Tidings, 'joined' | 'left'> | null {
    const before = this.#known;
    const now = new Set(others);
    this.#known = now;
    this.#newsFrom = isLive ? Math.min(this.#newsFrom, nowMs + SETTLING_MS) : Infinity;
    const joined = others.filter((name) => !before.has(name));
    const left = [...before].filter((name) => !now.has(name));
    return nowMs < this.#newsFrom || joined.length + left.length === 0 ? null : { joined, left };
  }
}

/** One sentence for what happened, or null if nothing did. */
export function tidingsWords({ highlights, comments, joined, left }: Tidings): string | null {
  const parts: string[] = [];
  if (highlights > 0) {
    parts.push(highlights === 1 ? '1 new annotation' : `${highlights} new annotations`);
  }
  if (comments > 0) {
    parts.push(comments === 1 ? '1 new comment' : `${comments} new comments`);
  }
  if (joined.length > 0) {
    parts.push(`${names(joined)} joined`);
  }
  if (left.length > 0) {
    parts.push(`${names(left)} left`);
  }
  return parts.length === 0 ? null : `${parts.join(', ')}.`;
}

/** Adds what happened next to what happened before; who came and went is not mentioned. */
export function addTidings(before: Tidings, next: Partial<Tidings>): Tidings {
  const joined = [...before.joined, ...(next.joined ?? [])];
  const left = [...before.left, ...(next.left ?? [])];
  return {
    highlights: before.highlights + (next.highlights ?? 0),
    comments: before.comments + (next.comments ?? 0),
    joined: joined.filter((name) => !left.includes(name)),
    left: left.filter((name) => !joined.includes(name)),
  };
}

function names(list: readonly string[]): string {
  return list.length > 2 ? `${list.length} people` : list.join(' and ');
}

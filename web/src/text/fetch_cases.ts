// Asking the edge for cases and texts. Nothing here throws: what may come back is in the types. Absent is what the edge
// says in so many words; any other failure, a bare 404 of something in between included, is unreadable.

import { CASE_KINDS, decodeCaseText, WORDS_MAX, type CaseKind, type CaseText } from './case_text.ts';
import { Members, NotACaseError } from './members.ts';

/** What a list of cases shows of one. */
export type CaseHead = {
  readonly id: string;
  readonly title: string;
  readonly kind: CaseKind;
  readonly summary: string | null;
  readonly paragraphs: number;
  /** The SHA-256 of the text's bytes, in hexadecimal: its address. */
  readonly text: string;
  readonly sample: boolean;
  readonly createdAt: string | null;
  /** Whether people appear under pseudonyms there, and one may ask who they are. */
  readonly names: boolean;
};

/** Absent and unreadable are different answers; `why` is a clause in words for the reader. */
export type Answer<Found> =
  | ({ readonly answer: 'found' } & Found)
  | { readonly answer: 'absent' }
  /** Nobody is signed in, and nothing but samples is there for nobody. */
  | { readonly answer: 'signed_out' }
  | { readonly answer: 'unreadable'; readonly why: string };

/** How to ask: the browser's own way, unless a test has another. */
export type Fetch = (address: string, options: { signal: AbortSignal }) => Promise<Response>;

/** A long text on a slow line. */
const PATIENCE_MS = 30_000;
const CASE_ID = /^[A-Za-z0-9._~-]{1,255}$/;
const HASH = /^[0-9a-f]{64}$/;

/** The head of one case. */
export function fetchCaseHead(id: string, ask: Fetch = fetch): Promise<Answer<{ head: CaseHead }>> {
  if (!CASE_ID.test(id)) {
    return Promise.resolve({ answer: 'absent' });
  }
  return answerOf(ask, `/api/cases/${encodeURIComponent(id)}`, async (bytes) => ({ head: decodeHead(parse(bytes)) }));
}

/** A text by its hash, which what arrives must have. */
export function fetchText(hash: string, ask: Fetch = fetch): Promise<Answer<{ text: CaseText }>> {
  if (!HASH.test(hash)) {
    return Promise.resolve({ answer: 'absent' });
  }
  return answerOf(ask, `/texts/${hash}.json`, async (bytes) => {
    const found = await sha256(bytes);
    if (found !== null && found !== hash) {
      throw new NotACaseError(`the text has the hash ${found}`);
    }
    return { text: decodeCaseText(parse(bytes)) };
  });
}

/** Asks, and reads what comes. */
export async function answerOf<Found extends object>(
  ask: Fetch,
  address: string,
  read: (bytes: ArrayBuffer) => Promise<Found>,
): Promise<Answer<Found>> {
  try {
    const response = await ask(address, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const bytes = await response.arrayBuffer();
    if (response.status === 404 && isOurAnswer(bytes)) {
      return { answer: 'absent' };
    }
    if (response.status === 401) {
      return { answer: 'signed_out' };
    }
    if (!response.ok) {
      return { answer: 'unreadable', why: `the server answered with status ${response.status}` };
    }
    return { answer: 'found', ...(await read(bytes)) };
  } catch (error) {
    if (error instanceof NotACaseError) {
      return { answer: 'unreadable', why: `what the server sent is damaged or not a case (${error.message})` };
    }
    return { answer: 'unreadable', why: 'the server could not be reached' };
  }
}

/** Whether a refusal is the edge's own word: `{"error": words}`. */
function isOurAnswer(bytes: ArrayBuffer): boolean {
  try {
    return new Members(parse(bytes), 'the answer').has('error');
  } catch {
    return false;
  }
}

export function decodeHead(value: unknown): CaseHead {
  const source = new Members(value, 'the head of a case');
  return {
    id: source.matching('id', CASE_ID),
    title: source.string('title', WORDS_MAX),
    kind: source.oneOf('kind', CASE_KINDS),
    summary: source.optional('summary', WORDS_MAX),
    paragraphs: source.member('paragraphs', 'a number', (paragraphs) => typeof paragraphs === 'number'),
    text: source.matching('text', HASH),
    sample: source.member('sample', 'true or false', (sample) => typeof sample === 'boolean'),
    createdAt: source.optional('created_at', WORDS_MAX),
    names: source.has('names'),
  };
}

export function parse(bytes: ArrayBuffer): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return value;
  } catch {
    throw new NotACaseError('it is not JSON in UTF-8');
  }
}

/** Null where the browser does not offer it: outside of secure contexts. */
async function sha256(bytes: ArrayBuffer): Promise<string | null> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (subtle === undefined) {
    return null;
  }
  return [...new Uint8Array(await subtle.digest('SHA-256', bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

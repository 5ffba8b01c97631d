// Asking the edge for cases and texts.
import type { CaseKind, CaseText } from './case_text.ts';

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
};

/** Absent and unreadable are different answers; `why` is a clause in words for the reader. */
export type Answer<Found> =
  | ({ readonly answer: 'found' } & Found)
  | { readonly answer: 'absent' }
  | { readonly answer: 'unreadable'; readonly why: string };

/** The list of cases. Never throws. */
export declare function fetchCases(): Promise<Answer<{ cases: CaseHead[] }>>;
/** The head of one case. Never throws. */
export declare function fetchCaseHead(id: string): Promise<Answer<{ head: CaseHead }>>;
/** A text by its hash, which what arrives must have. Never throws. */
export declare function fetchText(hash: string): Promise<Answer<{ text: CaseText }>>;

// Comparing words as a reader does: capitals, accents, curly quotes and kinds of spaces make no difference. Folded text is
// as long as it gets (ß becomes ss, an accent nothing), so a folded text knows where its units came from.

import { splitsPair } from '../text/anchor.ts';
import type { Place } from './model.ts';

/** Matches of one search: more than anybody steps through. */
export const MATCHES_MAX = 2_000;
/** The longest query; the rest is ignored. */
const QUERY_UNITS_MAX = 200;

const PLAIN: Readonly<Record<string, string>> = {
  '‘': "'", '’': "'", '‚': "'", 'ʼ': "'", '“': '"', '”': '"', '„': '"', '«': '"', '»': '"',
  '‐': '-', '‑': '-', '‒': '-', '–': '-', '—': '-', '−': '-', '…': '...', 'ı': 'i',
};

/** Each character by itself; plain letters, which most are, at one go: a search folds every comment of a case. */
export function fold(text: string): string {
  return text.replaceAll(/[^ -~]/gu, (character) => foldCharacter(character)).toLowerCase();
}

/** A query as it is looked for: folded, with single spaces, cut to what anybody would type. */
export function foldQuery(query: string): string {
  return fold(query.slice(0, QUERY_UNITS_MAX)).replaceAll(/ +/g, ' ').trim();
}

/** A stretch of a text, folded, and for each unit of that where the character that it came from starts. */
type Folded = { readonly folded: string; readonly origins: readonly number[] };

/** A piece of a long text: folded within milliseconds. */
const PIECE_UNITS = 32_000;

/** A text to be searched more than once. */
export class FoldedText {
  readonly #text: string;
  readonly #folded: string;
  readonly #origins: Uint32Array;

  constructor(text: string, pieces: readonly Folded[] = [foldPiece(text, 0, text.length)]) {
    this.#text = text;
    this.#folded = pieces.map(({ folded }) => folded).join('');
    this.#origins = new Uint32Array(this.#folded.length);
    let at = 0;
    for (const { origins } of pieces) {
      this.#origins.set(origins, at);
      at += origins.length;
    }
  }

  /** Folds a text that may be long: piece by piece, with a pause behind each, since whatever else waits goes first. */
  static async inPieces(text: string, pause: () => Promise<void>): Promise<FoldedText> {
    const pieces: Folded[] = [];
    for (let start = 0; start < text.length; ) {
      const end = Math.min(text.length, start + PIECE_UNITS);
      const isWhole = !splitsPair(text, end);
      pieces.push(foldPiece(text, start, isWhole ? end : end - 1));
      start = isWhole ? end : end - 1;
      await pause();
    }
    return new FoldedText(text, pieces);
  }

  /** Where a query stands in the text, in order and without overlaps, as whole characters with their accents. */
  find(query: string, most = MATCHES_MAX): Place[] {
    const sought = foldQuery(query);
    const places: Place[] = [];
    if (sought === '') {
      return places;
    }
    let before = 0;
    for (let at = this.#folded.indexOf(sought); at >= 0 && places.length < most; at = this.#folded.indexOf(sought, at + sought.length)) {
      const start = this.#origins[at] ?? 0;
      // An s stands twice in what ß becomes, and yet there is one ß.
      if (start >= before) {
        before = this.#endOf(at + sought.length - 1);
        places.push({ start, end: before });
      }
    }
    return places;
  }

  /** Where the character ends that a folded unit came from, and the accents that follow it. */
  #endOf(unit: number): number {
    const start = this.#origins[unit] ?? 0;
    const rest = this.#text.slice(start, start + 64);
    return start + (/^.\p{M}*/su.exec(rest)?.[0].length ?? 1);
  }
}

function foldPiece(text: string, start: number, end: number): Folded {
  const pieces: string[] = [];
  const origins: number[] = [];
  // Plain letters are most of any text and keep their length: they are folded by the run.
  for (const { 0: run, index } of text.slice(start, end).matchAll(/[ -~]+|[^ -~]/gu)) {
    const isPlain = /^[ -~]/.test(run);
    const folded = isPlain ? run.toLowerCase() : foldCharacter(run);
    pieces.push(folded);
    for (let unit = 0; unit < folded.length; unit += 1) {
      origins.push(start + (isPlain ? index + unit : index));
    }
  }
  return { folded: pieces.join(''), origins };
}

function foldCharacter(character: string): string {
  if (character <= '~') {
    return character >= ' ' ? character.toLowerCase() : ' ';
  }
  const plain = PLAIN[character];
  if (plain !== undefined) {
    return plain;
  }
  if (/\s/.test(character)) {
    return ' ';
  }
  // Capitals first: they spell out what has no single small form, such as ß and the final sigma.
  return character.normalize('NFKD').replaceAll(/[\p{M}\p{Cf}]/gu, '').toUpperCase().toLowerCase();
}

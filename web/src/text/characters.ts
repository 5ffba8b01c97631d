// Characters and their borders, as readers see them. Pure.

import type { Span } from './anchor.ts';
import { splitsPair } from './anchor.ts';

const COMBINING = /^[\p{M}\u200D\uFE0F]/u;

const graphemes = typeof Intl.Segmenter === 'function' ? new Intl.Segmenter(undefined, { granularity: 'grapheme' }) : null;

/** Leaves out the white space at both ends; null if nothing is left. */
export function trimSpan(text: string, { start, end }: Span): Span | null {
  const words = text.slice(start, end);
  const from = start + words.length - words.trimStart().length;
  const to = start + words.trimEnd().length;
  return from < to ? { start: from, end: to } : null;
}

/** The smallest stretch of whole characters around one. `within` must hold it and begin and end between characters. */
export function wholeCharacters(text: string, span: Span, within: { start: Span; end: Span }): Span {
  return {
    start: characterAt(text, span.start, within.start).start,
    // The end of a stretch is the end of the character that its last unit is in.
    end: characterAt(text, span.end - 1, within.end).end,
  };
}

function characterAt(text: string, unit: number, within: Span): Span {
  const found = graphemes?.segment(text.slice(within.start, within.end)).containing(unit - within.start);
  let start = within.start + (found?.index ?? unit - within.start);
  let end = start + (found?.segment.length ?? 1);
  if (found === undefined) {
    while (start > within.start && continues(text, start)) {
      start -= 1;
    }
    while (end < within.end && continues(text, end)) {
      end += 1;
    }
  }
  return { start, end };
}

/** Without Intl.Segmenter: whether a character goes on at an offset. */
function continues(text: string, offset: number): boolean {
  return splitsPair(text, offset) || COMBINING.test(text.slice(offset, offset + 2)) || text.charCodeAt(offset - 1) === 0x200d;
}

// Sentences, as lawyers write them. Pure.

import type { Span } from './anchor.ts';
import { trimSpan } from './characters.ts';

// ICU ends a sentence after these when a capital or a figure follows. Law is full of them.
const ABBREVIATION =
  /(?:^|[\s([“‘"'])(?:Mr|Mrs|Ms|Dr|Prof|Hon|St|Rev|No|Nos|v|vs|s|ss|r|rr|c|cl|cls|art|arts|Art|para|paras|pp?|reg|Reg|sch|Sch|ch|Ch|vol|ed|cf|Cf|e\.g|i\.e|Inc|Ltd|Co|Corp|LJ|J|[A-Z])\.\s*$/u;

const sentences = typeof Intl.Segmenter === 'function' ? new Intl.Segmenter(undefined, { granularity: 'sentence' }) : null;

/** The sentence around an offset within a block, without white space at its ends. Never ends after "Mr." or "s." */
export function sentenceAt(text: string, offset: number, block: Span): Span {
  let start = block.start;
  for (const end of sentenceEnds(text.slice(block.start, block.end))) {
    // Behind the last sentence, as the caret may be, is in it.
    if (block.start + end > offset || block.start + end === block.end) {
      return trimSpan(text, { start, end: block.start + end }) ?? block;
    }
    start = block.start + end;
  }
  return block;
}

function sentenceEnds(words: string): number[] {
  const found = sentences === null ? words.matchAll(/[^.!?]*[.!?]*\s*/gu) : sentences.segment(words);
  const ends: number[] = [];
  let sentence = '';
  for (const part of found) {
    sentence += 'segment' in part ? part.segment : part[0];
    const end = part.index + ('segment' in part ? part.segment : part[0]).length;
    if (end === words.length || !ABBREVIATION.test(sentence.slice(-20))) {
      ends.push(end);
      sentence = '';
    }
  }
  return ends;
}

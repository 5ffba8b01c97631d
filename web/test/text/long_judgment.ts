// A long judgment for budgets: 426,000 UTF-16 units in about 5,000 text nodes, the same in every run. And highlights on it.

import { selectorOf, type Selector } from '../../src/text/anchor.ts';
import { COLOURS, PATTERNS, type HighlightStyle } from '../../src/text/palette.ts';
import { CaseWriter, numbers, pick, type RawCase } from './seeded.ts';

export const LONG_JUDGMENT_UNITS = 426_000;

const WORDS =
  'the of the tribunal and a to in that the claimant was for on it defendant as by contract evidence which had been court found whether duty upon reasonable notice carriage vessel terms clause breach owed no such party relied submission fact law appeal order question at first instance held agreed witness statement harbour pilot light cargo damage foreseeable because however therefore accepted rejected'.split(
    ' ',
  );
const SPICE = ['Ärzte', '😀', 'שלום עולם', 'العدالة', 'cafe\u0301', '𝑝 < 0.05', '§ 12(3)', '“so-called”', '🇨🇭'];

/** The judgment, as the edge would serve it. */
export function longJudgment(): RawCase {
  const random = numbers(1);
  const writer = new CaseWriter();
  let number = 0;
  writer.add('part', 'Judgment');
  while (writer.length < LONG_JUDGMENT_UNITS - 1_000) {
    number += 1;
    if (number % 40 === 1) {
      writer.add('heading', `${titled(sentence(random, 4))} and its consequences`);
    }
    writer.add('paragraph', paragraph(random, number), { number: String(number) });
    if (number % 7 === 0) {
      writer.add('quotation', paragraph(random, number));
    }
    if (number % 11 === 0) {
      ['(a)', '(b)', '(c)'].forEach((marker) => writer.add('item', sentence(random, 14), { marker }));
    }
  }
  for (const note of [1, 2, 3]) {
    writer.add('note', `See ${sentence(random, 8)}.`, { number: String(note) });
  }
  return writer.done({ title: 'Long v Longer', summary: 'A judgment that is as long as the longest.', lang: 'en' });
}

/** Highlights in their stored form, spread over a text; about one in five overlaps another. */
export function spreadHighlights(text: string, count: number): (Selector & HighlightStyle & { id: string })[] {
  const random = numbers(2);
  return Array.from({ length: count }, (_, index) => {
    const about = Math.floor((index * (text.length - 3_000)) / count) + random(400);
    const start = text.indexOf(' ', about) + 1;
    const wanted = start + 20 + random(index % 10 === 0 ? 2_500 : 300);
    const space = text.lastIndexOf(' ', wanted);
    const end = space > start ? space : wanted;
    const style = { colour: pick(COLOURS, random), pattern: pick(PATTERNS, random) };
    return { id: `highlight-${index}`, ...selectorOf({ start, end }, text), ...style };
  });
}

function paragraph(random: (bound: number) => number, number: number): string {
  const sentences = Array.from({ length: 3 + random(4) }, () => `${titled(sentence(random, 12 + random(14)))}.`);
  const reference = number > 3 ? ` See [p${1 + random(number - 1)}] above.` : '';
  const note = number % 100 === 50 ? `[n${(number - 50) / 100 + 1}]` : '';
  return `${sentences.join(' ')}${note}${reference}`;
}

function sentence(random: (bound: number) => number, words: number): string {
  return Array.from({ length: words }, () => {
    const word = random(60) === 0 ? pick(SPICE, random) : pick(WORDS, random);
    return random(45) === 0 ? `*${word}*` : word;
  }).join(' ');
}

function titled(words: string): string {
  return words.replace(/^[a-z]/u, (letter) => letter.toUpperCase());
}

// What must hold of both painters alike.

import { decodeCaseText } from '../../../src/text/case_text.ts';
import { createPainter } from '../../../src/text/create_painter.ts';
import type { Painter } from '../../../src/text/painter.ts';
import { nextOf } from '../../../src/text/painter.ts';
import { lookName } from '../../../src/text/looks.ts';
import { COLOURS, LINES, PATTERNS } from '../../../src/text/palette.ts';
import { renderText } from '../../../src/text/render.ts';
import type { TextView } from '../../../src/text/text_view.ts';
import { longJudgment, spreadHighlights } from '../long_judgment.ts';
import { CaseWriter, hardCase, numbers, pick } from '../seeded.ts';
import { drawn, equal, holds, withArticle, type Claim } from '../../browser/check.ts';

const AMBER = { colour: 'amber', pattern: 'solid' } as const;
const TEAL = { colour: 'teal', pattern: 'wavy' } as const;
const SENTENCE = 'One two *three four* five six seven.';

type Way = 'ranges' | 'marks';

export const painterClaims: readonly Claim[] = [
  ...claimsOf('ranges'),
  ...claimsOf('marks'),
  {
    name: 'what is painted before the script for marks is there is seen when it comes, as it is then',
    check: () =>
      withArticle(async (article) => {
        const view = renderText(article, decodeCaseText(shortCase()));
        const painter = painterOf('marks', view);
        painter.set('stays', 0, 7, AMBER);
        painter.set('goes', 8, 13, AMBER);
        painter.set('moves', 8, 13, AMBER);
        painter.set('moves', 19, 27, TEAL);
        painter.remove('goes');
        painter.setActive('stays');
        equal([painter.at(...middleOf(view, 2)), view.root.querySelectorAll('mark').length], [['stays'], 0], 'before');
        await drawn();
        const marks = [...view.root.querySelectorAll('mark')].map((mark) => [mark.textContent, mark.className]);
        equal(marks, [['One two', 'g-mark g-amber-solid-0 g-active'], ['five six', 'g-mark g-teal-wavy-0']], 'then');
        painter.destroy();
      }),
  },
  {
    name: 'a painter that is destroyed before the script for marks is there paints nothing',
    check: () =>
      withArticle(async (article) => {
        const view = renderText(article, decodeCaseText(shortCase()));
        const painter = painterOf('marks', view);
        painter.set('a', 0, 7, AMBER);
        painter.destroy();
        await drawn();
        painter.set('b', 0, 7, AMBER);
        equal(view.root.querySelectorAll('mark').length, 0, 'marks');
      }),
  },
  {
    name: 'ranges that are far away are painted when they come near, and on paper',
    check: () =>
      withArticle(async (article) => {
        const view = renderText(article, decodeCaseText(longJudgment()));
        const painter = painterOf('ranges', view);
        const highlights = spreadHighlights(view.text, 190);
        const [first, last] = [highlights[0], highlights.at(-1)];
        holds(first !== undefined && last !== undefined, 'there are highlights');
        const areFew = async (about: string): Promise<void> => {
          await settled();
          const { size } = new Set([...CSS.highlights.values()].flatMap((layer) => [...layer]));
          holds(size > 0 && size <= 60, `${about}: ${size} ranges are painted`);
        };
        for (const each of highlights) {
          painter.set(each.id, each.start, each.end, each);
        }
        await areFew('at the beginning');
        equal([first, last].map((each) => isPainted(view, each)), [true, false], 'at the beginning');
        // Restyled or moved, it is as far away as before.
        painter.setActive(last?.id ?? '');
        equal(isPainted(view, last), false, 'restyled far away');
        view.elementOf(view.blockAt(last?.start ?? 0)?.id ?? '')?.scrollIntoView();
        await areFew('at the end');
        equal([first, last].map((each) => isPainted(view, each)), [false, true], 'at the end');
        equal(CSS.highlights.get('g-active')?.size, 1, 'the active one is active when it comes near');
        dispatchEvent(new Event('beforeprint'));
        equal(highlights.filter((each) => !isPainted(view, each)), [], 'not on paper');
        dispatchEvent(new Event('afterprint'));
        await areFew('afterwards');
        painter.destroy();
        equal([...CSS.highlights.values()].reduce((sum, layer) => sum + layer.size, 0), 0, 'ranges left');
      }),
  },
  {
    name: 'the page’s choice of a theme goes before the system’s',
    check: () => {
      const { dataset } = document.documentElement;
      for (const [theme, index] of [['light', 0], ['dark', 1]] as const) {
        dataset['theme'] = theme;
        const style = getComputedStyle(document.documentElement);
        equal(COLOURS.map((colour) => style.getPropertyValue(`--g-${colour}`)), COLOURS.map((colour) => LINES[colour][index]), theme);
      }
      delete dataset['theme'];
    },
  },
];

/** The painter of a browser that has what a way needs, and no better. */
function painterOf(way: Way, view: TextView): Painter {
  const { Highlight } = globalThis;
  if (way === 'marks') {
    Object.assign(globalThis, { Highlight: undefined });
  }
  try {
    return createPainter(view, () => {});
  } finally {
    Object.assign(globalThis, { Highlight });
  }
}

/** How a highlight is seen that has coats of some names: on its layer, or on a mark. */
function styleOf(way: Way, view: TextView, names: string): CSSStyleDeclaration {
  if (way === 'ranges') {
    // As elements in the text inherit it.
    return getComputedStyle(view.elementOf('p1')?.querySelector('.t-body') ?? view.root, `::highlight(${names})`);
  }
  const mark = document.createElement('mark');
  mark.className = `g-mark ${names}`;
  view.root.replaceChildren(mark);
  return getComputedStyle(mark);
}

function claimsOf(way: Way): Claim[] {
  const claim = (name: string, check: (view: TextView, painter: Painter) => void | Promise<void>, source?: unknown): Claim => ({
    name: `painted by ${way}, ${name}`,
    check: () =>
      withArticle(async (article) => {
        const view = renderText(article, decodeCaseText(source ?? shortCase()));
        const nodes = textNodesIn(view);
        const painter = painterOf(way, view);
        // The script for marks is fetched.
        await drawn();
        try {
          await check(view, painter);
        } finally {
          painter.destroy();
        }
        equal(view.root.querySelectorAll('mark').length, 0, 'marks left');
        equal([...CSS.highlights.values()].reduce((sum, layer) => sum + layer.size, 0), 0, 'ranges left');
        equal(textNodesIn(view), nodes, 'text nodes');
      }),
  });
  const looks: Claim = {
    name: `painted by ${way}, every look has its colour, its pattern and its level`,
    check: () =>
      withArticle(async (article) => {
        const view = renderText(article, decodeCaseText(shortCase()));
        const painter = painterOf(way, view);
        await drawn();
        for (const colour of COLOURS) {
          for (const pattern of PATTERNS) {
            for (const [level, offset] of [0.16, 0.33, 0.5].entries()) {
              const look = lookName({ colour, pattern }, level);
              const style = styleOf(way, view, look);
              const size = Number.parseFloat(getComputedStyle(view.root).fontSize);
              equal([style.textDecorationLine, style.textDecorationStyle, style.textDecorationSkipInk], ['underline', pattern, 'none'], look);
              equal([style.textDecorationColor, style.backgroundColor].map(hexOf), [LINES[colour][0], LINES[colour][1]], look);
              holds(Math.abs(Number.parseFloat(style.textUnderlineOffset) - size * offset) < 0.01, `${look}: ${style.textUnderlineOffset}`);
            }
          }
        }
        const dimmed = styleOf(way, view, 'g-dimmed');
        equal([dimmed.textDecorationStyle, hexOf(dimmed.backgroundColor)], ['dotted', '#000000'], 'dimmed');
        const active = styleOf(way, view, way === 'ranges' ? 'g-active' : 'g-amber-wavy-0 g-active');
        holds(active.textDecorationLine.includes('overline'), `the active one: ${active.textDecorationLine}`);
        painter.destroy();
      }),
  };
  return [
    looks,
    claim('highlights at a point come smallest first, and of equal ones the newest', (view, painter) => {
      painter.set('long', 0, 30, AMBER);
      painter.set('old', 8, 18, AMBER);
      painter.set('new', 8, 18, TEAL);
      painter.set('short', 8, 13, AMBER);
      equal(painter.at(...middleOf(view, 10)), ['short', 'new', 'old', 'long'], 'in "three"');
      equal(painter.at(...middleOf(view, 15)), ['new', 'old', 'long'], 'in "four"');
      equal(painter.at(...middleOf(view, 1)), ['long'], 'in "One"');
      equal(painter.at(...middleOf(view, 32)), [], 'behind them');
    }),
    claim('a point beside the text has no highlights', (view, painter) => {
      painter.set('all', 0, view.text.length, AMBER);
      const { left, right, top } = boxOf(view, 0, view.text.length);
      equal(painter.at(right + 200, top + 5), [], 'right of a line');
      equal(painter.at(Math.max(1, left - 40), top + 5), [], 'in the margin');
      equal(painter.at(left + 5, Math.max(1, top - 60)), [], 'above');
    }),
    claim('clicks at one place go round', (view, painter) => {
      painter.set('a', 0, 20, AMBER);
      painter.set('b', 4, 12, TEAL);
      const ids = painter.at(...middleOf(view, 6));
      equal([null, 'b', 'a', 'elsewhere'].map((active) => nextOf(ids, active)), ['b', 'a', 'b', 'b']);
    }),
    claim('a highlight moves, and is where it was moved to', (view, painter) => {
      painter.set('a', 0, 7, AMBER);
      painter.set('a', 19, 27, TEAL);
      equal(painter.at(...middleOf(view, 2)), [], 'where it was');
      equal(painter.at(...middleOf(view, 21)), ['a'], 'where it is');
      painter.remove('a');
      painter.remove('a');
      equal(painter.at(...middleOf(view, 21)), [], 'when removed');
      equal(painter.topOf('a'), null, 'its place');
    }),
    claim('the top is that of the words, over several paragraphs', (view, painter) => {
      painter.set('a', 4, view.text.length, AMBER);
      equal(painter.topOf('a'), boxOf(view, 4, 5).top, 'the top');
    }),
    claim('states of a highlight that is painted later are kept', (view, painter) => {
      painter.setActive('late');
      painter.setDimmed(new Set(['late']));
      painter.set('late', 0, 7, AMBER);
      equal(painter.at(...middleOf(view, 2)), ['late']);
      painter.setDimmed(new Set());
      painter.setActive(null);
      painter.setHovered('late');
      painter.flash('late');
    }),
    claim('offsets stay what they are whatever is painted and taken away', (view, painter) => paintAtRandom(view, painter), hardCase(5)),
    claim('offsets stay what they are in a longer text', (view, painter) => paintAtRandom(view, painter), longCase()),
    claim('the selection of the reader stays', async (view, painter) => {
      painter.set('before', 20, 25, AMBER);
      const range = view.rangeOf(4, 16);
      const selection = document.getSelection();
      selection?.setBaseAndExtent(range?.endContainer ?? document, range?.endOffset ?? 0, range?.startContainer ?? document, range?.startOffset ?? 0);
      // The browser tells of a changed selection later.
      await drawn();
      for (const change of [
        () => painter.set('a', 0, 10, AMBER),
        () => painter.set('b', 6, 30, TEAL),
        () => painter.remove('a'),
        () => painter.remove('b'),
      ]) {
        change();
        equal(selection?.toString(), 'two three fo', 'what is selected');
        equal(selection === null ? null : view.offsetsOf(selection.getRangeAt(0)), { start: 4, end: 16 }, 'where');
        equal(selection?.anchorNode === selection?.getRangeAt(0).endContainer, true, 'selected backward');
      }
    }),
    claim(
      'one more highlight costs as many nodes at 190 as at none',
      async (view, painter) => {
        const style = { colour: 'plum', pattern: 'dotted' } as const;
        const [start, end] = [view.text.indexOf('tribunal', 9_000), view.text.indexOf(' ', view.text.indexOf('tribunal', 9_000))];
        const alone = await changesOf(view, () => painter.set('one', start, end, style));
        painter.remove('one');
        for (const each of spreadHighlights(view.text, 190)) {
          painter.set(each.id, each.start, each.end, each);
        }
        const among = await changesOf(view, () => painter.set('one', start, end, style));
        const retagged = await changesOf(view, () => painter.set('one', start, end, TEAL));
        holds(among <= Math.max(alone, 10) && retagged <= 10, `${alone} alone, ${among} among 190, ${retagged} to restyle`);
      },
      longJudgment(),
    ),
  ];
}

function shortCase(): unknown {
  return new CaseWriter()
    .add('paragraph', SENTENCE, { number: '1' })
    .add('quotation', 'Eight *nine* ten.')
    .add('item', 'Eleven twelve.', { marker: '(a)' })
    .done();
}

function longCase(): unknown {
  const writer = new CaseWriter();
  for (let number = 1; number < 12; number += 1) {
    writer.add('paragraph', `${SENTENCE} 😀 ${SENTENCE} שלום *e\u0301* ${SENTENCE}`, { number: String(number) });
  }
  return writer.done();
}

/** Paints and takes away at random, and looks after each step whether all offsets still lead to the words. */
function paintAtRandom(view: TextView, painter: Painter): void {
  const random = numbers(11);
  const { text } = view;
  for (let step = 0; step < 120; step += 1) {
    const id = `h${random(12)}`;
    const [start, end] = [random(text.length), random(text.length)].toSorted((a, b) => a - b);
    if (random(3) === 0 || start === undefined || end === undefined || view.rangeOf(start, end) === null) {
      painter.remove(id);
    } else {
      painter.set(id, start, end, { colour: pick(COLOURS, random), pattern: pick(PATTERNS, random) });
    }
    checkWords(view, random);
  }
}

function checkWords(view: TextView, random: (bound: number) => number): void {
  for (const { id, start, end } of view.blocks) {
    equal(view.elementOf(id)?.querySelector('.t-body')?.textContent, view.text.slice(start, end), 'the words of a block');
    const at = start + random(end - start);
    const range = view.rangeOf(at, end);
    if (range !== null) {
      equal(range.toString(), view.text.slice(at, end), 'the words of a range');
      equal(view.index.spanOf(range), { start: at, end }, 'the offsets of a range');
    }
  }
}

/** Whether the beginning of a highlight is in a layer. */
function isPainted(view: TextView, highlight: { start: number } | undefined): boolean {
  const point = view.index.pointAt(highlight?.start ?? 0, 'start');
  const ranges = [...CSS.highlights.values()].flatMap((layer) => [...layer]);
  return ranges.some(({ startContainer, startOffset }) => startContainer === point?.node && startOffset === point.offset);
}

/** Lets the browser draw, say what has come near, and draw that. */
async function settled(): Promise<void> {
  await drawn();
  await drawn();
}

function textNodesIn(view: TextView): number {
  const walker = document.createTreeWalker(view.root, NodeFilter.SHOW_TEXT);
  let nodes = 0;
  while (walker.nextNode() !== null) {
    nodes += 1;
  }
  return nodes;
}

/** How many nodes and attributes of the text a step changes. */
async function changesOf(view: TextView, step: () => void): Promise<number> {
  const records: MutationRecord[] = [];
  const observer = new MutationObserver((more) => records.push(...more));
  observer.observe(view.root, { subtree: true, childList: true, attributes: true, characterData: true });
  step();
  await Promise.resolve();
  records.push(...observer.takeRecords());
  observer.disconnect();
  return new Set(records.flatMap((record) => [...record.addedNodes, ...record.removedNodes, record.target])).size;
}

function middleOf(view: TextView, unit: number): [number, number] {
  const { left, right, top, bottom } = boxOf(view, unit, unit + 1);
  return [(left + right) / 2, (top + bottom) / 2];
}

function boxOf(view: TextView, start: number, end: number): DOMRect {
  const range = view.rangeOf(start, end);
  if (range === null) {
    throw new Error(`there is nothing from ${start} to ${end}`);
  }
  return range.getBoundingClientRect();
}

/** A computed colour without its opacity. */
function hexOf(colour: string): string {
  const [red, green, blue] = colour.match(/\d+/g) ?? [];
  return `#${[red, green, blue].map((each) => Number(each).toString(16).padStart(2, '0')).join('')}`;
}

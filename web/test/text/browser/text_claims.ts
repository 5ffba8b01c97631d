// What must hold of a text on the page: the nodes are the text, and offsets lead there and back.

import { decodeCaseText } from '../../../src/text/case_text.ts';
import { renderText } from '../../../src/text/render.ts';
import type { TextView } from '../../../src/text/text_view.ts';
import { longJudgment } from '../long_judgment.ts';
import { CaseWriter, hardCase, numbers } from '../seeded.ts';
import { equal, holds, withArticle, type Claim } from '../../browser/check.ts';

const SEEDS = 60;

export const textClaims: readonly Claim[] = [
  {
    name: 'the words of each block are its stretch of the text, and decorations lie outside of them',
    check: () =>
      withArticle((article) => {
        for (let seed = 0; seed < SEEDS; seed += 1) {
          const view = show(article, seed);
          for (const { id, start, end } of view.blocks) {
            const body = view.elementOf(id)?.querySelector('.t-body');
            equal(body?.textContent, view.text.slice(start, end), `block ${id} of seed ${seed}`);
          }
        }
      }),
  },
  {
    name: 'offsets to a range and back are the same offsets, in texts of astral, joined and right-to-left characters',
    check: () =>
      withArticle((article) => {
        for (let seed = 0; seed < SEEDS; seed += 1) {
          const view = show(article, seed);
          const random = numbers(seed);
          for (let round = 0; round < 40; round += 1) {
            const asked = [random(view.text.length + 1), random(view.text.length + 1)].toSorted((a, b) => a - b);
            const range = view.rangeOf(asked[0] ?? 0, asked[1] ?? 0);
            const span = range === null ? null : view.offsetsOf(range);
            if (span !== null) {
              // What comes out is whole characters; whole characters come back as they are.
              const again = view.rangeOf(span.start, span.end);
              equal(again === null ? null : view.offsetsOf(again), span, `seed ${seed}, asked for ${asked.join(' to ')}`);
              holds(span.start <= (asked[1] ?? 0) && span.end >= (asked[0] ?? 0), `seed ${seed}: ${asked.join()} went elsewhere`);
            }
          }
        }
      }),
  },
  {
    name: 'a range that ends at the beginning of the next block ends with this one',
    check: () =>
      withArticle((article) => {
        const view = renderText(article, decodeCaseText(twoParagraphs()));
        const [first, second] = ['p1', 'p2'].map((id) => view.elementOf(id)?.querySelector('.t-body') ?? document.body);
        const range = document.createRange();
        range.setStart(first?.firstChild ?? document, 0);
        // As a triple click leaves it: at the next paragraph, before its number, or at its first text node.
        for (const [node, offset] of [
          [second, 0],
          [second?.firstChild, 0],
          [second?.parentNode, 0],
        ] as const) {
          range.setEnd(node ?? document, offset);
          equal(view.offsetsOf(range), { start: 0, end: 17 }, 'the first paragraph');
        }
      }),
  },
  {
    name: 'a selection of everything on the page is the whole text, and one beside the text is none',
    check: () =>
      withArticle((article) => {
        const view = renderText(article, decodeCaseText(twoParagraphs()));
        const range = document.createRange();
        range.selectNodeContents(document.body);
        equal(view.offsetsOf(range), { start: 0, end: view.text.length }, 'everything');
        range.selectNodeContents(article.querySelector('h1') ?? article);
        equal(view.offsetsOf(range), null, 'the title');
        range.selectNodeContents(article.querySelectorAll('.t-number')[1] ?? article);
        equal(view.offsetsOf(range), null, 'a number in the margin');
        const aside = view.asideOf('p1');
        aside?.append('3 annotations');
        range.selectNodeContents(aside ?? article);
        equal(view.offsetsOf(range), null, 'a button');
      }),
  },
  {
    name: 'words that somebody changed on the page have no offsets',
    check: () =>
      withArticle((article) => {
        const view = renderText(article, decodeCaseText(twoParagraphs()));
        const node = view.elementOf('p1')?.querySelector('.t-body')?.firstChild;
        holds(node instanceof Text, 'there is a text node');
        if (node instanceof Text) {
          node.data = 'Der erste Absatz.';
          const range = document.createRange();
          range.selectNodeContents(node);
          equal(view.offsetsOf(range), null, 'a translated paragraph');
        }
      }),
  },
  {
    name: 'a text is never markup, and every link in it leads somewhere',
    check: () =>
      withArticle((article) => {
        const source = new CaseWriter().add('paragraph', '<img src=x onerror=alert(1)> & [p1] [p9] [n1]', { number: '1' });
        source.add('note', '<b>bold</b>', { number: '1' });
        const view = renderText(article, decodeCaseText(source.done({ title: '<script>1</script>' })));
        equal(article.querySelectorAll('img, script, b').length, 0, 'elements made of text');
        for (const anchor of article.querySelectorAll('a')) {
          const target = anchor.getAttribute('href')?.slice(1) ?? '';
          holds(document.getElementById(target) !== null, `${target} is on the page`);
        }
        equal(view.blocks.map(({ id }) => id), ['p1', 'n1']);
      }),
  },
  {
    name: 'the long judgment has the stated size',
    check: () =>
      withArticle((article) => {
        const view = renderText(article, decodeCaseText(longJudgment()));
        const walker = document.createTreeWalker(view.root, NodeFilter.SHOW_TEXT);
        let nodes = 0;
        while (walker.nextNode() !== null) {
          nodes += 1;
        }
        holds(nodes > 5_000 && view.text.length > 425_000, `${nodes} nodes, ${view.text.length} units`);
      }),
  },
];

function show(article: HTMLElement, seed: number): TextView {
  article.replaceChildren();
  return renderText(article, decodeCaseText(hardCase(seed)));
}

/** "The first one 😀." is 17 units long. */
function twoParagraphs(): unknown {
  return new CaseWriter()
    .add('paragraph', 'The first one 😀.', { number: '1' })
    .add('paragraph', 'And the *second* one, which goes on.', { number: '2' })
    .done();
}

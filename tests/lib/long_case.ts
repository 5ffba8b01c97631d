// The longest judgment that budgets are made for, and a class's work on it.

import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type * as Y from 'yjs';

import { longJudgment, spreadHighlights } from '../../web/test/text/long_judgment.ts';
import { addComment, addHighlight } from './annotating.ts';
import { workerDirectory } from './environment.ts';
import { PEOPLE } from './seminar.ts';

/** Its id among the samples of a page that `pageWithLongCase` has made. */
export const LONG_CASE = 'long-v-longer';
/** The same text again, for what is measured at one highlight. */
export const SHORT_WORK_CASE = 'long-v-longer-but-little-said';
/** The same words in the same type, as one file: the page's own style sheet and elements, and no script. */
export const BARE_PAGE = '/bare';

const HIGHLIGHTS = 190;
const COMMENTS = 950;
const DEFAULT_TAGS = ['jurisdiction', 'reasons', 'decision', 'order', 'reflection', 'legal_issues', 'courts_reasoning'];
const WORDS = 'The court takes the silence of the buoy for an answer, and that is where the duty of care begins or ends. '.repeat(6);

/**
 * Copies the built page and adds the judgment to its samples, twice. Gives the folder, for `Stack.start`; it is the
 * caller's to remove.
 */
export async function pageWithLongCase(): Promise<{ directory: string; text: string; blocks: number }> {
  const directory = await mkdtemp(join(tmpdir(), 'glossator-web-'));
  const dist = join(directory, 'dist');
  await cp(join(workerDirectory(), 'web', 'dist'), dist, { recursive: true });
  const judgment = longJudgment();
  const bytes = JSON.stringify(judgment);
  const hash = createHash('sha256').update(bytes).digest('hex');
  await writeFile(join(dist, 'texts', `${hash}.json`), bytes);
  const index = join(dist, 'cases', 'index.json');
  const heads = JSON.parse(await readFile(index, 'utf8')) as Record<string, unknown>[];
  const { title, kind, summary = '', text, blocks } = judgment;
  const head = { title, kind, summary, paragraphs: blocks.filter(({ number }) => number !== undefined).length, text: hash, sample: true };
  await writeFile(index, JSON.stringify([...heads, { ...head, id: LONG_CASE }, { ...head, id: SHORT_WORK_CASE }]));
  const style = /href="(\/assets\/style-[^"]+)"/.exec(await readFile(join(dist, 'case.html'), 'utf8'))?.[1] ?? '';
  const words = blocks.map(({ kind, start, end }) => `<div class="t-block t-${kind}"><div class="t-body">${escaped(text.slice(start, end))}</div></div>`);
  const bare = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><link rel="stylesheet" href="${style}">
<body><main class="text-pane"><article class="case-text"><h1>${title}</h1><div class="t-text">${words.join('\n')}</div></article></main>`;
  await writeFile(join(dist, `${BARE_PAGE}.html`), bare);
  return { directory, text, blocks: blocks.length };
}

/** Writes 190 highlights and 950 comments, five for each; or so many of the highlights as are asked for. */
export function annotateLongCase(doc: Y.Doc, text: string, highlights = HIGHLIGHTS): void {
  const people = Object.values(PEOPLE);
  const spans = spreadHighlights(text, HIGHLIGHTS).slice(0, highlights);
  doc.transact(() => {
    spans.forEach((span, index) => {
      const by = people[index % people.length] ?? PEOPLE.mei;
      const tag = `tag-${DEFAULT_TAGS[index % DEFAULT_TAGS.length]}`;
      const id = addHighlight(doc, text, span, by, { id: `long-${index}`, tag });
      const first = addComment(doc, id, wordsOf(index), by, { id: `long-${index}-0` });
      for (let reply = 1; reply < COMMENTS / HIGHLIGHTS; reply += 1) {
        const author = people[(index + reply) % people.length] ?? PEOPLE.mei;
        addComment(doc, id, wordsOf(index * 7 + reply * 31), author, { id: `long-${index}-${reply}`, ...(reply % 2 === 1 ? { parentId: first } : {}) });
      }
    });
  });
}

/** How many highlights there are to paint. */
export const LONG_CASE_HIGHLIGHTS = HIGHLIGHTS;

function wordsOf(seed: number): string {
  return WORDS.slice(0, 40 + ((seed * 37) % 420));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

// The longest judgment that budgets are made for, and a class's work on it.

import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type * as Y from 'yjs';

import { longJudgment, spreadHighlights } from '../../web/test/text/long_judgment.ts';
import type { RawCase } from '../../web/test/text/seeded.ts';
import { addComment, addHighlight, type Writer } from './annotating.ts';
import { caseOf } from './cases.ts';
import type { Edge } from './edge.ts';
import { workerDirectory } from './environment.ts';
import { PEOPLE, type Class } from './seminar.ts';

/** The same words in the same type, as one file: the page's own style sheet and elements, and no script. */
export const BARE_PAGE = '/bare';

const HIGHLIGHTS = 190;
const COMMENTS = 950;
const DEFAULT_TAGS = ['jurisdiction', 'reasons', 'decision', 'order', 'reflection', 'legal_issues', 'courts_reasoning'];
const WORDS = 'The court takes the silence of the buoy for an answer, and that is where the duty of care begins or ends. '.repeat(6);

/** Copies the built page and adds the bare one. Gives the folder, for `Stack.start`; it is the caller's to remove. */
export async function pageWithBareText(): Promise<{ directory: string; blocks: number }> {
  const directory = await mkdtemp(join(tmpdir(), 'glossator-web-'));
  const dist = join(directory, 'dist');
  await cp(join(workerDirectory(), 'web', 'dist'), dist, { recursive: true });
  const { title, text, blocks } = longJudgment();
  const style = /href="(\/assets\/style-[^"]+)"/.exec(await readFile(join(dist, 'case.html'), 'utf8'))?.[1] ?? '';
  const words = blocks.map(({ kind, start, end }) => `<div class="t-block t-${kind}"><div class="t-body">${escaped(text.slice(start, end))}</div></div>`);
  const bare = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><link rel="stylesheet" href="${style}">
<body><main class="text-pane"><article class="case-text"><h1>${title}</h1><div class="t-text">${words.join('\n')}</div></article></main>`;
  await writeFile(join(dist, `${BARE_PAGE}.html`), bare);
  return { directory, blocks: blocks.length };
}

/** Brings the judgment as a teacher does, as an HTML file; gives its id, and its text as the host has it. */
export async function bringLongCase(edge: Edge): Promise<{ id: string; text: string; blocks: number }> {
  const judgment = longJudgment();
  const id = await caseOf(edge, { title: judgment.title, format: 'html', content: htmlOf(judgment) });
  const head = (await (await fetch(`${edge.url}/api/cases/${id}`)).json()) as { text: string };
  const brought = (await (await fetch(`${edge.url}/texts/${head.text}.json`)).json()) as { text: string; blocks: unknown[] };
  if (brought.text.length < 425_000) {
    throw new Error(`of the long judgment only ${brought.text.length} units are left`);
  }
  return { id, text: brought.text, blocks: brought.blocks.length };
}

/** Writes 190 highlights and 950 comments, five for each; or so many of the highlights as are asked for. */
export function annotateLongCase(all: Class, text: string, highlights = HIGHLIGHTS): void {
  const people = (Object.keys(PEOPLE) as (keyof Class)[]).map((who) => ({ ...PEOPLE[who], doc: all[who].doc }));
  const spans = spreadHighlights(text, HIGHLIGHTS).slice(0, highlights);
  const write = (who: number, act: (doc: Y.Doc, by: Writer) => void): void => {
    const { doc, ...by } = people[who % people.length] ?? { ...PEOPLE.mei, doc: all.mei.doc };
    act(doc, by);
  };
  spans.forEach((span, index) => {
    const id = `long-${index}`;
    const tag = `tag-${DEFAULT_TAGS[index % DEFAULT_TAGS.length]}`;
    write(index, (doc, by) => {
      addHighlight(doc, text, span, by, { id, tag });
      addComment(doc, id, wordsOf(index), by, { id: `${id}-0` });
    });
    for (let reply = 1; reply < COMMENTS / HIGHLIGHTS; reply += 1) {
      const more = { id: `${id}-${reply}`, ...(reply % 2 === 1 ? { parentId: `${id}-0` } : {}) };
      write(index + reply, (doc, by) => void addComment(doc, id, wordsOf(index * 7 + reply * 31), by, more));
    }
  });
}

/** How many highlights there are to paint. */
export const LONG_CASE_HIGHLIGHTS = HIGHLIGHTS;

function wordsOf(seed: number): string {
  return WORDS.slice(0, 40 + ((seed * 37) % 420));
}

/** A page such as courts publish: a paragraph begins with its number, and has emphasis in its midst. */
function htmlOf({ text, blocks, marks }: RawCase): string {
  const emphasised = marks.filter(({ kind }) => kind === 'emphasis');
  const words = (start: number, end: number): string => {
    const inner = emphasised.filter((mark) => mark.start >= start && mark.end <= end);
    const ends = [start, ...inner.flatMap((mark) => [mark.start, mark.end]), end];
    // Every other stretch between two ends is emphasised.
    return ends.slice(1).map((to, index) => {
      const stretch = escaped(text.slice(ends[index], to));
      return index % 2 === 1 ? `<em>${stretch}</em>` : stretch;
    }).join('');
  };
  return blocks.map(({ kind, start, end, number, marker }) => {
    const label = number !== undefined && kind === 'paragraph' ? `[${number}] ` : marker !== undefined ? `${marker} ` : '';
    return elementOf(kind, `${label}${words(start, end)}`);
  }).join('\n');
}

function elementOf(kind: string, inner: string): string {
  switch (kind) {
    case 'part':
      return `<h2>${inner}</h2>`;
    case 'heading':
      return `<h3>${inner}</h3>`;
    case 'quotation':
      return `<blockquote><p>${inner}</p></blockquote>`;
    default:
      return `<p>${inner}</p>`;
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

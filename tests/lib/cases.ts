// Cases with a text of the test's own.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { BrowserContext } from 'playwright-core';

import type { Edge } from './edge.ts';
import { workerDirectory } from './environment.ts';
import { newCase } from './stack.ts';

/** A judgment of a few pages: long enough to be scrolled, with words that stand in it once. */
export const shortJudgment = paragraphs([
  'Before dawn the ferry Lantern left the quay with thirty passengers and eleven sacks of mail.',
  'The ferry belonged to the appellant. The respondent told anybody who cared to look whether the strait was fit to cross.',
  'At noon the harbour master closed the bridge. Nobody had told the ferry, and nobody had told the pilots either.',
  'The trial judge held that the respondent owed no duty of care. She went on to decide every other question all the same.',
  'There is a professional who spoke to the world through a machine, and a reader who had a contract with nobody.',
  'The appellant says that silence is an answer when one is paid to speak. The respondent says that silence is nothing.',
  'A buoy had stopped speaking, and the system took its silence for calm. It withdrew the amber warning at once.',
  'The master had before her two accounts of one sea and chose the more convenient of them.',
  'It is not a case about whether a machine can be negligent. A lighthouse cannot be negligent either.',
  'Those who build a lighthouse, light it and leave it unlit can be. That is settled, and rightly so.',
  'For the reasons that follow I would allow the appeal and assess the share of the appellant at one third.',
  'I would reduce one head of damage, and dismiss the second appeal with costs to be agreed.',
]);

/** A case's text as the page and the offsets into it know it: without the numbers that stand in the margin. */
export function textOf(content: string = shortJudgment): string {
  return content.replaceAll(/^\[\d+\] /gm, '');
}

/** What a case is made of; as `POST /api/cases` takes it. */
export type CaseContent = { title: string; format: 'text' | 'markdown' | 'html' | 'conversation'; content: string };

/** Makes a case with a text; gives its id. */
export async function caseOf(edge: Edge, content: string | CaseContent = shortJudgment): Promise<string> {
  const made = typeof content === 'string' ? { title: 'A case for reading', format: 'text' as const, content } : content;
  const response = await fetch(`${edge.url}/api/cases`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: edge.url },
    body: JSON.stringify(made),
  });
  if (response.status === 404 || response.status === 405) {
    await response.arrayBuffer();
    return lend(made);
  }
  if (response.status !== 201) {
    throw new Error(`a case was not made: ${response.status} ${await response.text()}`);
  }
  const head = (await response.json()) as { id: string };
  return head.id;
}

function paragraphs(texts: readonly string[]): string {
  return texts.map((text, index) => `[${index + 1}] ${text}`).join('\n\n');
}

// -- until the Worker makes cases: the browser is answered in its place

const lent = new Map<string, string>();

async function lend({ title, content }: CaseContent): Promise<string> {
  let text = '';
  const blocks = content.split('\n\n').map((block) => {
    const [, number, words = ''] = /^(?:\[(\d+)\] )?([^]*)$/.exec(block) ?? [];
    text += text === '' ? '' : '\n\n';
    const start = text.length;
    text += words;
    return { kind: 'paragraph', start, end: text.length, ...(number === undefined ? {} : { number }) };
  });
  const bytes = Buffer.from(JSON.stringify({ format: 1, title, kind: 'text', text, blocks, marks: [] }));
  const hash = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex');
  const id = newCase();
  lent.set(`/texts/${hash}.json`, bytes.toString());
  lent.set(`/api/cases/${id}`, JSON.stringify({ id, title, kind: 'text', paragraphs: blocks.length, text: hash, sample: false }));
  return id;
}

export async function answerForLentCases(context: BrowserContext, edgeUrl: string): Promise<void> {
  const served = await fetch(`${edgeUrl}/api/cases`);
  await served.arrayBuffer();
  if (served.status === 200) {
    return;
  }
  const samples = await readFile(join(workerDirectory(), 'web/dist/cases/index.json'), 'utf8');
  for (const sample of JSON.parse(samples) as { id: string }[]) {
    lent.set(`/api/cases/${sample.id}`, JSON.stringify(sample));
  }
  lent.set('/api/cases', `{"cases":${samples}}`);
  await context.route(/\/(api\/cases|texts)(\/[^/]+)?$/, async (route) => {
    const body = lent.get(new URL(route.request().url()).pathname);
    if (body !== undefined || route.request().url().includes('/texts/')) {
      await (body === undefined ? route.continue() : route.fulfill({ contentType: 'application/json', body }));
    } else {
      await route.fulfill({ status: 404, contentType: 'application/json', body: '{"error":"no such case"}' });
    }
  });
}

// Cases with a text of the test's own.

import type { Edge } from './edge.ts';

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
  if (response.status !== 201) {
    throw new Error(`a case was not made: ${response.status} ${await response.text()}`);
  }
  const head = (await response.json()) as { id: string };
  return head.id;
}

function paragraphs(texts: readonly string[]): string {
  return texts.map((text, index) => `[${index + 1}] ${text}`).join('\n\n');
}

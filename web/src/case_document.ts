// Reading the published form of a case, `/cases/{id}.json`, in the browser. What arrives is checked before it is shown.

import type { Block, Note, Part, Run, SourceCase as CaseText } from '../samples/source.ts';

/** What is wrong with a value that should be a case. */
export class NotACaseError extends Error {}

/** What asking for a text came to. Absent and unreadable are different answers. */
export type CaseAnswer =
  | { answer: 'text'; text: CaseText }
  | { answer: 'absent' }
  | { answer: 'unreadable'; why: string };

/**
 * Fetches a text from where the build has put it. Never throws.
 *
 * Only the published list says that there is none: a 404 may come from anything between here and the server.
 */
export async function fetchCase(id: string): Promise<CaseAnswer> {
  try {
    const ids = asList(await fetchJson('/cases/index.json'), 'list of cases').map((head) => asRecord(head, 'head')['id']);
    if (!ids.includes(id)) {
      return { answer: 'absent' };
    }
    return { answer: 'text', text: decodeCase(await fetchJson(`/cases/${encodeURIComponent(id)}.json`)) };
  } catch (error) {
    return { answer: 'unreadable', why: whyOf(error) };
  }
}

class StatusError extends Error {}

async function fetchJson(address: string): Promise<unknown> {
  const response = await fetch(address, { signal: AbortSignal.timeout(20_000) });
  if (!response.ok) {
    throw new StatusError(`the server answered with status ${response.status}`);
  }
  const text = await response.text();
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    throw new NotACaseError('what the server sent is not JSON');
  }
}

function whyOf(error: unknown): string {
  if (error instanceof StatusError) {
    return error.message;
  }
  return error instanceof NotACaseError ? 'what the server sent is not a case' : 'the server could not be reached';
}

/**
 * Checks that a value is a case.
 *
 * @throws NotACaseError naming the first field that is not what it must be.
 */
export function decodeCase(value: unknown): CaseText {
  const record = asRecord(value, 'case');
  const kind = asText(record['kind'], 'kind');
  if (kind !== 'judgment' && kind !== 'conversation') {
    throw new NotACaseError('kind is unknown');
  }
  return {
    id: asText(record['id'], 'id'),
    title: asText(record['title'], 'title'),
    kind,
    summary: asText(record['summary'], 'summary'),
    licence: asText(record['licence'], 'licence'),
    facts: asList(record['facts'], 'facts').map((fact) => {
      const { label, value: text } = asRecord(fact, 'fact');
      return { label: asText(label, 'label'), value: asText(text, 'value') };
    }),
    paragraphs: asNumber(record['paragraphs'], 'paragraphs'),
    blocks: asList(record['blocks'], 'blocks').map(decodeBlock),
    notes: asList(record['notes'], 'notes').map(decodeNote),
  };
}

function decodeBlock(value: unknown): Block {
  const record = asRecord(value, 'block');
  switch (record['kind']) {
    case 'part':
      return { kind: 'part', text: asText(record['text'], 'text') };
    case 'heading':
      return { kind: 'heading', text: asText(record['text'], 'text') };
    case 'speaker':
      return { kind: 'speaker', name: asText(record['name'], 'name') };
    case 'paragraph':
      return {
        kind: 'paragraph',
        number: asNumber(record['number'], 'number'),
        parts: asList(record['parts'], 'parts').map(decodePart),
      };
    default:
      throw new NotACaseError('a block has an unknown kind');
  }
}

function decodePart(value: unknown): Part {
  const record = asRecord(value, 'part');
  const kind = record['kind'];
  if (kind !== 'prose' && kind !== 'quotation' && kind !== 'item') {
    throw new NotACaseError('a part of a paragraph has an unknown kind');
  }
  return { kind, runs: asList(record['runs'], 'runs').map(decodeRun) };
}

function decodeNote(value: unknown): Note {
  const record = asRecord(value, 'note');
  return { number: asNumber(record['number'], 'number'), runs: asList(record['runs'], 'runs').map(decodeRun) };
}

function decodeRun(value: unknown): Run {
  const record = asRecord(value, 'run');
  switch (record['kind']) {
    case 'text':
      return { kind: 'text', text: asText(record['text'], 'text') };
    case 'emphasis':
      return { kind: 'emphasis', text: asText(record['text'], 'text') };
    case 'reference':
      return { kind: 'reference', paragraph: asNumber(record['paragraph'], 'paragraph') };
    case 'note':
      return { kind: 'note', note: asNumber(record['note'], 'note') };
    default:
      throw new NotACaseError('a run has an unknown kind');
  }
}

function asRecord(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new NotACaseError(`${what} is not an object`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function asList(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw new NotACaseError(`${what} is not a list`);
  }
  return value;
}

function asText(value: unknown, what: string): string {
  if (typeof value !== 'string') {
    throw new NotACaseError(`${what} is not a text`);
  }
  return value;
}

function asNumber(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new NotACaseError(`${what} is not a whole number`);
  }
  return value;
}

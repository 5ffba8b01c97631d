// Reading the published form of a case, `/cases/{id}.json`, in the browser. What arrives is checked before it is shown.

import type { Block, CaseText, Note, Part, Run } from './case_text.ts';

/** What asking for a text came to. Absent and unreadable are different answers. */
export type CaseAnswer =
  | { answer: 'text'; text: CaseText }
  | { answer: 'absent' }
  | { answer: 'unreadable'; why: string };

/** Fetches a text from where the build has put it. Never throws. */
export async function fetchCase(id: string): Promise<CaseAnswer> {
  let response: Response;
  try {
    response = await fetch(`/cases/${encodeURIComponent(id)}.json`, { signal: AbortSignal.timeout(20_000) });
  } catch {
    return { answer: 'unreadable', why: 'the server could not be reached' };
  }
  if (response.status === 404) {
    return { answer: 'absent' };
  }
  if (!response.ok) {
    return { answer: 'unreadable', why: `the server answered with status ${response.status}` };
  }
  try {
    const value: unknown = await response.json();
    return { answer: 'text', text: decodeCase(value) };
  } catch {
    return { answer: 'unreadable', why: 'what the server sent is not a case' };
  }
}

/**
 * Checks that a value is a case.
 *
 * @throws TypeError naming the first field that is not what it must be.
 */
export function decodeCase(value: unknown): CaseText {
  const record = asRecord(value, 'case');
  const kind = asText(record['kind'], 'kind');
  if (kind !== 'judgment' && kind !== 'conversation') {
    throw new TypeError('kind is unknown');
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
      throw new TypeError('a block has an unknown kind');
  }
}

function decodePart(value: unknown): Part {
  const record = asRecord(value, 'part');
  const kind = record['kind'];
  if (kind !== 'prose' && kind !== 'quotation' && kind !== 'item') {
    throw new TypeError('a part of a paragraph has an unknown kind');
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
      throw new TypeError('a run has an unknown kind');
  }
}

function asRecord(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${what} is not an object`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function asList(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw new TypeError(`${what} is not a list`);
  }
  return value;
}

function asText(value: unknown, what: string): string {
  if (typeof value !== 'string') {
    throw new TypeError(`${what} is not a text`);
  }
  return value;
}

function asNumber(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new TypeError(`${what} is not a whole number`);
  }
  return value;
}

// What was lost to a refusal, as text that a person can read and copy. Pure.

import type { LostChange } from '../../sync/interface.ts';

const ROOT_WORDS: Readonly<Record<string, string>> = {
  comments: 'Comment',
  highlights: 'Highlight',
  tags: 'Tag',
  tag_groups: 'Group of tags',
  notes: 'Shared notes',
  stickies: 'Note',
  strokes: 'Stroke',
};
/** The field of an entry that holds what a person has written. */
const WORDS_FIELD: Readonly<Record<string, string>> = { comments: 'text', highlights: 'quote', tags: 'name', tag_groups: 'name', stickies: 'text' };

/** One paragraph for each change, under its heading. */
export function lostWords(lost: readonly LostChange[]): string {
  return lost.map(oneLost).join('\n\n');
}

function oneLost({ root, fields, text, deletes }: LostChange): string {
  const heading = ROOT_WORDS[root] ?? root;
  const words = fields[WORDS_FIELD[root] ?? ''] ?? fields['value'];
  const written = text === '' ? (typeof words === 'string' ? words : otherFields(fields)) : text;
  return `${heading}${written === '' && deletes ? ' (deleted)' : ''}:\n${written}`.trimEnd();
}

function otherFields(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join('\n');
}

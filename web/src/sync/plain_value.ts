// A value of a Yjs map without Yjs: storable, and good for making the value again (`made_value.ts`).

import * as Y from 'yjs';

export type Plain =
  | { kind: 'value'; value: unknown }
  | { kind: 'map'; entries: Record<string, Plain> }
  | { kind: 'text'; delta: Delta };

/** What a text holds, run by run. */
export type Delta = { insert: unknown; attributes?: Record<string, unknown> }[];

/** Lists and other types than map and text become the JSON of their content. */
export function plainOf(value: unknown): Plain {
  if (value instanceof Y.Map) {
    return { kind: 'map', entries: Object.fromEntries([...value].map(([key, inner]) => [key, plainOf(inner)])) };
  }
  if (value instanceof Y.Text) {
    return { kind: 'text', delta: deltaOf(value) };
  }
  return { kind: 'value', value: value instanceof Y.AbstractType ? (value.toJSON() as unknown) : value };
}

export function deltaOf(text: Y.Text): Delta {
  return text.toDelta() as Delta;
}

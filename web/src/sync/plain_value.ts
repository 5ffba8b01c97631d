// A value of a Yjs map without Yjs: storable, and good for making the value again.

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

export function valueOf(plain: Plain): unknown {
  switch (plain.kind) {
    case 'value':
      return plain.value;
    case 'map':
      return new Y.Map(Object.entries(plain.entries).map(([key, inner]) => [key, valueOf(inner)]));
    case 'text': {
      const text = new Y.Text();
      text.applyDelta(plain.delta);
      return text;
    }
  }
}

/** The value as a person would read it. */
export function readableOf(plain: Plain): unknown {
  switch (plain.kind) {
    case 'value':
      return plain.value;
    case 'map':
      return Object.fromEntries(Object.entries(plain.entries).map(([key, inner]) => [key, readableOf(inner)]));
    case 'text':
      return stringOf(plain.delta);
  }
}

export function deltaOf(text: Y.Text): Delta {
  return text.toDelta() as Delta;
}

/** One UTF-16 unit of the string is one place in the text: what is no string stands as one replacement character. */
export function stringOf(delta: Delta): string {
  return delta.map(({ insert }) => (typeof insert === 'string' ? insert : '\uFFFC')).join('');
}

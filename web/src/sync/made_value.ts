// What a stored value is made into again: a value of a Yjs map, or something to be read.

import * as Y from 'yjs';

import type { Delta, Plain } from './plain_value.ts';

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

/** One UTF-16 unit of the string is one place in the text: what is no string stands as one replacement character. */
export function stringOf(delta: Delta): string {
  return delta.map(({ insert }) => (typeof insert === 'string' ? insert : '\uFFFC')).join('');
}

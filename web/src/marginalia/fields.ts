// One entry of a root map, whichever way a client wrote it: as a nested map or as one JSON value. Reading never throws:
// what is missing or of a wrong type is null. The same rules as the host's (annotation/src/field.rs).

import * as Y from 'yjs';

import { ID_CHARS_MAX, MOMENT_CHARS_MAX, OFFSET_MAX } from './limits.ts';

/** The fields of one entry. */
export type Entry = (name: string) => unknown;

/** The entry behind a value of a root map; null if it is neither a map nor an object. */
export function entryOf(value: unknown): Entry | null {
  if (value instanceof Y.Map) {
    return (name) => value.get(name) as unknown;
  }
  const plain = plainOf(value);
  return plain === null ? null : (name) => (Object.hasOwn(plain, name) ? plain[name] : undefined);
}

/** A value that was written as one JSON object, as such. */
export function plainOf(value: unknown): Readonly<Record<string, unknown>> | null {
  const isPlain =
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    !(value instanceof Y.AbstractType);
  return isPlain ? (value as Readonly<Record<string, unknown>>) : null;
}

/** Ids are taken as they are or not at all: a changed one could be another's. */
export function isUsableId(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && fits(id, ID_CHARS_MAX) && !/[\p{Cc}\p{Cs}]/u.test(id);
}

export function idField(entry: Entry, name: string): string | null {
  const value = entry(name);
  return isUsableId(value) ? value : null;
}

/** A text of at most so many characters, without control characters; null if nothing is left of it. */
export function textField(entry: Entry, name: string, charsMax: number): string | null {
  const value = entry(name);
  const text: unknown = value instanceof Y.Text ? value.toString() : value;
  return typeof text === 'string' ? presentable(text, charsMax) || null : null;
}

/** A non-negative offset; pycrdt writes integers as floats. */
export function offsetField(entry: Entry, name: string): number | null {
  const value = entry(name);
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= OFFSET_MAX ? value : null;
}

/** A moment in milliseconds since the epoch, written so or as ISO 8601. */
export function momentField(entry: Entry, name: string): number | null {
  const value = entry(name);
  if (typeof value === 'number') {
    return Number.isInteger(value) && Math.abs(value) <= 8.64e15 ? value : null;
  }
  const moment = Date.parse(textField(entry, name, MOMENT_CHARS_MAX) ?? '');
  return Number.isNaN(moment) ? null : moment;
}

/** Takes out what Postgres or a screen would choke on, and what is beyond the bound. Line breaks and tabs stay. */
export function presentable(text: string, charsMax: number): string {
  // Two units hold any character, so the rest need not be looked at.
  const whole = text
    .replaceAll(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, '')
    .slice(0, charsMax * 2 + 1)
    .replaceAll(/[\ud800-\udfff]/gu, '\ufffd');
  return fits(whole, charsMax) ? whole : [...whole].slice(0, charsMax).join('');
}

/** Whether a text has at most so many characters. */
export function fits(text: string, charsMax: number): boolean {
  return text.length <= charsMax || (text.length <= charsMax * 2 && [...text].length <= charsMax);
}

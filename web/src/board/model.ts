// What is on a board, as it is read from a document: reading never throws, and what makes no sense has its default.

import type { ColourName } from '../text/palette.ts';
import { entryOf, isUsableId, momentField, textField } from '../marginalia/fields.ts';
import type { Entry } from '../marginalia/fields.ts';
import { LABEL_CHARS_MAX } from '../marginalia/limits.ts';
import { COORDINATE_MAX, STICKY_TEXT_UNITS_MAX, STROKE_POINTS_MAX, STROKE_WIDTH_MAX } from './limits.ts';

/** The colours that are offered, of notes and of pens; the first is that of what names another one. */
export const BOARD_COLOURS = ['amber', 'azure', 'green', 'rose', 'violet', 'slate'] as const satisfies readonly ColourName[];
export type BoardColour = (typeof BOARD_COLOURS)[number];

export type Place = { readonly x: number; readonly y: number };

type Signed = { readonly authorId: string | null; readonly author: string; readonly createdAt: number | null };

/** A sticky note; its place is that of its top left corner. */
export type Sticky = Place & Signed & { readonly id: string; readonly text: string; readonly z: number; readonly colour: BoardColour };

/** What a pen drew: x, y, x, y, … */
export type Stroke = Signed & { readonly id: string; readonly points: readonly number[]; readonly width: number; readonly colour: BoardColour };

/** Null if there is none. */
export function readSticky(value: unknown, id: string): Sticky | null {
  const entry = isUsableId(id) ? entryOf(value) : null;
  if (entry === null) {
    return null;
  }
  const text = entry('text');
  return {
    id,
    text: typeof text === 'string' ? text.slice(0, STICKY_TEXT_UNITS_MAX) : '',
    x: coordinate(entry('x')),
    y: coordinate(entry('y')),
    z: coordinate(entry('z')),
    colour: colour(entry),
    ...signed(entry),
  };
}

/** Null if there is none, or nothing of it would be seen. */
export function readStroke(value: unknown, id: string): Stroke | null {
  const entry = isUsableId(id) ? entryOf(value) : null;
  const points = entry?.('points');
  if (entry === null || !Array.isArray(points) || points.length < 2 || points.length > STROKE_POINTS_MAX * 2 || points.length % 2 !== 0) {
    return null;
  }
  const width = entry('width');
  return {
    id,
    points: points.map(coordinate),
    width: typeof width === 'number' && width > 0 && width <= STROKE_WIDTH_MAX ? width : 3,
    colour: colour(entry),
    ...signed(entry),
  };
}

/** In reading order: line by line, where notes whose tops are near each other are one line. */
export function readingOrder(stickies: Iterable<Sticky>): string[] {
  const lineOf = ({ y }: Sticky): number => Math.round(y / LINE_UNITS);
  return [...stickies].sort((a, b) => lineOf(a) - lineOf(b) || a.x - b.x || a.y - b.y || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
}

/** A number on the board; the middle for what is none. */
export function coordinate(value: unknown): number {
  return typeof value === 'number' && Math.abs(value) <= COORDINATE_MAX ? value : 0;
}

/** The nearest place that is on the board, in whole units. */
export function placeOnBoard({ x, y }: Place): Place {
  const within = (value: number): number => Math.round(Math.min(COORDINATE_MAX, Math.max(-COORDINATE_MAX, value)));
  return { x: within(x), y: within(y) };
}

const LINE_UNITS = 90;

function colour(entry: Entry): BoardColour {
  return BOARD_COLOURS.find((name) => name === entry('colour')) ?? BOARD_COLOURS[0];
}

function signed(entry: Entry): Signed {
  return {
    authorId: textField(entry, 'author_id', LABEL_CHARS_MAX),
    author: textField(entry, 'author', LABEL_CHARS_MAX) ?? 'Somebody',
    createdAt: momentField(entry, 'created_at'),
  };
}

// How much a board takes, as the room judges it (rule RO15 of room/SPEC.md, annotation/src/limits.rs).

export const STICKIES_MAX = 2_000;
export const STROKES_MAX = 4_000;
export const STICKY_TEXT_UNITS_MAX = 2_000;
export const STROKE_POINTS_MAX = 1_000;
export const COORDINATE_MAX = 100_000;
export const STROKE_WIDTH_MAX = 100;

// How much of an entry is written and read back. Characters are Unicode scalar values, counted as the host counts them
// (annotation/src/limits.rs): what the page writes, the host's tables hold uncut.

/** The longest id. Ours are UUIDs; an entry with a longer one is skipped. */
export const ID_CHARS_MAX = 200;
/** The longest name of an author, reference to a paragraph, and the like. */
export const LABEL_CHARS_MAX = 200;
/** The longest quote, some pages: a cut quote would not match its text, so a longer selection makes no highlight. */
export const QUOTE_CHARS_MAX = 10_000;
/** The longest text of a comment. */
export const COMMENT_CHARS_MAX = 20_000;
/** The longest written moment: ISO 8601 with nanoseconds and offset has 35. */
export const MOMENT_CHARS_MAX = 40;
/** The longest name of a tag or group: it has to fit on a card. */
export const TAG_NAME_CHARS_MAX = 100;
/** The longest description of a tag. */
export const TAG_DESCRIPTION_CHARS_MAX = 1_000;
/** Tags and groups that can be made, deleted ones included: far more than anybody can tell apart. */
export const TAGS_MAX = 200;
/** The largest offset that the host's tables hold. */
export const OFFSET_MAX = 2_147_483_647;

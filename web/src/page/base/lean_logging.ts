// Stands in for `lib0/logging` in the bundle (see `lean.mjs`). Yjs wants it for two warnings and for printing a
// type while one looks for faults; the original brings colours, a virtual console and a schema library, 3 KiB compressed.

/** Prints for whoever has the console open. */
export const print = (...words: readonly unknown[]): void => console.log(...words);

/** Warns whoever has the console open. */
export const warn = (...words: readonly unknown[]): void => console.warn(...words);

/** Styles that the original knows; here they are nothing. */
export const BOLD = '';
export const UNBOLD = '';
export const ORANGE = '';
export const RED = '';

// Stands in for `lib0/environment` in the bundle (see `lean.mjs`): the answers of a browser, without reading
// arguments, variables and storage to find them.

export const isBrowser = true;
export const isNode = false;

/** Variables of a process; a page has none. */
export const getVariable = (): undefined => undefined;

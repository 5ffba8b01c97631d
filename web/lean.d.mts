import type { Plugin } from 'esbuild';

/** Leaves out what libraries bring along and the page never uses. */
export const lean: Plugin;

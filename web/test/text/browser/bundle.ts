// Makes the page on which the claims about the DOM are tried: one document without any other request.

import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));

/** A whole HTML document with the claims at `window.textContract` (see contract.ts). */
export async function contractPage(): Promise<string> {
  const [script, style] = await Promise.all([
    outputOf({ entryPoints: [`${here}contract.ts`], format: 'iife' }),
    outputOf({ stdin: { contents: '@import "./text.css";', loader: 'css', resolveDir: `${here}../../../src/text` } }),
  ]);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Claims</title><style>${style}</style><body><script>${script.replaceAll('</script', '<\\/script')}</script>`;
}

async function outputOf(options: Parameters<typeof build>[0]): Promise<string> {
  const result = await build({ ...options, bundle: true, write: false, logLevel: 'warning', target: 'es2022', charset: 'utf8' });
  const [file] = result.outputFiles ?? [];
  if (file === undefined) {
    throw new Error('esbuild wrote nothing');
  }
  return file.text;
}

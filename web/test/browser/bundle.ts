// Makes the pages on which claims about a browser are tried: each is one document without any other request.

import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const test = fileURLToPath(new URL('..', import.meta.url));

/** A page with the claims about the text's modules, in both ways of painting. */
export async function textPage(): Promise<string> {
  const style = { contents: '@import "./text.css";', loader: 'css', resolveDir: `${test}../src/text` } as const;
  return pageWith(`${test}text/browser/contract.ts`, await outputOf({ stdin: style }));
}

/** A page with the claims about the offline copy. */
export async function storePage(): Promise<string> {
  return pageWith(`${test}sync/browser/contract.ts`);
}

/** A whole HTML document with a script, which leaves its claims at `window.contract` (see contract.ts). */
async function pageWith(entry: string, style = ''): Promise<string> {
  const script = await outputOf({ entryPoints: [entry], format: 'iife' });
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

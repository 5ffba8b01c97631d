// Leaves out what libraries bring along and the page never uses.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('src', import.meta.url));

/**
 * Two modules of lib0 are large beside what Yjs uses of them; ours stand in for them. And of the two formats of updates
 * Yjs is given only the first: rooms speak no other, and what Yjs itself sets aside in the second does as well in the first.
 * Documents may hold XML, which is integrated as any type, but not walked and not made into elements.
 */
export const lean = {
  name: 'lean',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^(lib0|\.)\/(logging|environment)(\.js)?$/ }, ({ path, importer }) => {
      const [name] = /logging|environment/.exec(path);
      return /[\\/](lib0|yjs)[\\/]/.test(importer) ? { path: join(source, `page/base/lean_${name}.ts`) } : undefined;
    });
    onLoad({ filter: /[\\/]yjs[\\/]dist[\\/]yjs\.mjs$/ }, async ({ path }) => ({ contents: withoutDom(withOneFormat(await readFile(path, 'utf8'))), loader: 'js' }));
  },
};

/** Yjs with the classes of its first format wherever it uses those of the second, which then nothing needs. */
function withOneFormat(yjs) {
  const isDeclaration = /^(class|export) /;
  return yjs.split('\n').map((line) => (isDeclaration.test(line) ? line : line.replaceAll(/\b((DS|Update)(De|En)coder)V2\b/g, '$1V1'))).join('\n');
}

/** Yjs without the methods that nothing of the page and of Yjs itself calls. */
function withoutDom(yjs) {
  return yjs.replaceAll(/^  (toDOM|querySelector|querySelectorAll|createTreeWalker) \([^]*?^  \}\n/gm, '');
}

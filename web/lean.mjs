// Leaves out what libraries bring along and the page never uses.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('src', import.meta.url));

/**
 * Two modules of lib0 are large beside what Yjs uses of them; ours stand in for them. And of the two formats of updates
 * Yjs is given only the first: rooms speak no other, and what Yjs itself sets aside in the second does as well in the first.
 * Documents may hold lists and XML, which are integrated, read and undone as any type, but not walked, not written and not
 * made into elements.
 */
export const lean = {
  name: 'lean',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^(lib0|\.)\/(logging|environment)(\.js)?$/ }, ({ path, importer }) => {
      const [name] = /logging|environment/.exec(path);
      return /[\\/](lib0|yjs)[\\/]/.test(importer) ? { path: join(source, `page/base/lean_${name}.ts`) } : undefined;
    });
    onLoad({ filter: /[\\/]yjs[\\/]dist[\\/]yjs\.mjs$/ }, async ({ path }) => ({ contents: leanYjs(await readFile(path, 'utf8')), loader: 'js' }));
  },
};

function leanYjs(yjs) {
  return withoutSnapshots(withoutUnused(withOneFormat(yjs)));
}

/** Yjs with the classes of its first format wherever it uses those of the second, which then nothing needs. */
function withOneFormat(yjs) {
  const isDeclaration = /^(class|export) /;
  return yjs.split('\n').map((line) => (isDeclaration.test(line) ? line : line.replaceAll(/\b((DS|Update)(De|En)coder)V2\b/g, '$1V1'))).join('\n');
}

/** Methods, by the class that has them, that nothing of the page and of Yjs itself calls. */
const UNUSED = {
  '\\w+': ['clone', 'toDOM', 'querySelector', 'querySelectorAll', 'createTreeWalker'],
  Doc: ['getArray', 'getSubdocGuids', 'getSubdocs', 'getXmlElement', 'getXmlFragment', 'load', 'toJSON'],
  UndoManager: ['addTrackedOrigin', 'removeTrackedOrigin'],
  YArray: ['\\[Symbol.iterator\\]', 'delete', 'forEach', 'get', 'push', 'slice', 'static from', 'toArray', 'unshift'],
  YText: ['getAttribute', 'getAttributes', 'removeAttribute', 'setAttribute'],
  'YXml\\w+': ['delete', 'firstChild', 'forEach', 'get', 'getAttribute', 'hasAttribute', 'insertAfter', 'nextSibling', 'prevSibling', 'push', 'removeAttribute', 'slice', 'toArray', 'unshift'],
};

function withoutUnused(yjs) {
  return Object.entries(UNUSED).reduce(
    (rest, [name, methods]) => rest.replaceAll(new RegExp(`^class ${name} [^]*?^\\}\\n`, 'gm'), (whole) =>
      whole.replaceAll(new RegExp(`^  (get )?(${methods.join('|')}) \\([^]*?^  \\}\\n`, 'gm'), '')),
    yjs,
  );
}

/** Yjs that shows a type as it is, and as no snapshot has it: whoever wants that passes one, and nobody does. */
function withoutSnapshots(yjs) {
  return yjs.replace('  toDelta (snapshot, prevSnapshot, computeYChange) {', '  toDelta () {\nconst snapshot = undefined, prevSnapshot = undefined, computeYChange = undefined;')
    .replace('  getAttributes (snapshot) {', '  getAttributes () {\nconst snapshot = undefined;');
}

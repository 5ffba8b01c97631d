// Bundles the page's scripts and styles: esbuild puts them together and splits them, terser shrinks the scripts once
// more, and each file is named by what it then holds.

import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { minify } from 'terser';

import { lean } from './lean.mjs';

const source = fileURLToPath(new URL('src', import.meta.url));
const BROWSERS = ['chrome120', 'firefox120', 'safari17'];

/**
 * Bundles entries, `name: file`, into a folder that is served at an address; tells how the files are called and what a script
 * imports at once.
 */
export async function bundle(entries, folder, address) {
  const { metafile, outputFiles } = await build({
    entryPoints: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, join(source, file)])),
    entryNames: '[name]-[hash]',
    chunkNames: 'part-[hash]',
    outdir: folder,
    bundle: true,
    splitting: true,
    minify: true,
    // Yjs marks so what is its own affair; nothing asks for such a property by a string.
    mangleProps: /^_[a-zA-Z]/,
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    plugins: [lean, styleText],
    target: BROWSERS,
    legalComments: 'linked',
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  const texts = new Map(await Promise.all(outputFiles.map(async ({ path, text }) => [basename(path), await shrunk(path, text)])));
  const imports = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output.imports.map(({ path: to, kind }) => [basename(to), kind])]));
  shortenExports(texts, imports);
  const plain = Object.entries(metafile.outputs).filter(([, { entryPoint }]) => entryPoint?.endsWith('/text/mark_brush.ts'));
  nameArrivals(texts, imports, address, new Set(plain.map(([path]) => basename(path))));
  const names = namesByContent(texts, imports);
  // An entry that does nothing but import a part is that part.
  const partOf = (name) => /^import"\.\/([^"]+)";?$/.exec(texts.get(name).trim())?.[1];
  const outputOf = (entry, suffix) => {
    const found = [...texts.keys()].find((name) => name.startsWith(`${entry}-`) && name.endsWith(suffix));
    if (found === undefined) {
      throw new Error(`esbuild wrote no ${entry}-*${suffix}`);
    }
    return partOf(found) ?? found;
  };
  const written = [...texts].filter(([name]) => partOf(name) === undefined);
  await Promise.all(written.map(([name, text]) => writeFile(join(folder, names.get(name)), renamed(text, names))));
  /** The part that begins with a file which is imported later. */
  const laterOf = (file) => {
    const found = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint?.endsWith(`/${file}`));
    if (found === undefined) {
      throw new Error(`nothing imports ${file} later`);
    }
    return basename(found[0]);
  };
  const importedFrom = (name) => reachable(name, (at) => importsOf(imports, at, 'import-statement')).map((each) => names.get(each));
  return {
    /** The file of an entry. */
    file: (entry, suffix) => names.get(outputOf(entry, suffix)),
    /** What the script of an entry imports at once, directly or not; what it imports later is left out. */
    importedBy: (entry) => importedFrom(outputOf(entry, '.js')),
    /** The part that a later import of a file fetches, and what that imports at once. */
    laterWith: (file) => [names.get(laterOf(file)), ...importedFrom(laterOf(file))],
  };
}

/** A style that a script imports is its text, put together and shrunk. */
const styleText = {
  name: 'style-text',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /\.css$/ }, ({ path, kind, resolveDir }) =>
      kind === 'import-statement' ? { path: join(resolveDir, path), namespace: 'style-text' } : undefined);
    onLoad({ filter: /.*/, namespace: 'style-text' }, async ({ path }) => {
      const { outputFiles } = await build({ entryPoints: [path], bundle: true, minify: true, target: BROWSERS, write: false });
      return { contents: outputFiles[0].text.trim(), loader: 'text' };
    });
  },
};

/**
 * A script in fewer bytes. Reading a property stays even where nothing is done with it: of a signal, that is to follow it.
 */
async function shrunk(path, text) {
  if (!path.endsWith('.js')) {
    return text;
  }
  const { code } = await minify(text, { module: true, ecma: 2020, compress: { passes: 3, pure_getters: false } });
  const legal = /\/\*! For license information.*?\*\//s.exec(text)?.[0] ?? '';
  return code.includes(legal) ? code : `${code}\n${legal}\n`;
}

/**
 * Lets parts export by the names that things have inside of them: `export{Ab}` instead of `export{Ab as c}`. What is
 * imported later keeps its names, since code asks for them.
 */
function shortenExports(texts, imports) {
  const isLater = new Set([...imports.values()].flatMap((all) => all.filter(([, kind]) => kind === 'dynamic-import').map(([to]) => to)));
  const inner = new Map();
  for (const [name, text] of texts) {
    if (name.startsWith('part-') && name.endsWith('.js') && !isLater.has(name)) {
      const own = new Map();
      inner.set(name, own);
      texts.set(name, text.replace(/export\{([^{}]*)\};?\s*$/, (_whole, list) => {
        for (const [local, outer = local] of pairsOf(list)) {
          own.set(outer, local);
        }
        return `export{${[...new Set(own.values())].join(',')}};`;
      }));
    }
  }
  for (const [name, text] of texts) {
    texts.set(name, text.replaceAll(/import\{([^{}]*)\}from"\.\/([^"]+)"/g, (_whole, list, from) => {
      const pairs = pairsOf(list).map(([outer, local = outer]) => [inner.get(from)?.get(outer) ?? outer, local]);
      return `import{${pairs.map(([outer, local]) => (outer === local ? local : `${outer} as ${local}`)).join(',')}}from"./${from}"`;
    }));
  }
}

/**
 * Tells each call of `arrive` (`src/page/base/arrive.ts`) which files it brings that the script which calls it lacks. A later
 * import that goes without it fails for good in Chromium; only the brush for browsers that are none may, which is `plain`.
 */
function nameArrivals(texts, imports, address, plain) {
  for (const [name, text] of texts) {
    const here = new Set([name, ...reachable(name, (at) => importsOf(imports, at, 'import-statement'))]);
    const told = text.replaceAll(/\(\(\)=>import\("\.\/([^"]+)"\)\)/g, (_whole, part) => {
      const files = [part, ...reachable(part, (at) => importsOf(imports, at, 'import-statement'))].filter((file) => !here.has(file));
      return `(()=>import("./${part}"),${JSON.stringify(files.map((file) => `${address}/${file}`))})`;
    });
    const bare = [...told.matchAll(/import\("\.\/([^"]+)"\)(?!,\[)/g)].map(([, part]) => part).filter((part) => !plain.has(part));
    if (name.endsWith('.js') && bare.length > 0) {
      throw new Error(`a script imports ${bare.join(', ')} later without arrive()`);
    }
    texts.set(name, told);
  }
}

/** `a as b,c` as pairs. */
function pairsOf(list) {
  return list.split(',').map((each) => each.split(' as '));
}

/**
 * The names by which files are kept for ever: of a hash of what a file holds and of all that it leads to.
 *
 * esbuild's own hashes are of its own output. Files lead to each other in circles, so what each holds is hashed without
 * the names in it, and then together with what it leads to.
 */
function namesByContent(texts, imports) {
  const stems = new Map([...texts.keys()].map((name) => [name, /^.+?-[A-Z0-9]{8}(?=\.)/.exec(name)?.[0] ?? name]));
  const blank = (text) => [...stems.values()].reduce((rest, stem) => rest.replaceAll(stem, ''), text);
  const own = new Map([...texts].map(([name, text]) => [name, hash(blank(text))]));
  return new Map(
    [...stems].map(([name, stem]) => {
      const known = /\.LEGAL\.txt$/.test(name) ? name.replace('.LEGAL.txt', '') : name;
      const all = [known, ...reachable(known, (at) => importsOf(imports, at))];
      const word = stem.replace(/-[A-Z0-9]{8}$/, '');
      return [name, name.replace(stem, `${word}-${hash(all.map((at) => own.get(at)).join(' '))}`)];
    }),
  );
}

function renamed(text, names) {
  return [...names].reduce((rest, [name, next]) => rest.replaceAll(name, next), text);
}

function importsOf(imports, name, only) {
  return (imports.get(name) ?? []).filter(([, kind]) => only === undefined || kind === only).map(([to]) => to);
}

/** What is reached from a file, without itself, in the order in which it is met. */
function reachable(from, next, found = new Set([from])) {
  for (const name of next(from)) {
    if (!found.has(name)) {
      found.add(name);
      reachable(name, next, found);
    }
  }
  return [...found].slice(1);
}

function hash(text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

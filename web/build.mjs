// Builds the pages into web/dist: `node web/build.mjs`. Needs the npm packages of the repository's root and Node >= 20.
//
//   dist/index.html            the list of cases
//   dist/{sign-in,class,board,join,account,search}.html   the pages for people, served for the paths of these names
//   dist/case.html             the page that the Worker serves for every /c/{case_id}
//   dist/assets/*-HASH.*       script, style and icon; named by content, so they may be kept for ever
//   dist/cases/index.json      the heads of the samples, each with its text's hash; the Worker lists them before stored cases
//   dist/texts/{sha256}.json   the texts of the samples, named by content like the host's
//   dist/_headers              what Cloudflare's asset server sends with files that do not pass through the Worker

import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';

import { bundle } from './bundle.mjs';

const web = fileURLToPath(new URL('.', import.meta.url));
const source = join(web, 'src');
const dist = join(web, 'dist');
// Built beside the real place and swapped in when whole, so that a failed build leaves the last good one.
const fresh = join(web, `dist.fresh-${process.pid}`);
// What may be fetched until somebody has made a first highlight and a comment, compressed: a second on a slow phone.
const FIRST_BYTES_MAX = 75 * 1024;
// The same of each other page, of its script and of the style of all of them.
const SITE_SCRIPT_BYTES_MAX = 40 * 1024;
// Script and style of a board's page, together with what that fetches at once to join the room.
const BOARD_BYTES_MAX = 75 * 1024;
const SITE_STYLE_BYTES_MAX = 40 * 1024;
// The pages for people, by the name of their file, with what their tab is called until their script has come.
const PEOPLE_PAGES = { 'sign-in': 'Sign in', class: 'Class', board: 'Board', join: 'Invitation', account: 'Your account', search: 'Search' };
// The same headers as the Worker's own answers (`worker/src/pages.rs`, whose tests compare the two): only this origin's
// files, nothing inline, no framing.
const HEADERS = `/*
  Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
  Cross-Origin-Opener-Policy: same-origin
  Cross-Origin-Resource-Policy: same-origin
  Referrer-Policy: no-referrer
  Strict-Transport-Security: max-age=31536000; includeSubDomains
  X-Content-Type-Options: nosniff
/assets/*
  Cache-Control: public, max-age=31536000, immutable
/texts/*
  Cache-Control: public, max-age=31536000, immutable
`;

try {
  await rm(fresh, { recursive: true, force: true });
  await mkdir(join(fresh, 'assets'), { recursive: true });
  await mkdir(join(fresh, 'cases'));
  await mkdir(join(fresh, 'texts'));
  const cases = await writeCases();
  const assets = { icon: await writeAsset('icon', 'svg', await readFile(join(source, 'icon.svg'))), ...(await writeScripts()) };
  const site = (name) => ({ ...assets, ...assets.site[name] });
  await writePage('index.html', 'index.html', { ...site('list'), cases: cases.map(caseEntry).join('\n') });
  for (const [name, title] of Object.entries(PEOPLE_PAGES)) {
    await writePage('people.html', `${name}.html`, { ...site(name), title });
  }
  await writePage('case.html', 'case.html', assets);
  await writeFile(join(fresh, '_headers'), HEADERS);
  await rm(dist, { recursive: true, force: true });
  await rename(fresh, dist);
  console.log(`web/dist: ${cases.length} cases, ${cases.map((head) => `${head.id} with ${head.paragraphs} paragraphs`).join(', ')}`);
} catch (error) {
  await rm(fresh, { recursive: true, force: true });
  console.error(`building the pages failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

/** Checks every sample and writes it out; gives what the list shows of them, judgments first. */
async function writeCases() {
  const { readCase } = await importTypeScript('samples/source.ts');
  const { headOf, publish } = await importTypeScript('samples/published.ts');
  const samples = [];
  for (const file of (await readdir(join(web, 'cases'))).toSorted()) {
    const id = /^(.+)\.txt$/.exec(file)?.[1];
    if (id === undefined || id === 'index') {
      throw new Error(`web/cases/${file}: a case is a file {case_id}.txt, and "index" is taken`);
    }
    const source = readCase(id, await readFile(join(web, 'cases', file), 'utf8'));
    const text = JSON.stringify(publish(source));
    const sha256 = createHash('sha256').update(text).digest('hex');
    await writeFile(join(fresh, 'texts', `${sha256}.json`), text);
    samples.push({ ...headOf(source, sha256), facts: source.facts });
  }
  samples.sort((a, b) => Number(b.kind === 'judgment') - Number(a.kind === 'judgment') || a.title.localeCompare(b.title));
  const heads = samples.map(({ facts: _facts, ...head }) => head);
  await writeFile(join(fresh, 'cases', 'index.json'), JSON.stringify(heads));
  return samples;
}

/**
 * Bundles script and style; gives their addresses. What is rarely needed is split off and fetched when it is asked for.
 *
 * The page of a case is bundled apart from the others: parts shared with them would be many and small, and compress badly.
 */
async function writeScripts() {
  const folder = join(fresh, 'assets');
  const page = await bundle({ case: 'page/case_entry.ts', style: 'style.css' }, folder, '/assets');
  const script = page.file('case', '.js');
  const style = page.file('style', '.css');
  const parts = page.importedBy('case');
  await checkBudget('until a first highlight and comment', [script, ...parts, style], FIRST_BYTES_MAX);
  return {
    casescript: addressOf(script),
    style: addressOf(style),
    preloads: preloadsOf(parts),
    ...(await writeSite(folder)),
  };
}

/** Bundles the other pages together: whoever goes from one to another has most of it. */
async function writeSite(folder) {
  const names = ['list', ...Object.keys(PEOPLE_PAGES)];
  const entries = Object.fromEntries(names.map((name) => [name, `page/${name.replace('-', '_')}_entry.tsx`]));
  const bundled = await bundle({ ...entries, sitestyle: 'site.css' }, folder, '/assets');
  const style = bundled.file('sitestyle', '.css');
  await checkBudget('of style, of all pages but that of a case', [style], SITE_STYLE_BYTES_MAX);
  const live = [bundled.file('board', '.js'), ...bundled.importedBy('board'), ...bundled.laterWith('page/board/live.tsx')];
  await checkBudget('until a board is live', [...new Set(live), style], BOARD_BYTES_MAX);
  const site = {};
  for (const name of names) {
    const script = bundled.file(name, '.js');
    const parts = bundled.importedBy(name);
    await checkBudget(`of script on the page ${name}`, [script, ...parts], SITE_SCRIPT_BYTES_MAX);
    site[name] = { script: addressOf(script), preloads: preloadsOf(parts) };
  }
  return { sitestyle: addressOf(style), site };
}

/** Named in the page, parts are fetched beside the script instead of after it. */
function preloadsOf(parts) {
  return parts.map((part) => `<link rel="modulepreload" href="${addressOf(part)}">`).join('\n');
}

/** Fails the build if a page has become too large to be quick. */
async function checkBudget(what, files, most) {
  const sizes = await Promise.all(files.map(async (file) => [file, gzipSync(await readFile(join(fresh, 'assets', file))).length]));
  const sum = sizes.reduce((total, [, size]) => total + size, 0);
  const words = `${(sum / 1024).toFixed(1)} KiB compressed ${what}`;
  if (sum > most) {
    const list = sizes.map(([file, size]) => `  ${file}: ${(size / 1024).toFixed(1)} KiB`).join('\n');
    throw new Error(`${words} (${sum} bytes of ${most}); at most ${most / 1024} KiB are allowed. Import what is rarely needed later.\n${list}`);
  }
  console.log(`web/dist: ${words} (${sum} bytes of ${most})`);
}

function addressOf(file) {
  return `/assets/${file}`;
}

async function writeAsset(name, suffix, bytes) {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8);
  await writeFile(join(fresh, 'assets', `${name}-${hash}.${suffix}`), bytes);
  return `/assets/${name}-${hash}.${suffix}`;
}

/** Fills the {{places}} of a page. */
async function writePage(from, name, values) {
  const template = await readFile(join(source, from), 'utf8');
  const page = template.replaceAll(/\{\{([a-z]+)\}\}/g, (_whole, key) => {
    if (values[key] === undefined) {
      throw new Error(`web/src/${from} has a place {{${key}}} that nothing fills`);
    }
    return values[key];
  });
  await writeFile(join(fresh, name), page);
}

function caseEntry(head) {
  const facts = head.facts.map(({ value }) => value).join(' · ');
  const kind = head.kind === 'judgment' ? 'Judgment' : 'AI conversation';
  return `      <li>
        <a href="/c/${escape(head.id)}">${escape(head.title)}</a>
        <p class="facts">${escape(`${kind} · ${facts}`)}</p>
        <p>${escape(head.summary)}</p>
        <p class="length">${head.paragraphs} paragraphs</p>
      </li>`;
}

function escape(text) {
  const names = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replaceAll(/[&<>"']/g, (character) => names[character]);
}

/** Node 20 runs no TypeScript: esbuild strips the types first. */
async function importTypeScript(file) {
  const result = await build({ entryPoints: [join(web, file)], bundle: true, format: 'esm', write: false, logLevel: 'warning' });
  const code = Buffer.from(result.outputFiles[0].contents).toString('base64');
  return import(`data:text/javascript;base64,${code}`);
}

// Fetching a part of the page, however often it has failed before.

/** As long as an answer of the host is waited for (`api/ask.ts`): a line that is dead fails too. */
const PATIENCE_MS = 30_000;

/**
 * Imports a part once its files are in the browser's cache. Rejects if one cannot be fetched, and may be called again then.
 *
 * Chromium keeps for the life of a page that a module could not be fetched, and never asks for it again: who is offline
 * when a part is first wanted would have to reload. So nothing is imported that has not come already.
 *
 * `files` are the addresses of the part and of what it needs at once; `web/bundle.mjs` fills them in.
 */
export async function arrive<Part>(load: () => Promise<Part>, files: readonly string[] = []): Promise<Part> {
  await Promise.all(
    files.map(async (file) => {
      const answer = await fetch(file, { signal: AbortSignal.timeout(PATIENCE_MS) });
      if (!answer.ok) {
        throw new Error(file);
      }
      await answer.text();
    }),
  );
  return load();
}

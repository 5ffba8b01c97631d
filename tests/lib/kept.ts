// What a browser keeps of cases on its disk, as the page's own copies hold it.

import type { Page } from 'playwright-core';

import type { Reader } from './reader.ts';

/** All that a page's origin keeps in this browser, as text: bytes as the letters that they may stand for. */
export function everythingKept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('it cannot be read'));
      });
    const words = (value: unknown): unknown => {
      if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
        return new TextDecoder().decode(value);
      }
      if (Array.isArray(value) || value instanceof Set || value instanceof Map) {
        return [...value].map(words);
      }
      return typeof value === 'object' && value !== null ? Object.entries(value).map(words) : value;
    };
    const kept: unknown[] = [{ ...localStorage }, { ...sessionStorage }];
    for (const { name } of await indexedDB.databases()) {
      const base = await done(indexedDB.open(name ?? ''));
      // Whoever is about to erase it must not wait for whoever only looks.
      base.onversionchange = () => base.close();
      for (const store of base.objectStoreNames) {
        const reading = base.transaction(store).objectStore(store);
        const [keys, values] = await Promise.all([done(reading.getAllKeys()), done(reading.getAll() as IDBRequest<unknown[]>)]);
        kept.push([name, store, words(keys), words(values)]);
      }
      base.close();
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      const answers = (await cache.keys()).map(async (request) => [request.url, await (await cache.match(request))?.text()]);
      kept.push([name, await Promise.all(answers)]);
    }
    return JSON.stringify(kept);
  });
}

/** The databases of the browser, by their names. */
export async function databases(reader: Reader): Promise<string[]> {
  const bases = await reader.page.evaluate(() => indexedDB.databases());
  return bases.map(({ name }) => name ?? '').toSorted();
}

/** How many changes the copy of a case holds that have not reached the room. */
export function keptUnsent(reader: Reader, caseId: string): Promise<number> {
  return reader.page.evaluate(async (id) => {
    const name = (await indexedDB.databases()).map((base) => base.name ?? '').find((each) => each.endsWith(`:${id}`));
    if (name === undefined) {
      return 0;
    }
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('it cannot be read'));
      });
    const base = await done(indexedDB.open(name));
    // Whoever is about to erase it must not wait for whoever only looks.
    base.onversionchange = () => base.close();
    try {
      return await done(base.transaction('outbox').objectStore('outbox').count());
    } finally {
      base.close();
    }
  }, caseId);
}

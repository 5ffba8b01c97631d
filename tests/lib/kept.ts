// What a browser keeps of cases on its disk, as the page's own copies hold it.

import type { Reader } from './reader.ts';

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

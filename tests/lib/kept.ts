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
    const name = (await indexedDB.databases()).map((base) => base.name ?? '').find((each) => each.endsWith(`:${id}`)) ?? '';
    const base = await new Promise<IDBDatabase>((resolve) => (indexedDB.open(name).onsuccess = ({ target }) => resolve((target as IDBOpenDBRequest).result)));
    const count = base.transaction('outbox').objectStore('outbox').count();
    await new Promise((resolve) => (count.onsuccess = resolve));
    base.close();
    return count.result;
  }, caseId);
}

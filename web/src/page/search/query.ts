// What is looked for, as an address has it. Pure.

export type Query = { readonly words: string; /** From 1. */ readonly page: number };

const WORDS_MAX = 200;
const PAGES_MAX = 1_000;

export function readQuery(search: string): Query {
  const query = new URLSearchParams(search);
  const page = Number(query.get('page') ?? '1');
  return {
    words: (query.get('q') ?? '').trim().slice(0, WORDS_MAX),
    page: Number.isSafeInteger(page) && page >= 1 && page <= PAGES_MAX ? page : 1,
  };
}

export function addressOf({ words, page }: Query): string {
  const query = new URLSearchParams({ q: words, ...(page === 1 ? {} : { page: String(page) }) });
  return `/search?${query}`;
}

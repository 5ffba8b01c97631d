// A browser has no node:assert. Claims are functions that throw.

/** One thing that must hold in a real browser. */
export type Claim = { readonly name: string; readonly check: () => void | Promise<void> };

/** @throws Error unless two values have the same JSON. */
export function equal(actual: unknown, wanted: unknown, about = ''): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(wanted)];
  if (is !== should) {
    throw new Error(`${about}: is ${is?.slice(0, 400)}, should be ${should?.slice(0, 400)}`);
  }
}

/** @throws Error unless it is true. */
export function holds(value: boolean, about: string): void {
  if (!value) {
    throw new Error(about);
  }
}

/** Runs a function with an article in the page, and takes it away afterwards. */
export async function withArticle(use: (article: HTMLElement) => void | Promise<void>): Promise<void> {
  const article = document.createElement('article');
  document.body.append(article);
  scrollTo(0, 0);
  try {
    await use(article);
  } finally {
    article.remove();
    document.getSelection()?.removeAllRanges();
  }
}

/** Lets the browser draw, and tell everybody of a changed selection. */
export function drawn(): Promise<void> {
  return new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}

// When a card gets its body. A few cards have it at once; of many, those near the sight first and the others while the
// browser has nothing else to do, so that opening a case does not wait for what nobody sees yet.

const AT_ONCE_MAX = 150;
const NEAR = '800px 0px';
const IDLE_BATCH = 6;

export class Filling {
  readonly #waiting = new Map<Element, () => void>();
  readonly #observer = new IntersectionObserver((entries) => this.#seen(entries), { rootMargin: NEAR });
  #idle = 0;

  /** Whether a card among so many need not wait. */
  isAtOnce(count: number): boolean {
    return count <= AT_ONCE_MAX;
  }

  /** Calls `fill` once, sooner or later; gives the function that takes the wish back. */
  wait(element: Element, fill: () => void): () => void {
    this.#waiting.set(element, fill);
    this.#observer.observe(element);
    this.#fillIdly();
    return () => this.#drop(element);
  }

  #seen(entries: readonly IntersectionObserverEntry[]): void {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        this.#fill(target);
      }
    }
  }

  #fillIdly(): void {
    if (this.#idle !== 0 || this.#waiting.size === 0) {
      return;
    }
    this.#idle = whenIdle(() => {
      this.#idle = 0;
      for (const element of [...this.#waiting.keys()].slice(0, IDLE_BATCH)) {
        this.#fill(element);
      }
      this.#fillIdly();
    });
  }

  #fill(element: Element): void {
    const fill = this.#waiting.get(element);
    this.#drop(element);
    fill?.();
  }

  #drop(element: Element): void {
    this.#waiting.delete(element);
    this.#observer.unobserve(element);
  }
}

function whenIdle(action: () => void): number {
  // Safari has no idle callbacks.
  return typeof requestIdleCallback === 'function' ? requestIdleCallback(action, { timeout: 2_000 }) : setTimeout(action, 60);
}

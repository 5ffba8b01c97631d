// The margins of cards, in a style sheet of their own: where a card stands is no change of the card.

export class Margins {
  readonly #sheet = new CSSStyleSheet();
  readonly #rules = new Map<string, CSSStyleRule>();
  readonly #gaps = new Map<string, number>();
  /** Rules of cards that have gone, to be used again. */
  readonly #free: CSSStyleRule[] = [];

  constructor() {
    document.adoptedStyleSheets.push(this.#sheet);
  }

  /** Gives a card room above it. Writes nothing if it has that already. */
  set(id: string, gap: number): void {
    if (this.#gaps.get(id) !== gap) {
      this.#gaps.set(id, gap);
      this.#ruleOf(id).style.setProperty('margin-top', `${gap}px`);
    }
  }

  remove(id: string): void {
    const rule = this.#rules.get(id);
    if (rule !== undefined) {
      rule.selectorText = ':not(*)';
      this.#free.push(rule);
      this.#rules.delete(id);
      this.#gaps.delete(id);
    }
  }

  stop(): void {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== this.#sheet);
  }

  #ruleOf(id: string): CSSStyleRule {
    const known = this.#rules.get(id);
    if (known !== undefined) {
      return known;
    }
    const selector = `#card-${CSS.escape(id)}`;
    const rule = this.#free.pop() ?? (this.#sheet.cssRules[this.#sheet.insertRule(`${selector} {}`)] as CSSStyleRule);
    rule.selectorText = selector;
    this.#rules.set(id, rule);
    return rule;
  }
}

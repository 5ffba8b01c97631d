// As much of a document as the index looks at: nodes with parents and siblings. The real thing is tried in a browser, by
// the claims in browser/.

type Kind = 'element' | 'text';

/** A node that can stand for `Node` and `Text` where only the tree matters. */
export class FakeNode {
  readonly nodeType: number;
  data: string;
  readonly childNodes: FakeNode[] = [];
  parentNode: FakeNode | null = null;

  constructor(kind: Kind, data = '') {
    this.nodeType = kind === 'text' ? 3 : 1;
    this.data = data;
  }

  get firstChild(): FakeNode | null {
    return this.childNodes[0] ?? null;
  }

  get lastChild(): FakeNode | null {
    return this.childNodes.at(-1) ?? null;
  }

  get nextSibling(): FakeNode | null {
    return this.#sibling(1);
  }

  get previousSibling(): FakeNode | null {
    return this.#sibling(-1);
  }

  get real(): Node {
    return this as unknown as Node;
  }

  contains(node: FakeNode): boolean {
    for (let at: FakeNode | null = node; at !== null; at = at.parentNode) {
      if (at === this) {
        return true;
      }
    }
    return false;
  }

  /** Splits a text node as the DOM does; gives the second half. */
  splitText(offset: number): FakeNode {
    const rest = new FakeNode('text', this.data.slice(offset));
    this.data = this.data.slice(0, offset);
    const siblings = this.parentNode?.childNodes ?? [];
    siblings.splice(siblings.indexOf(this) + 1, 0, rest);
    rest.parentNode = this.parentNode;
    return rest;
  }

  #sibling(step: number): FakeNode | null {
    const siblings = this.parentNode?.childNodes ?? [];
    const at = siblings.indexOf(this) + step;
    return at < 0 ? null : (siblings[at] ?? null);
  }
}

export function fakeElement(...children: (FakeNode | string)[]): FakeNode {
  const made = new FakeNode('element');
  for (const child of children) {
    const node = typeof child === 'string' ? new FakeNode('text', child) : child;
    node.parentNode = made;
    made.childNodes.push(node);
  }
  return made;
}

// The words of one block: text nodes, and the elements of the marks around them.

import type { Block, Mark } from './case_text.ts';

/** An element with a class and children; strings become text. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className !== '') {
    made.className = className;
  }
  made.append(...children);
  return made;
}

/** A link within the page. */
export function link(address: string, text: string, label?: string): HTMLAnchorElement {
  const made = element('a', '');
  appendText(made, text);
  made.href = address;
  if (label !== undefined) {
    made.ariaLabel = label;
  }
  return made;
}

/** Fills a block's body with its stretch of the text. `noted` remembers which notes have been referred to. */
export function bodyOf(body: HTMLElement, text: string, block: Block, marks: readonly Mark[], noted: Set<string>): void {
  let next = 0;
  const fill = (parent: Element, start: number, end: number): void => {
    let at = start;
    for (let mark = marks[next]; mark !== undefined && mark.start < end; mark = marks[next]) {
      next += 1;
      appendText(parent, text.slice(at, mark.start));
      const made = markElement(mark, noted);
      fill(made.firstElementChild ?? made, mark.start, mark.end);
      parent.append(made);
      at = mark.end;
    }
    appendText(parent, text.slice(at, end));
  };
  fill(body, block.start, block.end);
}

function appendText(parent: Element, text: string): void {
  if (text !== '') {
    parent.append(text);
  }
}

/** The element of a mark. The words go into the innermost. */
function markElement({ kind, to }: Mark, noted: Set<string>): HTMLElement {
  switch (kind) {
    case 'emphasis':
      return document.createElement('em');
    case 'strong':
    case 'code':
      return document.createElement(kind);
    case 'reference':
      return to === null ? element('span', 't-reference') : link(`#${to}`, '');
    case 'noteref': {
      const outer = element('sup', 't-noteref');
      if (to !== null) {
        const inner = link(`#${to}`, '', `Note ${to.slice(1)}`);
        inner.role = 'doc-noteref';
        if (!noted.has(to)) {
          noted.add(to);
          inner.id = `${to}-from`;
        }
        outer.append(inner);
      }
      return outer;
    }
  }
}

// Makes the styles of highlight layers reach all elements of the text.
//
// highlights.css styles layers on the root of the text, since elements inherit them by the standard, and rules for every
// element are ruinously slow where they do. Browsers from before that standard need just those rules.

const ON_ROOT = '.t-text::highlight(';
const ON_ALL = '.t-text *::highlight(';
/** Any layer with a background does for the question. */
const PROBE = '::highlight(g-flashing)';

let isDone = false;

/** Copies the rules for layers to all elements below the root, if this browser does not let them inherit. Once a page. */
export function makeLayersReach(root: HTMLElement): void {
  if (isDone || doLayersInherit(root)) {
    return;
  }
  isDone = true;
  const copies = new CSSStyleSheet();
  for (const { cssText } of [...document.styleSheets].flatMap(rulesOf)) {
    // Rules of media go whole, so that the copies keep their conditions.
    if (cssText.includes(ON_ROOT)) {
      copies.insertRule(cssText.replaceAll(ON_ROOT, ON_ALL), copies.cssRules.length);
    }
  }
  document.adoptedStyleSheets.push(copies);
}

function doLayersInherit(root: HTMLElement): boolean {
  const child = document.createElement('p');
  root.append(child);
  const [own, inherited] = [root, child].map((element) => getComputedStyle(element, PROBE).backgroundColor);
  const plain = getComputedStyle(child).backgroundColor;
  child.remove();
  // Where layers cannot be asked about, the answer is the element's own background or none: then copying is the safe way.
  return own !== undefined && own === inherited && own !== plain && own !== '';
}

function rulesOf(sheet: CSSStyleSheet): CSSRule[] {
  try {
    return [...sheet.cssRules];
  } catch {
    // A sheet of another origin, which an extension has put here. None of ours.
    return [];
  }
}

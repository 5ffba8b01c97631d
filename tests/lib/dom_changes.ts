// Counting what changes in a page: every node that comes, goes, or has its text or an attribute changed, once each.

import type { Page } from 'playwright-core';

declare global {
  interface Window {
    changes?: { stop(): string[] };
  }
}

/** Counts from now on; what is returned ends the counting and gives a line for each node. */
export async function watchChanges(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const nodes = new Map<Node, string>();
    const describe = (node: Node): string => {
      const element = node instanceof Element ? node : node.parentElement;
      return `${node.nodeName.toLowerCase()} in ${element?.closest('[id], [class]')?.outerHTML.slice(0, 60) ?? 'the page'}`;
    };
    const take = (records: readonly MutationRecord[]): void => {
      for (const { type, target, attributeName, addedNodes, removedNodes } of records) {
        if (type === 'childList') {
          addedNodes.forEach((node) => nodes.set(node, `added: ${describe(node)}`));
          removedNodes.forEach((node) => nodes.set(node, `removed: ${describe(node)}`));
        } else if (!nodes.has(target)) {
          nodes.set(target, `${attributeName ?? `text "${target.nodeValue}"`}: ${describe(target)}`);
        }
      }
    };
    const observer = new MutationObserver(take);
    observer.observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributes: true });
    window.changes = {
      stop: () => {
        take(observer.takeRecords());
        observer.disconnect();
        return [...nodes.values()];
      },
    };
  });
  return () => page.evaluate(() => window.changes?.stop() ?? []);
}

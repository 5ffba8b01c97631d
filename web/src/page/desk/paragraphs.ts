// Which numbered paragraph an offset lies in. Pure.

import type { CaseText } from '../../text/case_text.ts';

/** Gives the function that finds the number of the paragraph at an offset: that of its block, or of the one above. */
export function paragraphsIn({ blocks }: Pick<CaseText, 'blocks'>): (offset: number) => string | null {
  let number: string | null = null;
  const starts: number[] = [];
  const numbers: (string | null)[] = [];
  for (const block of blocks) {
    switch (block.kind) {
      case 'part':
      case 'heading':
      case 'subheading':
      case 'speaker':
        number = null;
        break;
      case 'paragraph':
      case 'note':
        number = block.kind === 'note' && block.number !== null ? `note ${block.number}` : block.number;
        break;
      case 'quotation':
      case 'item':
      case 'code':
        number = block.number ?? number;
        break;
    }
    starts.push(block.start);
    numbers.push(number);
  }
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return numbers[low - 1] ?? null;
  };
}

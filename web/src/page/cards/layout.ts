// Where the cards of the margin stand. Pure arithmetic in pixels; the column that uses it measures and writes.

/** A card as the layout sees it: where its text begins and how tall it is. Cards come in the order of their texts. */
export type CardBox = { ideal: number; height: number };

/** A card that keeps its place while the others give way. */
export type Anchor = { index: number; at: number };

/** The least room between two cards. */
export const CARD_GAP = 10;

/**
 * Places cards beside their texts, none over another; gives their tops.
 *
 * Without an anchor, each card stands at its text or, where there is no room, below the one before it. With one, that
 * card stands exactly where it is told, those below are pushed down and those above are pushed up; only if they would
 * leave the top of the column does the anchor give way.
 */
export function placeCards(boxes: readonly CardBox[], anchor: Anchor | null, gap: number = CARD_GAP): number[] {
  if (anchor === null || boxes[anchor.index] === undefined) {
    return pushDown(boxes, (box) => box.ideal, gap);
  }
  const tops = pushDown(boxes.slice(0, anchor.index), (box) => box.ideal, gap);
  let floor = anchor.at;
  for (let index = anchor.index - 1; index >= 0; index -= 1) {
    const box = boxes[index] as CardBox;
    const top = Math.min(tops[index] as number, floor - gap - box.height);
    tops[index] = top;
    floor = top;
  }
  tops.push(anchor.at);
  const above = tops;
  return pushDown(boxes, (box, index) => above[index] ?? box.ideal, gap);
}

/** Browsers lay out in such parts of a pixel: sums of them are exact, so that a margin that need not change does not. */
const PARTS_OF_A_PIXEL = 64;

/** The room before each card: what turns tops into margins of cards that follow each other. */
export function gapsOf(tops: readonly number[], boxes: readonly CardBox[]): number[] {
  let bottom = 0;
  return tops.map((top, index) => {
    const room = top - bottom;
    bottom = top + (boxes[index]?.height ?? 0);
    return Math.round(room * PARTS_OF_A_PIXEL) / PARTS_OF_A_PIXEL;
  });
}

function pushDown(boxes: readonly CardBox[], wish: (box: CardBox, index: number) => number, gap: number): number[] {
  let free = 0;
  return boxes.map((box, index) => {
    const top = Math.max(wish(box, index), free);
    free = top + box.height + gap;
    return top;
  });
}

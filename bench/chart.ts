// Bars as SVG: groups of them, each group to a scale of its own, with its figures beside them. They follow the reader's
// choice of light or dark.

/** A chart. */
export type Chart = { readonly title: string; readonly groups: readonly Group[] };

/** Bars that are compared. */
export type Group = { readonly title: string; readonly bars: readonly Bar[] };

/** One bar. */
export type Bar = { readonly label: string; readonly value: number; readonly words: string; readonly isOurs: boolean };

const WIDTH = 720;
const LABEL_WIDTH = 170;
const BAR_WIDTH = 400;
const ROW = 22;
const HEAD = 34;

const STYLE = [
  'text { font: 13px system-ui, sans-serif; fill: #1f2328 }',
  '.title { font-size: 16px; font-weight: 600 }',
  '.group { font-weight: 600 }',
  'rect { fill: #8c959f } .ours { fill: #0969da }',
  '@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } rect { fill: #6e7681 } .ours { fill: #4493f8 } }',
].join(' ');

/** Draws a chart. */
export function svg({ title, groups }: Chart): string {
  const drawn: string[] = [`<text class="title" x="0" y="18">${escaped(title)}</text>`];
  let y = HEAD;
  for (const group of groups) {
    drawn.push(`<text class="group" x="0" y="${y + 15}">${escaped(group.title)}</text>`);
    y += ROW + 2;
    const most = Math.max(...group.bars.map(({ value }) => value), Number.MIN_VALUE);
    for (const bar of group.bars) {
      drawn.push(...row(bar, y, most));
      y += ROW;
    }
    y += 10;
  }
  const said = groups.map((group) => `${group.title}: ${group.bars.map(({ label, words }) => `${label} ${words}`).join(', ')}.`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-labelledby="title said">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="said">${escaped(said.join(' '))}</desc>`,
    `<style>${STYLE}</style>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}

function row({ label, value, words, isOurs }: Bar, y: number, most: number): string[] {
  // What is there is seen, however small.
  const width = Math.max(1, Math.round((Math.max(value, 0) / most) * BAR_WIDTH));
  return [
    `<text x="${LABEL_WIDTH - 8}" y="${y + 14}" text-anchor="end">${escaped(label)}</text>`,
    `<rect x="${LABEL_WIDTH}" y="${y + 2}" width="${width}" height="${ROW - 6}" rx="2"${isOurs ? ' class="ours"' : ''}/>`,
    `<text x="${LABEL_WIDTH + width + 6}" y="${y + 14}">${escaped(words)}</text>`,
  ];
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

// Makes highlights.css from the palette: `node web/test/text/highlights_css.ts > web/src/text/highlights.css`. A test
// compares, so that the file and the contrasts that are computed from the palette cannot drift apart.
//
// Marks and layers never share a rule: a browser without `::highlight()` drops every rule that names it. And the rules of
// layers match the root of the text only, from which all in it inherit: rules that match every element make Chromium
// compute each layer's style for each element, which takes twenty times as long as laying out the text. (Where layers do
// not inherit, highlight_inheritance.ts copies the rules.)

import { ACTIVE_ALPHA, COLOURS, LINES, PATTERNS, THEMES, type PatternName } from '../../src/text/palette.ts';

/** As in base_painter.ts, which cannot be imported without a page. */
const LEVELS = [0, 1, 2];

const OFFSETS: readonly string[] = ['0.16em', '0.33em', '0.5em'];

// A line with gaps at descenders could not be told from dashes: hence no skipping of ink below.
const THICKNESS: Readonly<Record<PatternName, string>> = {
  solid: '2px',
  dotted: '3px',
  dashed: '2px',
  double: '1.5px',
  wavy: '1.5px',
};

/** The whole of highlights.css. */
export function highlightsCss(): string {
  return `${[
    '/* How highlights look, painted either way. Made by web/test/text/highlights_css.ts of palette.ts: change those. */',
    block(':root', variables('light')),
    `@media (prefers-color-scheme: dark) {\n${block(':root', variables('dark'))}\n}`,
    `@media (forced-colors: active) {\n${block(':root', forcedVariables())}\n}`,
    block('.g-mark', ['background: none', 'color: inherit']),
    ...COLOURS.flatMap((colour) =>
      bothWays(`.g-${colour}`, layers((look) => look.colour === colour), [
        `background-color: var(--g-${colour}-tint)`,
        `text-decoration-color: var(--g-${colour})`,
      ]),
    ),
    ...PATTERNS.flatMap((pattern) =>
      bothWays(`.g-${pattern}`, layers((look) => look.pattern === pattern), [
        'text-decoration-line: underline',
        `text-decoration-style: ${pattern}`,
        `text-decoration-thickness: ${THICKNESS[pattern]}`,
        'text-decoration-skip-ink: none',
        `text-underline-offset: ${OFFSETS[0]}`,
      ]),
    ),
    ...LEVELS.slice(1).flatMap((level) =>
      bothWays(`.g-level-${level}`, layers((look) => look.level === level), [`text-underline-offset: ${OFFSETS[level]}`]),
    ),
    EMPHASES,
  ].join('\n\n')}\n`;
}

// A shade on a mark is an image, since the colour of its background is its tint.
const EMPHASES = `.g-dimmed {
  text-decoration: underline dotted 1px var(--muted, #8b8173);
}

.t-text::highlight(g-dimmed) {
  text-decoration: underline dotted 1px var(--muted, #8b8173);
}

.g-hovered,
.g-active {
  background-image: linear-gradient(var(--g-shade) 0 0);
}

.t-text::highlight(g-hovered),
.t-text::highlight(g-active) {
  background-color: var(--g-shade);
}

/* Lines above and below: a shade alone is hard to see. */
.g-active {
  text-decoration-line: underline overline;
}

.t-text::highlight(g-active) {
  text-decoration: overline 2px var(--ink, currentColor);
}

.g-flashing {
  background-image: linear-gradient(var(--g-flash) 0 0);
}

.t-text::highlight(g-flashing) {
  background-color: var(--g-flash);
}

@media (forced-colors: active) {
  .g-active,
  .g-flashing {
    background: Highlight;
    color: HighlightText;
  }

  .t-text::highlight(g-active),
  .t-text::highlight(g-flashing) {
    background-color: Highlight;
    color: HighlightText;
  }
}

@media print {
  :root {
    --g-shade: transparent;
    --g-flash: transparent;
  }

  .g-mark {
    print-color-adjust: exact;
  }
}`;

function variables(theme: 'light' | 'dark'): string[] {
  const other = theme === 'light' ? 'dark' : 'light';
  const { ink, tintAlpha } = THEMES[theme];
  return [
    ...COLOURS.flatMap((colour) => [
      `--g-${colour}: ${LINES[colour][theme]}`,
      `--g-${colour}-tint: ${translucent(LINES[colour][other], tintAlpha)}`,
    ]),
    `--g-shade: ${translucent(ink, ACTIVE_ALPHA)}`,
    `--g-flash: ${translucent(LINES.amber[other], 0.4)}`,
  ];
}

/** The system's colours: there only the patterns tell tags apart. */
function forcedVariables(): string[] {
  const colours = COLOURS.flatMap((colour) => [`--g-${colour}: CanvasText`, `--g-${colour}-tint: Canvas`]);
  return [...colours, '--g-shade: transparent', '--g-flash: Highlight'];
}

function translucent(hex: string, alpha: number): string {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return `rgb(${red} ${green} ${blue} / ${Math.round(alpha * 100)}%)`;
}

type Look = { colour: string; pattern: string; level: number };

/** The names of the layers of the looks that have a property. */
function layers(has: (look: Look) => boolean): string {
  const looks = COLOURS.flatMap((colour) => PATTERNS.flatMap((pattern) => LEVELS.map((level) => ({ colour, pattern, level }))));
  return looks
    .filter(has)
    .map(({ colour, pattern, level }) => `.t-text::highlight(g-${colour}-${pattern}-${level})`)
    .join(',\n');
}

function bothWays(mark: string, layer: string, declarations: readonly string[]): string[] {
  return [block(mark, declarations), block(layer, declarations)];
}

function block(selector: string, declarations: readonly string[]): string {
  return `${selector} {\n${declarations.map((each) => `  ${each};`).join('\n')}\n}`;
}

// Run by itself it prints the file.
if (process.argv[1]?.endsWith('highlights_css.ts')) {
  process.stdout.write(highlightsCss());
}

// How highlights look: style sheets, made of the palette when the page starts. A file of the same rules would be 2.5 KiB,
// compressed, to fetch before anybody can read. (The page's security policy allows sheets, unlike style elements.)
//
// A look is a colour, a pattern and a level, with one name: `g-amber-dotted-0`. All properties are written out, since not
// every browser knows the short forms.

import { COLOURS, DARK, FLASH, LIGHT, LINES, PATTERNS, SHADE, THEMES } from './palette.ts';
import type { PaintedStyle } from './painter.ts';
import type { ColourName, PatternName } from './palette.ts';

/** Underlines of highlights that overlap lie below each other, as far as there is room between two lines. */
const OFFSETS = ['.16em', '.33em', '.5em'];
export const LEVELS = OFFSETS.length;

// A line with gaps at descenders could not be told from dashes: hence no skipping of ink below.
const THICKNESS: Readonly<Record<PatternName, number>> = { solid: 2, dotted: 3, dashed: 2, double: 1.5, wavy: 1.5 };

/** What a name is selected by: a layer, or the class of a mark. */
export type Select = (name: string) => string;

/** The name of a look. */
export function lookName({ colour, pattern }: PaintedStyle, level: number): string {
  return `g-${colour}-${pattern}-${level}`;
}

/** Makes the page use rules. */
export function adopt(rules: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  document.adoptedStyleSheets.push(sheet);
}

/**
 * The custom properties of the colours: as the system says, or as `data-theme` on the root element does. With the system's
 * own colours only the patterns tell tags apart. No rule weighs more than another, so that the last that applies counts.
 * Whatever has the class `colour-amber` gets its colour as `--tag` and `--tint`.
 */
export function colourRules(): string {
  const dark = `{${colours(DARK)}}`;
  const forced = properties(() => 'CanvasText', () => 'Canvas', NONE, 'Highlight');
  return `:root{${colours(LIGHT)}}
@media screen{:root:where([data-theme=dark])${dark}}
@media screen and (prefers-color-scheme:dark){:root:where(:not([data-theme=light]))${dark}}
@media (forced-colors:active){:root{${forced}}}
@media print{:root{--g-shade:${NONE};--g-flash:${NONE}}}
${COLOURS.map((colour) => `.colour-${colour}{--tag:var(--g-${colour});--tint:var(--g-${colour}-tint)}`).join('')}`;
}

const NONE = '#0000';

function colours(theme: typeof LIGHT | typeof DARK): string {
  const other = theme === LIGHT ? DARK : LIGHT;
  const { ink, tint } = THEMES[theme];
  return properties((colour) => LINES[colour][theme], (colour) => LINES[colour][other] + tint, ink + SHADE, LINES.amber[other] + FLASH);
}

function properties(line: (of: ColourName) => string, tint: (of: ColourName) => string, shade: string, flash: string): string {
  const both = COLOURS.map((colour) => `--g-${colour}:${line(colour)};--g-${colour}-tint:${tint(colour)};`);
  return `${both.join('')}--g-shade:${shade};--g-flash:${flash}`;
}

/** The rules for all looks, and for what a filter fades. */
export function lookRules(select: Select): string {
  const looks = COLOURS.flatMap((colour) =>
    PATTERNS.flatMap((pattern) =>
      OFFSETS.map((offset, level) => {
        const line = underline(pattern, THICKNESS[pattern], `var(--g-${colour})`);
        const name = select(lookName({ colour, pattern }, level));
        return `${name}{background-color:var(--g-${colour}-tint);${line};text-decoration-skip-ink:none;text-underline-offset:${offset}}`;
      }),
    ),
  );
  return `${looks.join('\n')}
${select('g-dimmed')}{${underline('dotted', 1, 'var(--muted,#8b8173)')}}`;
}

/** The declarations of a line below, or of one elsewhere. */
export function underline(pattern: PatternName, pixels: number, colour: string, line = 'underline'): string {
  return `text-decoration-line:${line};text-decoration-style:${pattern};text-decoration-thickness:${pixels}px;text-decoration-color:${colour}`;
}

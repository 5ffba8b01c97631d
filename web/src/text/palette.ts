// The colours and underlines of highlights. The one source: looks.ts makes style sheets of it, and a test computes the
// contrasts. Cards and the toolbar use the custom properties `--g-amber` (line) and `--g-amber-tint`.

/** The lines on light and on dark paper. The tint of one theme is the line of the other, thinned: light stays light. */
export const LINES = {
  amber: ['#955f00', '#e0a52f'],
  azure: ['#1a66b5', '#62aef5'],
  violet: ['#7a4bd0', '#b294f5'],
  coral: ['#b8401f', '#f58a6e'],
  green: ['#277237', '#6cc47a'],
  rose: ['#b22c6e', '#f17fb4'],
  teal: ['#0b7374', '#48c1bf'],
  indigo: ['#3b4cc0', '#8f9ff7'],
  olive: ['#666b13', '#b7bd4a'],
  sienna: ['#8f5027', '#d29a6c'],
  slate: ['#5a6b7d', '#9fb2c6'],
  plum: ['#8a3a8c', '#d68fd8'],
} as const;

export type ColourName = keyof typeof LINES;

export type PatternName = 'solid' | 'dotted' | 'dashed' | 'double' | 'wavy';

export const COLOURS = Object.keys(LINES) as readonly ColourName[];

export const PATTERNS: readonly PatternName[] = ['solid', 'dotted', 'dashed', 'double', 'wavy'];

/** How a highlight looks. Never by colour alone: the underline tells tags apart too. */
export type HighlightStyle = { readonly colour: ColourName; readonly pattern: PatternName };

/** The place of a theme in each of `LINES` and in `THEMES`. */
export const LIGHT = 0;
export const DARK = 1;

/** The ink of a theme, and how strong a tint is there: two hexadecimal digits behind a colour. */
export const THEMES = [
  { ink: '#221d17', tint: '4d' },
  { ink: '#e9e2d4', tint: '52' },
] as const;

/** How strongly the ink shades the active highlight, on top of its tint. */
export const SHADE = '1a';

/** How strong the amber of a highlight is that is shown for a moment. */
export const FLASH = '66';

// The colours and underlines of highlights. The one source: `highlights.css` is made of it (see highlights_css.ts), and a
// test computes the contrasts. Cards and the toolbar use the custom properties `--g-amber` (line) and `--g-amber-tint`.

export type ColourName =
  | 'amber'
  | 'azure'
  | 'violet'
  | 'coral'
  | 'green'
  | 'rose'
  | 'teal'
  | 'indigo'
  | 'olive'
  | 'sienna'
  | 'slate'
  | 'plum';

export type PatternName = 'solid' | 'dotted' | 'dashed' | 'double' | 'wavy';

export const COLOURS: readonly ColourName[] = [
  'amber', 'azure', 'violet', 'coral', 'green', 'rose', 'teal', 'indigo', 'olive', 'sienna', 'slate', 'plum',
];

export const PATTERNS: readonly PatternName[] = ['solid', 'dotted', 'dashed', 'double', 'wavy'];

/** How a highlight looks. Never by colour alone: the underline tells tags apart too. */
export type HighlightStyle = { readonly colour: ColourName; readonly pattern: PatternName };

/** A theme: the least favourable paper and ink that the page has there, and how strong a tint is. */
export type Theme = { readonly paper: string; readonly ink: string; readonly tintAlpha: number };

export const THEMES: Readonly<Record<'light' | 'dark', Theme>> = {
  light: { paper: '#fbf9f4', ink: '#221d17', tintAlpha: 0.3 },
  dark: { paper: '#181510', ink: '#e9e2d4', tintAlpha: 0.32 },
};

/** How strongly the ink shades the active highlight, on top of its tint. */
export const ACTIVE_ALPHA = 0.1;

/** The lines on light and on dark paper. The tint of one theme is the line of the other, thinned: light stays light. */
export const LINES: Readonly<Record<ColourName, Readonly<Record<'light' | 'dark', string>>>> = {
  amber: { light: '#955f00', dark: '#e0a52f' },
  azure: { light: '#1a66b5', dark: '#62aef5' },
  violet: { light: '#7a4bd0', dark: '#b294f5' },
  coral: { light: '#b8401f', dark: '#f58a6e' },
  green: { light: '#277237', dark: '#6cc47a' },
  rose: { light: '#b22c6e', dark: '#f17fb4' },
  teal: { light: '#0b7374', dark: '#48c1bf' },
  indigo: { light: '#3b4cc0', dark: '#8f9ff7' },
  olive: { light: '#666b13', dark: '#b7bd4a' },
  sienna: { light: '#8f5027', dark: '#d29a6c' },
  slate: { light: '#5a6b7d', dark: '#9fb2c6' },
  plum: { light: '#8a3a8c', dark: '#d68fd8' },
};

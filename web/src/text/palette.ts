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

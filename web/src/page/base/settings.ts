// What a person has chosen about how the page behaves, kept in this browser.

import { effect } from '@preact/signals';

import { storedChoice } from './stored.ts';

export type Theme = 'system' | 'light' | 'dark';

/** Whether letters and digits without Ctrl are commands. */
export const singleKeys = storedChoice('glossator.keys', ['on', 'off'], 'on');

/** Whether screen readers are told what others do. */
export const tidings = storedChoice('glossator.tidings', ['on', 'off'], 'on');

/** Light or dark, or as the system says. */
export const theme = storedChoice<Theme>('glossator.theme', ['system', 'light', 'dark'], 'system');

const DARK_QUERY = '(prefers-color-scheme: dark)';
/** What a rule for dark colours is asked instead of the system. */
const DARK_WHEN = { system: DARK_QUERY, light: 'not all', dark: 'all' } as const;

/**
 * Keeps the page's colours in step with the choice.
 *
 * The style sheets are written for the system's choice, once; here the question in them is exchanged, so that nothing
 * has to be said twice in them.
 */
export function followTheme(): void {
  const rules = [...document.styleSheets].flatMap((sheet) =>
    rulesOf(sheet).filter((rule) => rule instanceof CSSMediaRule && rule.conditionText === DARK_QUERY),
  ) as CSSMediaRule[];
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value;
    for (const rule of rules) {
      rule.media.mediaText = DARK_WHEN[theme.value];
    }
  });
}

/** A style sheet that could not be fetched has no rules to read: the page is plain then, but it works. */
function rulesOf(sheet: CSSStyleSheet): CSSRule[] {
  try {
    return [...sheet.cssRules];
  } catch {
    return [];
  }
}

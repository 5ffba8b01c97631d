import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { layerRules } from '../../src/text/layer_brush.ts';
import { colourRules, lookRules } from '../../src/text/looks.ts';
import { COLOURS, DARK, LIGHT, LINES, PATTERNS, SHADE, THEMES } from '../../src/text/palette.ts';

type Rgb = readonly [number, number, number];

const themes = [LIGHT, DARK] as const;
type Theme = (typeof themes)[number];
/** The least favourable that the page has. */
const PAPERS = ['#fbf9f4', '#181510'] as const;
/** WCAG 2.2: 1.4.11 for lines, 1.4.3 for text. */
const LINE_CONTRAST_MIN = 3;
const TEXT_CONTRAST_MIN = 4.5;

test('every look has one rule for its layer and one for its mark, on three levels, and none names both', () => {
  const layers = layerRules((name) => `.t-text::highlight(${name})`);
  const marks = lookRules((name) => `.${name}`);
  for (const colour of COLOURS) {
    for (const pattern of PATTERNS) {
      for (const level of [0, 1, 2]) {
        const look = `g-${colour}-${pattern}-${level}`;
        assert.equal(layers.split(`.t-text::highlight(${look}){`).length, 2, look);
        assert.equal(marks.split(`.${look}{`).length, 2, look);
      }
    }
  }
  // Rules for every element make Chromium slow; a mark's rule beside a layer's is dropped by browsers without layers.
  assert.equal(/(^|[^t])::highlight/.test(layers), false);
  assert.equal(marks.includes('::highlight'), false);
});

test('every colour has a line and a tint in each theme, by the system’s choice and by the page’s own', () => {
  const rules = colourRules();
  for (const colour of COLOURS) {
    const [light, dark] = LINES[colour];
    assert.equal(rules.split(`--g-${colour}:${light};--g-${colour}-tint:${dark}${THEMES[LIGHT].tint};`).length, 2, colour);
    assert.equal(rules.split(`--g-${colour}:${dark};--g-${colour}-tint:${light}${THEMES[DARK].tint};`).length, 3, colour);
    assert.ok(rules.includes(`--g-${colour}:CanvasText;--g-${colour}-tint:Canvas;`), colour);
  }
});

test('an underline stands out from the paper, from its own tint and from a second tint on it', () => {
  for (const theme of themes) {
    for (const colour of COLOURS) {
      const line = rgb(LINES[colour][theme]);
      const paper = rgb(PAPERS[theme]);
      for (const ground of [paper, ...COLOURS.map((other) => tinted([other, colour], theme)), tinted([colour], theme)]) {
        assert.ok(contrast(line, ground) >= LINE_CONTRAST_MIN, `${colour}, theme ${theme}: ${contrast(line, ground).toFixed(2)}`);
      }
    }
  }
});

test('text can be read on three tints at once, the active one shaded', () => {
  for (const theme of themes) {
    const ink = rgb(THEMES[theme].ink);
    for (const first of COLOURS) {
      for (const second of COLOURS) {
        for (const third of COLOURS) {
          const ground = over(ink, alpha(SHADE), tinted([first, second, third], theme));
          const found = contrast(ink, ground);
          assert.ok(found >= TEXT_CONTRAST_MIN, `${first}, ${second}, ${third}, theme ${theme}: ${found.toFixed(2)}`);
        }
      }
    }
  }
});

test('no two colours are alike, in either theme', () => {
  for (const theme of themes) {
    const lines = COLOURS.map((colour) => rgb(LINES[colour][theme]));
    for (const [at, one] of lines.entries()) {
      for (const other of lines.slice(at + 1)) {
        const distance = Math.hypot(...one.map((channel, index) => channel - (other[index] ?? 0)));
        assert.ok(distance > 25, `theme ${theme}: ${one.join()} and ${other.join()}`);
      }
    }
  }
});

test('what the search finds can be read, and stands out from the paper and from every tint on it', async () => {
  const style = await readFile(new URL('../../src/page/style/base.css', import.meta.url), 'utf8');
  const blocks = style.split('@media (prefers-color-scheme: dark)');
  for (const theme of themes) {
    const named = (name: string): Rgb => rgb(new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(blocks[theme] ?? '')?.[1] ?? '');
    for (const [ground, words] of [['muted', 'paper'], ['accent', 'on-accent']] as const) {
      const found = contrast(named(ground), named(words));
      assert.ok(found >= TEXT_CONTRAST_MIN, `${words} on ${ground}, theme ${theme}: ${found.toFixed(2)}`);
      for (const around of [rgb(PAPERS[theme]), ...COLOURS.map((colour) => tinted([colour], theme))]) {
        assert.ok(contrast(named(ground), around) >= LINE_CONTRAST_MIN, `${ground}, theme ${theme}: ${contrast(named(ground), around).toFixed(2)}`);
      }
    }
  }
});

/** The paper with tints on it, one over the other. */
function tinted(colours: readonly (typeof COLOURS)[number][], theme: Theme): Rgb {
  const other = theme === LIGHT ? DARK : LIGHT;
  return colours.reduce<Rgb>((ground, colour) => over(rgb(LINES[colour][other]), alpha(THEMES[theme].tint), ground), rgb(PAPERS[theme]));
}

/** What two digits behind a colour mean. */
function alpha(digits: string): number {
  return Number.parseInt(digits, 16) / 255;
}

function over(colour: Rgb, share: number, ground: Rgb): Rgb {
  const mix = (index: 0 | 1 | 2): number => colour[index] * share + ground[index] * (1 - share);
  return [mix(0), mix(1), mix(2)];
}

function rgb(hex: string): Rgb {
  const channel = (at: number): number => Number.parseInt(hex.slice(at, at + 2), 16);
  return [channel(1), channel(3), channel(5)];
}

function contrast(one: Rgb, other: Rgb): number {
  const [lighter, darker] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return ((lighter ?? 0) + 0.05) / ((darker ?? 0) + 0.05);
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { ACTIVE_ALPHA, COLOURS, LINES, PATTERNS, THEMES } from '../../src/text/palette.ts';
import { highlightsCss } from './highlights_css.ts';

type Rgb = readonly [number, number, number];

const themes = ['light', 'dark'] as const;
/** WCAG 2.2: 1.4.11 for lines, 1.4.3 for text. */
const LINE_CONTRAST_MIN = 3;
const TEXT_CONTRAST_MIN = 4.5;

test('highlights.css is what the palette makes of it', () => {
  const file = readFileSync(new URL('../../src/text/highlights.css', import.meta.url), 'utf8');
  assert.equal(file, highlightsCss(), 'make it anew: node web/test/text/highlights_css.ts > web/src/text/highlights.css');
});

test('every look has a rule for marks and a layer on the root of the text, on three levels', () => {
  const css = highlightsCss();
  for (const colour of COLOURS) {
    for (const pattern of PATTERNS) {
      for (const level of [0, 1, 2]) {
        assert.ok(css.includes(`.t-text::highlight(g-${colour}-${pattern}-${level})`));
      }
    }
    assert.ok(css.includes(`.g-${colour} {`));
  }
  // Rules for every element make Chromium slow; a mark's rule beside a layer's is dropped by browsers without layers.
  assert.equal(/(^|[^t])::highlight/.test(css), false);
  assert.equal(/\.g-[a-z]+,\s*\.t-text::highlight/.test(css), false);
});

test('an underline stands out from the paper, from its own tint and from a second tint on it', () => {
  for (const theme of themes) {
    for (const colour of COLOURS) {
      const line = rgb(LINES[colour][theme]);
      const paper = rgb(THEMES[theme].paper);
      for (const ground of [paper, ...COLOURS.map((other) => tinted([other, colour], theme)), tinted([colour], theme)]) {
        assert.ok(contrast(line, ground) >= LINE_CONTRAST_MIN, `${colour}, ${theme}: ${contrast(line, ground).toFixed(2)}`);
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
          const ground = over(ink, ACTIVE_ALPHA, tinted([first, second, third], theme));
          const found = contrast(ink, ground);
          assert.ok(found >= TEXT_CONTRAST_MIN, `${first}, ${second}, ${third}, ${theme}: ${found.toFixed(2)}`);
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
        assert.ok(distance > 25, `${theme}: ${one.join()} and ${other.join()}`);
      }
    }
  }
});

/** The paper with tints on it, one over the other. */
function tinted(colours: readonly (typeof COLOURS)[number][], theme: 'light' | 'dark'): Rgb {
  const other = theme === 'light' ? 'dark' : 'light';
  return colours.reduce<Rgb>((ground, colour) => over(rgb(LINES[colour][other]), THEMES[theme].tintAlpha, ground), rgb(THEMES[theme].paper));
}

function over(colour: Rgb, alpha: number, ground: Rgb): Rgb {
  const mix = (index: 0 | 1 | 2): number => colour[index] * alpha + ground[index] * (1 - alpha);
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

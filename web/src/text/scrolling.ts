// Bringing a highlight into sight, where it can be found and without more movement than is good for the reader.

import type { Painter } from './painter.ts';

/** The part of the height, from the top, where a highlight is well in sight: there is a bar above and context below. */
const CALM = { from: 0.12, to: 0.75 };
/** Where it is put otherwise. */
const AIM = 0.3;
/** Gliding over more heights than this shows nothing but a blur. */
const GLIDE_HEIGHTS_MAX = 3;

/**
 * Scrolls to a highlight unless it is well in sight already, and flashes it. At once, without gliding, for readers who
 * want less motion. False for an unknown id.
 */
export function reveal(painter: Painter, root: HTMLElement, id: string): boolean {
  const top = painter.topOf(id);
  if (top === null) {
    return false;
  }
  bringIntoSight(root, top);
  painter.flash(id);
  return true;
}

/** Scrolls to a height of the viewport, unless it is well in sight already. */
export function bringIntoSight(root: HTMLElement, top: number): void {
  const scroller = scrollerOf(root);
  const distance = distanceTo(top, heightsOf(scroller));
  if (distance !== 0) {
    scroller.scrollBy({ top: distance, behavior: isGliding(distance, scroller.clientHeight) ? 'smooth' : 'instant' });
  }
}

/** How far to scroll so that a place is well in sight; 0 if it is. Pure. */
export function distanceTo(place: number, { top, height }: { top: number; height: number }): number {
  const within = place - top;
  return within >= height * CALM.from && within <= height * CALM.to ? 0 : within - height * AIM;
}

function isGliding(distance: number, height: number): boolean {
  return Math.abs(distance) <= height * GLIDE_HEIGHTS_MAX && !matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** The element that scrolls the text: the nearest that can, else the page. */
function scrollerOf(root: HTMLElement): Element {
  for (let at: HTMLElement | null = root; at !== null; at = at.parentElement) {
    if (at.scrollHeight > at.clientHeight && /auto|scroll/.test(getComputedStyle(at).overflowY)) {
      return at;
    }
  }
  return document.scrollingElement ?? document.documentElement;
}

function heightsOf(scroller: Element): { top: number; height: number } {
  const isPage = scroller === document.scrollingElement || scroller === document.documentElement;
  return { top: isPage ? 0 : scroller.getBoundingClientRect().top, height: scroller.clientHeight };
}

// How large things are on the screen.

import type { Size } from './place.ts';

export function sizeOf(box: HTMLElement): Size {
  return { width: box.offsetWidth, height: box.offsetHeight };
}

export function viewport(): Size {
  return { width: document.documentElement.clientWidth, height: window.innerHeight };
}

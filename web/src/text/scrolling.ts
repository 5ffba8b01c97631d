// Bringing a highlight into sight.
import type { Painter } from './painter.ts';

/**
 * Scrolls to a highlight unless it is well in sight already, and flashes it. At once, without gliding, for readers who
 * want less motion. False for an unknown id.
 */
export declare function reveal(painter: Painter, root: HTMLElement, id: string): boolean;

// The way of a pen: fewer points that look the same, and how far a place is from it. Pure.

import { COORDINATE_MAX, STROKE_POINTS_MAX } from './limits.ts';

/** How far a point may lie beside the line that stands for it, in units of the board: less than a pen is wide. */
const TOLERANCE = 0.75;

/**
 * The points that are kept of a stroke, in whole units (Ramer, Douglas and Peucker): of each stretch the point that lies
 * farthest from its chord, as long as one lies farther than the tolerance. If that are still more than a board takes, then
 * evenly as many of them as it does.
 */
export function simplified(points: readonly number[]): number[] {
  const kept = reduced(points.map(whole), TOLERANCE);
  const step = Math.ceil(kept.length / 2 / (STROKE_POINTS_MAX - 1));
  return step <= 1 ? kept : kept.filter((_, at) => (at >> 1) % step === 0 || at >= kept.length - 2);
}

/** How far a place is from a stroke. */
export function distanceTo(points: readonly number[], x: number, y: number): number {
  let nearest = points.length === 2 ? Math.hypot((points[0] ?? 0) - x, (points[1] ?? 0) - y) : Infinity;
  for (let at = 0; at + 3 < points.length; at += 2) {
    nearest = Math.min(nearest, distanceToSegment(x, y, points, at, at + 2));
  }
  return nearest;
}

/** As a path for SVG. A single point is a dot. */
export function pathOf(points: readonly number[]): string {
  const [x = 0, y = 0] = points;
  let path = `M${x} ${y}`;
  for (let at = 2; at + 1 < points.length; at += 2) {
    path += `L${points[at]} ${points[at + 1]}`;
  }
  return points.length === 2 ? `${path}h0` : path;
}

function reduced(points: readonly number[], tolerance: number): number[] {
  const last = points.length - 2;
  const isKept = new Uint8Array(points.length / 2);
  isKept[0] = 1;
  isKept[last / 2] = 1;
  // A stack of its own: a long line would be too deep for the language's.
  const stretches: [number, number][] = [[0, last]];
  for (let next = stretches.pop(); next !== undefined; next = stretches.pop()) {
    const [from, to] = next;
    let [farthest, distance] = [from, tolerance];
    for (let at = from + 2; at < to; at += 2) {
      const away = distanceToSegment(points[at] ?? 0, points[at + 1] ?? 0, points, from, to);
      if (away > distance) {
        [farthest, distance] = [at, away];
      }
    }
    if (farthest !== from) {
      isKept[farthest / 2] = 1;
      stretches.push([from, farthest], [farthest, to]);
    }
  }
  return points.filter((_, at) => isKept[at >> 1] === 1);
}

function distanceToSegment(x: number, y: number, points: readonly number[], from: number, to: number): number {
  const [ax, ay, bx, by] = [points[from] ?? 0, points[from + 1] ?? 0, points[to] ?? 0, points[to + 1] ?? 0];
  const square = (bx - ax) ** 2 + (by - ay) ** 2;
  const along = square === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / square));
  return Math.hypot(ax + along * (bx - ax) - x, ay + along * (by - ay) - y);
}

function whole(value: number): number {
  return Math.round(Math.min(COORDINATE_MAX, Math.max(-COORDINATE_MAX, value)));
}

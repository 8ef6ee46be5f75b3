// Closed lines on the map: the lasso and the box.

import type { Bounds } from "./camera.ts";

export type Point = [number, number];

/** Whether (x, y) lies within the closed line, by the even-odd rule. Python's `inside` follows the same rule. */
export function within(polygon: Point[], x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [xi, yi] = polygon[i];
    const [xj, yj] = polygon[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

export function around(polygon: Point[]): Bounds {
  const xs = polygon.map((point) => point[0]);
  const ys = polygon.map((point) => point[1]);
  return { x0: Math.min(...xs), x1: Math.max(...xs), y0: Math.min(...ys), y1: Math.max(...ys) };
}

export function box(a: Point, b: Point): Point[] {
  return [a, [b[0], a[1]], b, [a[0], b[1]]];
}

/** Fewer corners, none of which moves the line by more than `tolerance` (Douglas & Peucker 1973). */
export function simplify(line: Point[], tolerance: number): Point[] {
  if (line.length < 3) return line;
  const keep = new Uint8Array(line.length);
  keep[0] = keep[line.length - 1] = 1;
  const open: [number, number][] = [[0, line.length - 1]];
  while (open.length) {
    const [from, to] = open.pop()!;
    let worst = -1;
    let far = tolerance;
    for (let i = from + 1; i < to; i++) {
      const distance = offLine(line[i], line[from], line[to]);
      if (distance > far) {
        far = distance;
        worst = i;
      }
    }
    if (worst > 0) {
      keep[worst] = 1;
      open.push([from, worst], [worst, to]);
    }
  }
  return line.filter((_, i) => keep[i]);
}

function offLine(p: Point, a: Point, b: Point): number {
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const length = dx * dx + dy * dy;
  const t = length ? Math.min(1, Math.max(0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length)) : 0;
  return Math.hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy);
}

// Which names are written where: greedy by importance, without overlap.

import type { Region } from "./types.ts";

export interface Candidate {
  id: string;
  text: string;
  /** Screen position, and the radius of the point that must stay clear (0: a name centred on its place). */
  x: number;
  y: number;
  radius: number;
  size: number;
  weight: number;
  role: "region" | "tag" | "marked" | "selected";
  /** What a click on the name means: a point (−1: none), or a region to fly into. */
  point: number;
  region: Region | null;
}

export interface Placed extends Candidate {
  /** Left and middle of the text. */
  left: number;
  middle: number;
  width: number;
}

// Room that a label keeps to others.
const AIR_X = 10;
const AIR_Y = 6;

/** Rectangles that are taken, in buckets so that 100 labels among 5,000 candidates stay cheap. */
class Taken {
  private readonly buckets = new Map<number, [number, number, number, number][]>();

  free(x0: number, y0: number, x1: number, y1: number): boolean {
    for (const key of this.keys(x0, y0, x1, y1))
      for (const other of this.buckets.get(key) ?? [])
        if (x0 < other[2] && x1 > other[0] && y0 < other[3] && y1 > other[1]) return false;
    return true;
  }

  take(x0: number, y0: number, x1: number, y1: number): void {
    for (const key of this.keys(x0, y0, x1, y1)) {
      const bucket = this.buckets.get(key);
      if (bucket) bucket.push([x0, y0, x1, y1]);
      else this.buckets.set(key, [[x0, y0, x1, y1]]);
    }
  }

  private *keys(x0: number, y0: number, x1: number, y1: number): Generator<number> {
    for (let row = Math.floor(y0 / 64); row <= Math.floor(y1 / 64); row++)
      for (let column = Math.floor(x0 / 128); column <= Math.floor(x1 / 128); column++) yield row * 4096 + column;
  }
}

/**
 * Places candidates in the order given, each in the free position that hides the least of the points, until `most` stand.
 * A tag is tried right, left, above and below its point; a region's name on its place, and a little above or below; the
 * selected one always stands. Whoever names them is told of each whether it stands. hides: how much of the points a rectangle covers.
 */
export function place(
  candidates: Iterable<Candidate, void | undefined, boolean | undefined>,
  width: number,
  height: number,
  measure: (candidate: Candidate) => number,
  most: number,
  reserved: [number, number, number, number][] = [],
  hides: (x0: number, y0: number, x1: number, y1: number) => number = () => 0,
): Placed[] {
  const taken = new Taken();
  for (const rectangle of reserved) taken.take(...rectangle);
  const placed: Placed[] = [];
  const asked = candidates[Symbol.iterator]();
  let stands: boolean | undefined;
  for (let next = asked.next(stands); !next.done && placed.length < most; next = asked.next(stands)) {
    const candidate = next.value;
    stands = false;
    const wide = measure(candidate);
    const half = candidate.size * 0.62;
    const free = positions(candidate, wide, half).filter(([left, middle]) => {
      const seen = left >= 2 && left + wide <= width - 2 && middle - half >= 2 && middle + half <= height - 2;
      return seen && taken.free(left - AIR_X, middle - half - AIR_Y, left + wide + AIR_X, middle + half + AIR_Y);
    });
    if (!free.length && candidate.role === "selected") free.push(positions(candidate, wide, half)[0]);
    if (!free.length) continue;
    const [left, middle] = best(free, ([x, y]) => hides(x, y - half, x + wide, y + half));
    taken.take(left, middle - half, left + wide, middle + half);
    placed.push({ ...candidate, left, middle, width: wide });
    stands = true;
  }
  return placed;
}

/** The one that costs least, the first of equals. */
function best<T>(choices: T[], cost: (choice: T) => number): T {
  let found = choices[0];
  let least = Infinity;
  for (const choice of choices) {
    const price = cost(choice);
    if (price < least) [found, least] = [choice, price];
    if (least === 0) break;
  }
  return found;
}

function positions(candidate: Candidate, wide: number, half: number): [number, number][] {
  const { x, y, radius } = candidate;
  if (candidate.role === "region") return [0, -1.6, 1.6, -3, 3].map((step) => [x - wide / 2, y + step * half]);
  const gap = radius + 4;
  return [
    [x + gap, y],
    [x - gap - wide, y],
    [x - wide / 2, y - radius - half - 3],
    [x - wide / 2, y + radius + half + 3],
  ];
}

/** The level whose clusters come closest to `wanted` on screen, when 1/zoom² of the map shows; −1 when we are past them all. */
export function levelFor(sizes: number[], zoom: number, wanted: number): number {
  let best = -1;
  let least = Infinity;
  sizes.forEach((size, level) => {
    const miss = Math.abs(Math.log(Math.max(size / zoom ** 2, 1e-9) / wanted));
    if (miss < least) {
      least = miss;
      best = level;
    }
  });
  return sizes.length && sizes[sizes.length - 1] / zoom ** 2 < 1.5 ? -1 : best;
}

/** A label no longer than `most` signs. */
export function shortened(text: string, most: number): string {
  const plain = text.replace(/\s+/g, " ").trim();
  const signs = [...plain];
  return signs.length > most ? `${signs.slice(0, most - 1).join("").trimEnd()}…` : plain;
}

// A uniform grid over the points: who is near the pointer, who lies in this rectangle.

import type { Bounds } from "./camera.ts";

const PER_CELL = 6;

export class Grid {
  private readonly start: Uint32Array;
  private readonly items: Uint32Array;
  private readonly columns: number;
  private readonly rows: number;
  private readonly size: number;
  readonly bounds: Bounds;

  /** xy: x and y of each point in turn. Built once, in three passes over the points. */
  constructor(private readonly xy: Float32Array) {
    const count = xy.length / 2;
    const bounds = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };
    for (let i = 0; i < count; i++) {
      bounds.x0 = Math.min(bounds.x0, xy[2 * i]);
      bounds.x1 = Math.max(bounds.x1, xy[2 * i]);
      bounds.y0 = Math.min(bounds.y0, xy[2 * i + 1]);
      bounds.y1 = Math.max(bounds.y1, xy[2 * i + 1]);
    }
    this.bounds = count ? bounds : { x0: 0, y0: 0, x1: 0, y1: 0 };
    const wide = Math.max(this.bounds.x1 - this.bounds.x0, 1e-9);
    const high = Math.max(this.bounds.y1 - this.bounds.y0, 1e-9);
    this.size = Math.max(Math.sqrt((wide * high * PER_CELL) / Math.max(count, 1)), Math.max(wide, high) / 1500);
    this.columns = Math.floor(wide / this.size) + 1;
    this.rows = Math.floor(high / this.size) + 1;
    this.start = new Uint32Array(this.columns * this.rows + 1);
    this.items = new Uint32Array(count);
    for (let i = 0; i < count; i++) this.start[this.cellOf(i) + 1]++;
    for (let c = 0; c < this.columns * this.rows; c++) this.start[c + 1] += this.start[c];
    const next = this.start.slice(0, -1);
    for (let i = 0; i < count; i++) this.items[next[this.cellOf(i)]++] = i;
  }

  private cellOf(i: number): number {
    const column = Math.floor((this.xy[2 * i] - this.bounds.x0) / this.size);
    const row = Math.floor((this.xy[2 * i + 1] - this.bounds.y0) / this.size);
    return Math.min(row, this.rows - 1) * this.columns + Math.min(column, this.columns - 1);
  }

  /** Calls `visit` with every point in the rectangle (borders included) until it returns false. */
  inside(area: Bounds, visit: (i: number) => boolean | void): void {
    const cell = (value: number, low: number, most: number) =>
      Math.min(most - 1, Math.max(0, Math.floor((value - low) / this.size)));
    if (area.x1 < this.bounds.x0 || area.x0 > this.bounds.x1 || area.y1 < this.bounds.y0 || area.y0 > this.bounds.y1) return;
    const c0 = cell(area.x0, this.bounds.x0, this.columns);
    const c1 = cell(area.x1, this.bounds.x0, this.columns);
    const r0 = cell(area.y0, this.bounds.y0, this.rows);
    const r1 = cell(area.y1, this.bounds.y0, this.rows);
    for (let row = r0; row <= r1; row++) {
      const end = this.start[row * this.columns + c1 + 1];
      for (let at = this.start[row * this.columns + c0]; at < end; at++) {
        const i = this.items[at];
        const x = this.xy[2 * i];
        const y = this.xy[2 * i + 1];
        if (x >= area.x0 && x <= area.x1 && y >= area.y0 && y <= area.y1 && visit(i) === false) return;
      }
    }
  }

  /** The point in the rectangle with the smallest cost, the first of equals; −1 if none; an infinite cost refuses. */
  cheapest(area: Bounds, cost: (i: number) => number): number {
    let best = -1;
    let least = Infinity;
    this.inside(area, (i) => {
      const price = cost(i);
      if (price < least || (price === least && i < best)) {
        least = price;
        best = i;
      }
    });
    return best;
  }
}

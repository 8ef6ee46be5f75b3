import assert from "node:assert/strict";
import { test } from "node:test";
import { Grid } from "../src/grid.ts";

/** 2,000 points by a fixed congruential generator. */
function scattered(): Float32Array {
  let seed = 1;
  const next = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  return Float32Array.from({ length: 4000 }, () => next() * 2 - 1);
}

test("a rectangle holds what a look at every point finds", () => {
  const xy = scattered();
  const grid = new Grid(xy);
  for (const area of [{ x0: -0.2, x1: 0.3, y0: 0.1, y1: 0.15 }, { x0: -5, x1: 5, y0: -5, y1: 5 }, { x0: 2, x1: 3, y0: 0, y1: 1 }]) {
    const found: number[] = [];
    grid.inside(area, (i) => void found.push(i));
    const expected = [...Array(2000).keys()].filter(
      (i) => xy[2 * i] >= area.x0 && xy[2 * i] <= area.x1 && xy[2 * i + 1] >= area.y0 && xy[2 * i + 1] <= area.y1,
    );
    assert.deepEqual(found.sort((a, b) => a - b), expected);
  }
});

test("visiting stops when told", () => {
  let visits = 0;
  new Grid(scattered()).inside({ x0: -1, x1: 1, y0: -1, y1: 1 }, () => ++visits < 5);
  assert.equal(visits, 5);
});

test("the cheapest is found, the first of equals, and none where all refuse", () => {
  const grid = new Grid(new Float32Array([0, 0, 0, 0, 1, 1]));
  const area = { x0: -1, x1: 2, y0: -1, y1: 2 };
  assert.equal(grid.cheapest(area, () => 1), 0);
  assert.equal(grid.cheapest(area, (i) => -i), 2);
  assert.equal(grid.cheapest(area, () => Infinity), -1);
});

test("no points, one point and points in one place are grids too", () => {
  for (const xy of [[], [0.5, 0.5], [1, 1, 1, 1, 1, 1]]) {
    let seen = 0;
    new Grid(new Float32Array(xy)).inside({ x0: -2, x1: 2, y0: -2, y1: 2 }, () => void seen++);
    assert.equal(seen, xy.length / 2);
  }
});

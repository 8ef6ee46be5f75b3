import assert from "node:assert/strict";
import { test } from "node:test";
import { type Point, simplify, within } from "../src/shapes.ts";

test("inside and outside of a dented shape", () => {
  const dented: Point[] = [[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]];
  assert.ok(within(dented, 2, 0.5));
  assert.ok(!within(dented, 2, 2));
  assert.ok(within(dented, 0.2, 3));
});

test("a straight line needs two corners, a corner is kept", () => {
  const straight: Point[] = Array.from({ length: 50 }, (_, i) => [i, 0.1 * (i % 2)]);
  assert.equal(simplify(straight, 1).length, 2);
  assert.deepEqual(simplify([...straight, [49, 30]], 1), [[0, 0], [49, 0.1], [49, 30]]);
});

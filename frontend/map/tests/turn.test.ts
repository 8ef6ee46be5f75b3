import assert from "node:assert/strict";
import { test } from "node:test";
import { Turn } from "../src/turn.ts";

const bounds = { x0: -1, y0: -1, x1: 1, y1: 1 };
const close = (a: ArrayLike<number>, b: number[]) => b.forEach((value, i) => assert.ok(Math.abs(a[i] - value) < 1e-6, `${[...Array.from(a)]} ≠ ${b}`));

test("a quarter turn brings what is right to the back and what is in front to the right", () => {
  const xy = Float32Array.from([1, 0, 0, 0, 0, 0.5]);
  const turn = new Turn(xy, Float32Array.from([0, 1, 0]), bounds);
  close(xy, [1, 0, 0, 0, 0, 0.5]);
  close(turn.depth, [0, 1, 0]);
  turn.to(Math.PI / 2, 0);
  close(xy, [0, 0, 1, 0, 0, 0.5]); // x' = x cos + z sin
  close(turn.depth, [-1, 0, 0]); // z' = z cos − x sin
  turn.to(0, 0);
  close(xy, [1, 0, 0, 0, 0, 0.5]);
});

test("tilting brings what is above towards the eye, and never turns the map on its head", () => {
  const turn = new Turn(Float32Array.from([0, 1]), Float32Array.from([0]), bounds);
  turn.to(0, Math.PI / 6);
  close(turn.depth, [0.5]); // sin 30°
  turn.to(0, 9);
  assert.ok(turn.pitch < Math.PI / 2);
  close(turn.seen(...turn.behind(0.3, 0.4)), [0.3, 0.4, 0]);
  turn.to(3 * Math.PI, 0);
  close([Math.abs(turn.yaw)], [Math.PI]);
});

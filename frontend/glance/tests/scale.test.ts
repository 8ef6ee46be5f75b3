import assert from "node:assert/strict";
import { test } from "node:test";

import { fitted } from "../src/dom.ts";
import { addedUp, bestFirst, CIVIDIS, colourOf, percent, stepped, ticks } from "../src/scale.ts";

const light = (rgb: string) => {
  const [red, green, blue] = rgb.match(/\d+/g)!.map(Number);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

test("the scale goes from dark to light without turning back, and beyond its ends stays there", () => {
  const steps = Array.from({ length: 50 }, (_, at) => light(colourOf(at / 49)));
  for (let at = 1; at < steps.length; at++) assert.ok(steps[at] > steps[at - 1]);
  assert.equal(colourOf(-1), `rgb(${CIVIDIS[0].join(" ")})`);
  assert.equal(colourOf(7), `rgb(${CIVIDIS.at(-1)!.join(" ")})`);
});

test("marks on an axis are round numbers within it", () => {
  assert.deepEqual(ticks(0.34), [0, 0.1, 0.2, 0.3]);
  assert.deepEqual(ticks(1), [0, 0.5, 1]);
  assert.deepEqual(ticks(0.0042), [0, 0.002, 0.004]);
  assert.deepEqual(ticks(0), [0]);
  assert.deepEqual(ticks(Number.NaN), [0]);
});

test("shares have the digits that mean something", () => {
  assert.deepEqual([0, 0.004, 0.05, 0.123, 1].map(percent), ["0 %", "0.4 %", "5 %", "12 %", "100 %"]);
});

test("adding up leaves out what was not found", () => {
  assert.deepEqual(addedUp([0.25, 0.25, 0.5]), [0.25, 0.5]);
  assert.deepEqual(addedUp([1]), []);
});

test("the model that misses least comes first, and one that does not answer is left out", () => {
  assert.deepEqual(bestFirst([[0.1, 0.9], null, [0.6, 0.4], [0.6, 0.4]]), [2, 3, 0]);
});

test("arrow keys walk over rows and columns and stay within", () => {
  assert.equal(stepped(0, "ArrowRight", 6, 3), 1);
  assert.equal(stepped(2, "ArrowRight", 6, 3), 2);
  assert.equal(stepped(3, "ArrowLeft", 6, 3), 3);
  assert.equal(stepped(1, "ArrowDown", 6, 3), 4);
  assert.equal(stepped(4, "ArrowDown", 6, 3), 4);
  assert.equal(stepped(4, "ArrowUp", 6, 3), 1);
  assert.equal(stepped(4, "Home", 6, 3), 3);
  assert.equal(stepped(3, "End", 5, 3), 4);
  assert.equal(stepped(3, "x", 6, 3), 3);
});

test("a name that is too wide is cut with an ellipsis, whole letters only", () => {
  const wide = (text: string) => 10 * [...text].length;
  assert.equal(fitted("jazz", 40, wide), "jazz");
  assert.equal(fitted("late night", 60, wide), "late…");
  assert.equal(fitted("🎷🎷🎷", 20, wide), "🎷…");
  assert.equal(fitted("abc", 0, wide), "…");
});

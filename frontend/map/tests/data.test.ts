import assert from "node:assert/strict";
import { test } from "node:test";
import { bit, parsePoints, parseTexts } from "../src/data.ts";
import { palette, rgb } from "../src/theme.ts";

// The same three points as in tests/project/test_pack.py.
test("points are read where Python writes them", () => {
  const bytes = new ArrayBuffer(24 + 3 * 18);
  new Uint8Array(bytes).set(new TextEncoder().encode("TVM1"));
  new Uint32Array(bytes, 4, 1).set([3]);
  new Float32Array(bytes, 8, 4).set([-1, -2, 3, 4]);
  new Uint32Array(bytes, 24, 3).set([1, 0, 2]);
  new Float32Array(bytes, 36, 6).set([1, 2, 0, 0, 3, 4]);
  new Uint32Array(bytes, 60, 3).set([70000, 5, 5]);
  new Uint8Array(bytes, 72, 6).set([100, 50, 255, 1, 0, 2]);
  const points = parsePoints(bytes);
  assert.deepEqual([...points.index], [1, 0, 2]);
  assert.deepEqual([...points.xy], [1, 2, 0, 0, 3, 4]);
  assert.deepEqual([...points.counts], [70000, 5, 5]);
  assert.deepEqual([...points.trust], [100, 50, 255]);
  assert.deepEqual([...points.kind], [1, 0, 2]);
  assert.deepEqual(points.bounds, { x0: -1, y0: -2, x1: 3, y1: 4 });
});

test("texts are read and found, whatever they hold", () => {
  const labels = ["재즈 🎷", "<b>", ""].map((label) => new TextEncoder().encode(label));
  const length = labels.reduce((sum, label) => sum + label.length, 0);
  const bytes = new ArrayBuffer(12 + 4 * 3 + 4 * 4 + length);
  new Uint8Array(bytes).set(new TextEncoder().encode("TVT1"));
  new Uint32Array(bytes, 4, 2).set([3, 1]);
  new Uint32Array(bytes, 12, 3).set([1, 0xffffffff, 0]);
  let at = 0;
  const offsets = new Uint32Array(bytes, 24, 4);
  labels.forEach((label, i) => {
    new Uint8Array(bytes, 40 + at).set(label);
    offsets[i + 1] = at += label.length;
  });
  const texts = parseTexts(bytes);
  assert.deepEqual([0, 1, 2].map((i) => texts.label(i)), ["재즈 🎷", "<b>", ""]);
  assert.deepEqual([0, 1, 2].map((i) => texts.near(i)), [[1], [], [0]]);
  assert.equal(texts.find("<b>"), 1);
  assert.equal(texts.find("jazz"), -1);
});

test("a file of something else is refused", () => {
  assert.throws(() => parsePoints(new ArrayBuffer(64)), /no file of points/);
});

test("bits, the first in the lowest", () => {
  assert.deepEqual([0, 1, 2].map((i) => bit(new Uint8Array([0b101]), i)), [true, false, true]);
});

test("colours: categories in turn, scales in between, 255 unknown", () => {
  assert.deepEqual(rgb("#fff"), [255, 255, 255]);
  assert.deepEqual(rgb("rgb(1 2 3 / 0.5)"), [1, 2, 3]);
  const two = palette("categories", ["#ff0000", "#00ff00"], false);
  assert.deepEqual([...two.slice(4, 8)], [0, 255, 0, 255]);
  const scale = palette("scale", ["#000000", "#fefefe"], false);
  assert.deepEqual([scale[4 * 127], scale[4 * 254]], [127, 254]);
  assert.notDeepEqual([...scale.slice(1020, 1023)], [254, 254, 254]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { hottest } from "../src/renderer.ts";

test("the highest values come last, unknown ones never", () => {
  const values = Uint8Array.from([10, 255, 254, 3, 200, 0, 254]);
  assert.deepEqual([...hottest(values, 3)], [4, 2, 6]);
  assert.deepEqual([...hottest(values, 100)].map((i) => values[i]), [3, 10, 200, 254, 254]);
});

test("a value that too many points share is left out", () => {
  const values = new Uint8Array(1000).fill(90);
  values[7] = 120;
  assert.deepEqual([...hottest(values, 50)], [7]);
  assert.equal(hottest(new Uint8Array(0), 50).length, 0);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Candidate, levelFor, place, shortened } from "../src/labels.ts";

const at = (id: string, x: number, y: number, role: Candidate["role"] = "tag"): Candidate => ({
  id, text: id, x, y, radius: 3, size: 12, weight: 500, role, point: -1, region: null,
});
const measure = (label: { text: string }) => 7 * label.text.length;

test("no two labels overlap, and the first has its way", () => {
  const crowd = Array.from({ length: 300 }, (_, i) => at(`tag ${i}`, 40 + ((i * 37) % 700), 30 + ((i * 53) % 400)));
  const placed = place(crowd, 800, 500, measure, 100);
  assert.equal(placed[0].id, "tag 0");
  assert.ok(placed.length > 20);
  for (const a of placed)
    for (const b of placed)
      if (a !== b)
        assert.ok(a.left + a.width <= b.left || b.left + b.width <= a.left || Math.abs(a.middle - b.middle) >= 12, `${a.id} on ${b.id}`);
});

test("a label goes to the left where the right is taken", () => {
  const placed = place([at("first", 200, 100), at("second", 203, 101)], 800, 500, measure, 10);
  assert.ok(placed[0].left > 200);
  assert.ok(placed[1].left + placed[1].width < 203);
});

test("nothing is written outside or on a panel, but the selected one always stands", () => {
  const panel: [number, number, number, number] = [0, 0, 800, 500];
  assert.equal(place([at("a", 100, 100)], 800, 500, measure, 10, [panel]).length, 0);
  assert.equal(place([at("a", 900, 100)], 800, 500, measure, 10).length, 0);
  assert.equal(place([at("a", 100, 100, "selected")], 800, 500, measure, 10, [panel]).length, 1);
});

test("never more than asked for", () => {
  const many = Array.from({ length: 50 }, (_, i) => at("x", 60 * (i % 10) + 30, 40 * Math.floor(i / 10) + 20));
  assert.equal(place(many, 800, 500, measure, 7).length, 7);
});

test("nearer views show finer regions, and in the end none", () => {
  const sizes = [7, 24, 75, 240];
  assert.deepEqual([1, 1.6, 3, 5, 30].map((zoom) => levelFor(sizes, zoom, 11)), [0, 1, 2, 3, -1]);
  assert.equal(levelFor([], 1, 11), -1);
});

test("texts are shortened by whole signs", () => {
  assert.equal(shortened("  a\nb  ", 10), "a b");
  assert.equal(shortened("🎷🎷🎷🎷", 3), "🎷🎷…");
});

test("who names the candidates is told which of them stand", () => {
  const told: (boolean | undefined)[] = [];
  function* names(): Generator<Candidate, void, boolean | undefined> {
    told.push(yield at("seen", 100, 100));
    told.push(yield at("outside", 900, 100));
    told.push(yield at("last", 300, 300));
  }
  assert.equal(place(names(), 800, 500, measure, 10).length, 2);
  assert.deepEqual(told, [true, false, true]);
});

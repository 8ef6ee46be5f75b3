import assert from "node:assert/strict";
import { test } from "node:test";
import { Camera, flight } from "../src/camera.ts";

function camera(): Camera {
  const made = new Camera();
  [made.width, made.height] = [800, 400];
  made.look(made.home);
  return made;
}

const close = (a: number[], b: number[]) => a.forEach((value, i) => assert.ok(Math.abs(value - b[i]) < 1e-6, `${a} ≠ ${b}`));

test("the middle of the map is the middle of the screen, and up is up", () => {
  const made = camera();
  close(made.toScreen(0, 0), [400, 200]);
  assert.ok(made.toScreen(0, 1)[1] < 200);
});

test("screen and map are inverse of one another", () => {
  const made = camera();
  made.look({ x: 0.3, y: -0.2, zoom: 7 });
  close(made.toMap(...made.toScreen(0.4, 0.1)), [0.4, 0.1]);
});

test("zooming keeps what is under the pointer", () => {
  const made = camera();
  const before = made.toMap(123, 321);
  made.zoomAt(3, 123, 321);
  close(made.toMap(123, 321), before);
});

test("a pan of ten pixels moves the map by ten pixels", () => {
  const made = camera();
  const [x, y] = made.toScreen(0.1, 0.1);
  made.pan(10, -4);
  close(made.toScreen(0.1, 0.1), [x + 10, y - 4]);
});

test("zoom stays within its limits", () => {
  const made = camera();
  made.zoomAt(1e9, 1, 1);
  assert.equal(made.view.zoom, 400);
  made.zoomAt(1e-9, 1, 1);
  assert.equal(made.view.zoom, 0.6);
});

test("a flight begins and ends where it should and climbs in between", () => {
  const [from, to] = [{ x: -0.8, y: 0, zoom: 20 }, { x: 0.8, y: 0.1, zoom: 20 }];
  const path = flight(from, to, 2);
  const [start, middle, end] = [path.at(0), path.at(0.5), path.at(1)];
  close([start.x, start.y, start.zoom], [from.x, from.y, from.zoom]);
  close([end.x, end.y, end.zoom], [to.x, to.y, to.zoom]);
  assert.ok(middle.zoom < 5);
});

test("a flight on the spot only zooms", () => {
  const path = flight({ x: 0, y: 0, zoom: 1 }, { x: 0, y: 0, zoom: 16 }, 2);
  assert.ok(Math.abs(path.at(0.5).zoom - 4) < 1e-6);
});

test("framing keeps points out of what a drawer covers", () => {
  const made = camera();
  made.look(made.framing([[-0.2, 0.1], [0.3, 0.2]], 6, 0.6, 400));
  for (const [x, y] of [[-0.2, 0.1], [0.3, 0.2]]) assert.ok(made.toScreen(x, y)[0] < made.width - 400);
});

test("framing shows all points", () => {
  const made = camera();
  made.look(made.framing([[-0.2, 0.1], [0.3, 0.2]]));
  for (const point of [[-0.2, 0.1], [0.3, 0.2]] as [number, number][]) {
    const [x, y] = made.toScreen(...point);
    assert.ok(x > 0 && x < 800 && y > 0 && y < 400);
  }
});

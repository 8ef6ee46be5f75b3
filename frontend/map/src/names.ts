// Which names ask for a place on the screen, the most important first.

import { type Camera, clamp } from "./camera.ts";
import type { Points, Texts } from "./data.ts";
import type { Grid } from "./grid.ts";
import { type Candidate, levelFor, shortened } from "./labels.ts";
import type { Point } from "./shapes.ts";
import type { Region } from "./types.ts";

const REGION_SIGNS = 40;
const TAG_SIGNS = 28;
/** Square pixels that a region asks for. */
const ROOM = 65_000;
const SCAN = 12_000;
/** So few points on screen that each is named, but for one that its region's name stands beside. */
const FEW = 60;
const BESIDE = [70, 24];

export interface Scene {
  camera: Camera;
  points: Points;
  texts: Texts;
  grid: Grid;
  regions: Region[][];
  sizes: Float32Array;
  radius(i: number): number;
  silent(i: number): boolean;
  selected: number;
  marked: number[];
  /** A place that is no point. */
  guest: { place: Point; label: string } | null;
  /** Only marked points and regions are named (something is highlighted). */
  focus: boolean;
}

/** Each is told whether the one before it stands. */
export function* candidates(scene: Scene): Generator<Candidate, void, boolean | undefined> {
  const { camera, regions } = scene;
  const named = new Set<number>();
  const tag = (i: number, role: Candidate["role"], size: number, weight: number): Candidate => {
    named.add(i);
    const [x, y] = camera.toScreen(scene.points.xy[2 * i], scene.points.xy[2 * i + 1]);
    const text = shortened(scene.texts.label(i), role === "tag" ? TAG_SIGNS : 44);
    return { id: `p${i}`, text, x, y, radius: scene.radius(i), size, weight, role, point: i, region: null };
  };
  if (scene.guest) {
    const [x, y] = camera.toScreen(...scene.guest.place);
    const text = shortened(scene.guest.label, 44);
    yield { id: "guest", text, x, y, radius: 9, size: 15, weight: 700, role: "selected", point: -1, region: null };
  }
  if (scene.selected >= 0) yield tag(scene.selected, "selected", 15, 700);
  for (const i of scene.marked) if (!named.has(i)) yield tag(i, "marked", 13, 600);
  const level = levelFor(
    regions.map((names) => names.length),
    camera.view.zoom,
    clamp((camera.width * camera.height) / ROOM, 4, 14),
  );
  const said = new Set([...named].map((i) => scene.texts.label(i)));
  const words = new Map<string, Point>();
  if (level >= 0) {
    const size = [20, 17, 15][level] ?? 14;
    for (const region of regions[level]) {
      if (!region.name || region.name.split(" · ").every((word) => said.has(word))) continue;
      const i = scene.points.index[region.row];
      const [x, y] = camera.toScreen(scene.points.xy[2 * i], scene.points.xy[2 * i + 1]);
      if (x < 0 || y < 0 || x > camera.width || y > camera.height) continue;
      const text = shortened(region.name, REGION_SIGNS);
      const id = `r${level}/${region.row}`;
      const stands = yield { id, text, x, y, radius: 0, size, weight: 650, role: "region", point: -1, region };
      if (stands) for (const word of region.name.split(" · ")) words.set(word, [x, y]);
    }
  }
  if (scene.focus) return;
  const seen = visible(scene);
  for (const i of seen) {
    if (named.has(i) || scene.silent(i)) continue;
    const made = tag(i, "tag", Math.round(22 + 7 * scene.sizes[i]) / 2, 500);
    const region = words.get(made.text);
    const beside = region && Math.abs(region[0] - made.x) < BESIDE[0] && Math.abs(region[1] - made.y) < BESIDE[1];
    if (made.text && (!region || (seen.length <= FEW && !beside))) yield made;
  }
}

/** Points on screen, the most frequent first: few on screen are gathered from the grid, many scanned from the top. */
function visible(scene: Scene): number[] {
  const area = scene.camera.visible();
  const found: number[] = [];
  scene.grid.inside(area, (i) => found.push(i) < SCAN);
  if (found.length < SCAN) return found.sort((a, b) => a - b);
  const { xy, count } = scene.points;
  const top: number[] = [];
  for (let i = 0; i < count && top.length < SCAN / 4; i++) {
    const [x, y] = [xy[2 * i], xy[2 * i + 1]];
    if (x >= area.x0 && x <= area.x1 && y >= area.y0 && y <= area.y1) top.push(i);
  }
  return top;
}

// The stage: what is on the map and how it is drawn. It knows neither Python nor the pointer.

import { Camera, clamp, ease, flight, MAX_ZOOM, type View } from "./camera.ts";
import { bit, type Points, type Texts } from "./data.ts";
import { element } from "./dom.ts";
import { Grid } from "./grid.ts";
import { place, type Placed } from "./labels.ts";
import { Minimap } from "./minimap.ts";
import { candidates } from "./names.ts";
import { Overlay } from "./overlay.ts";
import { FADED, HIDDEN, MARKED, type Renderer } from "./renderer.ts";
import type { Point } from "./shapes.ts";
import type { Turn } from "./turn.ts";
import { mixed, palette, rgb, type Theme } from "./theme.ts";
import type { Data, Layer, Region } from "./types.ts";

/** So many points even software draws fluently: where the count of points drawn in motion begins. */
export const FLUENT = 80_000;
const CROWD = 100_000;
/** With fewer points on the screen every name is written that finds room. */
const FEW = 160;
const HIT_SLACK = 7;
const NO_BYTES = new Uint8Array(0);

export abstract class Stage {
  protected readonly camera = new Camera();
  protected readonly glCanvas = element("canvas", "points", { "aria-hidden": "true" });
  protected readonly surface = element("canvas", "surface", { tabindex: "0", role: "application" });
  protected readonly calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  protected readonly overlay = new Overlay(this.surface, this.calm);
  protected readonly minimap = new Minimap((x, y) => this.goTo({ ...this.camera.view, x, y }, false), this.camera);
  protected renderer: Renderer | null = null;
  protected points: Points | null = null;
  protected texts: Texts | null = null;
  protected regions: Region[][] = [];
  protected grid: Grid | null = null;
  /** How a map in space is turned; null for a flat one. */
  protected turn: Turn | null = null;
  protected sizes: Float32Array = new Float32Array(0);
  protected flags: Uint8Array = NO_BYTES;
  protected colours: Uint8Array = NO_BYTES;
  protected mask: Uint8Array | null = null;
  private layer: Layer | null = null;
  /** The colours of the layer: red, green, blue and a rest for each byte. */
  private table: Uint8Array = NO_BYTES;
  /** The only category of the layer that is not faded, −1 for all. */
  protected category = -1;
  protected selected = -1;
  protected marked: number[] = [];
  protected lines: [number, number][] = [];
  protected path: number[] = [];
  protected guest: Data["guest"] = null;
  protected hovered = -1;
  protected cursor = -1;
  /** The point that another, linked map hovers. */
  protected echoed = -1;
  protected drawingLine: Point[] = [];
  protected polygon: Point[] | null = null;
  /** How the map was turned when the polygon was drawn on it. */
  protected drawnAt = "";
  protected placed: Placed[] = [];
  protected moving = false;
  /** So many points are drawn while the map moves. */
  protected limit = Infinity;
  private wanted = 0;
  /** So many points stand on the canvas as it is now; a big map is drawn in parts, so that nobody waits for it. */
  protected painted = 0;
  private flying = 0;
  private lastFrame = 0;
  /** Whether the last frame was one of a flight. */
  private inFlight = false;
  private ratio = 1;
  protected frames = 0;

  constructor(
    protected readonly host: HTMLElement,
    protected theme: Theme,
  ) {}

  /** Panels that no label may hide behind. */
  protected abstract panels(): HTMLElement[];

  /** Called when the view has come to rest. */
  protected abstract settled(): void;

  protected stop(): void {
    this.halt();
    cancelAnimationFrame(this.wanted);
    this.renderer?.destroy();
  }

  /** Sends colours and flags to the card: after every change of layer, filter, highlight or theme. */
  protected paintPoints(layer: Layer): void {
    const { points, renderer } = this;
    this.layer = layer;
    if (!points || !renderer) return;
    const table = (this.table = palette(layer.kind, this.theme.dark ? layer.dark : layer.light, this.theme.dark));
    renderer.setPalette(table);
    renderer.setColours(this.colours, layer.kind === "scale");
    const focus = this.marked.length > 0 || this.path.length > 0;
    this.flags.fill(focus ? FADED : 0);
    for (const i of this.marked) this.flags[i] = MARKED;
    for (const [i] of this.lines) this.flags[i] &= ~FADED;
    for (const i of this.path) this.flags[i] = MARKED;
    if (this.selected >= 0) this.flags[this.selected] &= ~FADED;
    if (this.category >= 0) for (let i = 0; i < points.count; i++) if (this.colours[i] !== this.category) this.flags[i] |= FADED;
    if (this.mask) for (let i = 0; i < points.count; i++) if (!bit(this.mask, i)) this.flags[i] |= HIDDEN;
    renderer.setFlags(this.flags, [...new Set([...this.marked, ...this.path])].filter((i) => this.flags[i] & MARKED));
    this.minimap.paint(points, this.colours, table, this.mask);
    this.draw();
  }

  protected resize(): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!width || !height) return;
    this.ratio = Math.min(devicePixelRatio || 1, 2);
    [this.camera.width, this.camera.height] = [width, height];
    this.glCanvas.width = Math.round(width * this.ratio);
    this.glCanvas.height = Math.round(height * this.ratio);
    this.painted = 0;
    this.overlay.resize(width, height, this.ratio);
    this.frame(performance.now());
  }

  /** Draws with the next frame. points: also the points, and not only what lies over them. */
  protected draw(points = true): void {
    if (points) this.painted = 0;
    if (!this.wanted) this.wanted = requestAnimationFrame((now) => this.frame(now));
  }

  protected frame(now: number): void {
    cancelAnimationFrame(this.wanted);
    this.wanted = 0;
    const { points, renderer, camera } = this;
    if (!points || !renderer || !this.host.clientWidth) return;
    const active = this.moving || this.flying > 0;
    if (active && points.count > 60_000) this.adapt(now - this.lastFrame);
    this.lastFrame = now;
    this.inFlight = this.flying > 0;
    if (active) this.painted = 0;
    const part = Math.min(points.count, active ? this.limit : this.painted + Math.max(this.limit, FLUENT));
    if (!this.painted || this.painted < part) {
      const rim = rgb(this.theme.background).map((part) => part / 255) as [number, number, number];
      renderer.draw(camera, this.ratio, rim, this.painted, part);
      this.painted = part;
    }
    this.overlay.clear(camera);
    this.decorate();
    const fading = this.texts ? this.writeNames(now) : false;
    this.minimap.draw(this.theme);
    this.frames++;
    if (fading || (this.painted < points.count && !active)) this.draw(false);
  }

  /** Draws what is still missing, at once. */
  protected finish(): void {
    this.draw();
    for (let count = 0; count < (this.points?.count ?? 0); count += FLUENT) this.frame(performance.now());
  }

  /** While the map moves, as many points are drawn as this machine draws fluently. */
  private adapt(elapsed: number): void {
    if (elapsed > 400 && !this.inFlight) return; // nothing moved meanwhile
    const factor = elapsed > 60 ? 0.6 : elapsed < 24 ? 1.25 : 1;
    this.limit = clamp(Math.min(this.limit, this.points!.count) * factor, 15_000, this.points!.count);
  }

  private decorate(): void {
    const { overlay, theme, camera } = this;
    if (this.drawingLine.length) overlay.outline(this.drawingLine, theme, false);
    if (this.polygon && this.drawnAt === this.turning) overlay.outline(this.polygon.map((point) => camera.toScreen(...point)), theme, true);
    if (this.selected >= 0 && this.lines.length) {
      const ends = this.lines.map(([i, score]) => ({ ...xyOf(camera.toScreen(...this.at(i))), score }));
      overlay.lines(camera.toScreen(...this.at(this.selected)), ends, theme);
    }
    if (this.path.length > 1) overlay.path(this.path.map((i) => camera.toScreen(...this.at(i))), theme);
    const ring = (i: number, colour: string, width: number) => {
      if (i < 0) return;
      const [x, y] = camera.toScreen(...this.at(i));
      overlay.ring(x, y, this.radius(i) + 2.5, colour, width, theme);
    };
    for (const [i] of this.lines) ring(i, mixed(theme.accent, theme.background, 0.35), 1.2);
    if (this.selected >= 0) this.dot(this.selected);
    ring(this.selected, theme.accent, 2.6);
    for (const i of [this.hovered, this.echoed]) ring(i, theme.text, 1.6);
    ring(this.cursor, theme.accent, 2);
    const { guest } = this;
    if (guest) overlay.star(...camera.toScreen(...this.seen(guest.at)), theme);
  }

  /** A point once more, over all that may hide it. */
  private dot(i: number): void {
    const [x, y] = this.camera.toScreen(...this.at(i));
    const [red, green, blue] = this.table.subarray(4 * this.colours[i]);
    this.overlay.dot(x, y, this.radius(i) + 1, `rgb(${red} ${green} ${blue})`);
  }

  private writeNames(now: number): boolean {
    const { camera, theme, overlay } = this;
    overlay.setFont(theme.font);
    const focus = this.marked.length > 0 || this.path.length > 0;
    const marked = [...new Set([this.cursor, this.echoed, ...this.path, ...this.lines.map(([i]) => i), ...this.marked])].filter(
      (i) => i >= 0 && !(this.flags[i] & HIDDEN),
    );
    const asking = candidates({
      camera, grid: this.grid!, points: this.points!, texts: this.texts!, regions: this.regions, sizes: this.sizes, focus,
      radius: (i) => this.radius(i), silent: (i) => (this.flags[i] & (HIDDEN | FADED)) !== 0, selected: this.selected, marked,
      guest: this.guest && { place: this.seen(this.guest.at), label: this.guest.label },
    });
    const room = this.points!.count > CROWD ? 20_000 : 11_000; // square pixels a name: a crowd needs to be seen itself
    let few = 0;
    this.grid!.inside(camera.visible(), () => ++few < FEW);
    const most = few < FEW ? FEW : clamp(Math.round((camera.width * camera.height) / room), 8, 120);
    const corners = [...this.panels(), this.minimap.canvas].map((corner) => this.covered(corner));
    const hides = (x0: number, y0: number, x1: number, y1: number) => this.hidden(x0, y0, x1, y1);
    this.placed = place(asking, camera.width, camera.height, overlay.measure, most, corners, hides);
    return overlay.labels(this.placed, camera, theme, (label) => this.ink(label, focus), now);
  }

  /** How much of the points would lie behind a rectangle of the screen: their radii, of the first 40 that are found. */
  private hidden(left: number, top: number, right: number, bottom: number): number {
    const [x0, y1] = this.camera.toMap(left, top);
    const [x1, y0] = this.camera.toMap(right, bottom);
    let [seen, sum] = [0, 0];
    this.grid!.inside({ x0, y0, x1, y1 }, (i) => {
      if (!(this.flags[i] & HIDDEN)) sum += this.radius(i);
      return ++seen < 40;
    });
    return sum;
  }

  /** The rectangle that a panel covers; nothing for a hidden one. */
  private covered(panel: HTMLElement): [number, number, number, number] {
    const shown = panel !== this.minimap.canvas || this.minimap.on;
    if (!shown || panel.hidden) return [-9, -9, -9, -9];
    const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = panel;
    return [left, top, left + width, top + height];
  }

  private ink(label: Placed, focus: boolean): string {
    if (label.role === "selected") return this.theme.accent;
    if (label.role === "marked") return this.theme.text;
    if (label.region) return mixed(this.regionInk(label.region), this.theme.background, focus || this.lines.length ? 0.45 : 0.05);
    return mixed(this.theme.text, this.theme.background, 0.22);
  }

  /** In the tone of its points, where these are coloured by region; dark enough to be read. */
  private regionInk({ colour }: Region): string {
    const { layer, theme } = this;
    const tone = layer?.regions ? (theme.dark ? layer.dark : layer.light)[colour] : undefined;
    return tone ? mixed(tone, theme.text, 0.6) : theme.text;
  }

  protected radius(i: number): number {
    const radius = this.renderer!.radius(i, this.camera.view.zoom);
    return this.flags[i] & MARKED ? Math.max(radius * 1.25, 4.5) : radius;
  }

  protected at(i: number): Point {
    return [this.points!.xy[2 * i], this.points!.xy[2 * i + 1]];
  }

  // --- moving ------------------------------------------------------------------------------------------------------

  protected busy(moving: boolean): void {
    if (this.moving === moving) return;
    this.moving = moving;
    if (!moving) this.settled();
  }

  protected halt(): void {
    cancelAnimationFrame(this.flying);
    this.flying = 0;
  }

  protected goTo(view: View, smooth = true): void {
    this.halt();
    if (!smooth || this.calm) {
      this.camera.look(view);
      return this.settled();
    }
    const { x0, x1 } = this.camera.bounds;
    const path = flight({ ...this.camera.view }, view, x1 - x0);
    const duration = clamp(path.length * 420, 220, 1300);
    cancelAnimationFrame(this.wanted); // the flight's first frame draws what was wanted
    this.wanted = 0;
    const begun = performance.now();
    const step = (now: number) => {
      const t = clamp((now - begun) / duration, 0, 1);
      this.camera.look(t < 1 ? path.at(ease(t)) : view);
      this.flying = t < 1 ? requestAnimationFrame(step) : 0;
      if (t < 1) this.frame(now);
      else this.settled();
    };
    this.flying = requestAnimationFrame(step);
  }

  /** Flies into a region, always nearer than now. */
  protected flyInto({ area, row }: Region): void {
    const nearer = 1.6 * this.camera.view.zoom;
    const [x, y] = this.at(this.points!.index[row]);
    const view = area ? this.camera.framing([[area.x0, area.y0], [area.x1, area.y1]], MAX_ZOOM, 0.8) : { x, y, zoom: nearer };
    this.goTo({ ...view, zoom: Math.max(view.zoom, nearer) });
  }

  // --- turning a map in space --------------------------------------------------------------------------------------

  /** Where a place of the map is on the plane of the screen. */
  protected seen([x, y, z = 0]: number[]): Point {
    const [right, up] = this.turn ? this.turn.seen(x, y, z) : [x, y];
    return [right, up];
  }

  protected get turning(): string {
    return this.turn ? `${this.turn.yaw} ${this.turn.pitch}` : "";
  }

  /** Turns a map in space about the selected point, or about the middle of the view. */
  protected turnTo(yaw: number, pitch: number): void {
    const { turn, camera } = this;
    if (!turn) return;
    const { x, y, zoom } = camera.view;
    const pivot = this.selected >= 0 ? turn.place(this.selected) : turn.behind(x, y);
    const [x0, y0] = turn.seen(...pivot);
    turn.to(yaw, pitch);
    const [x1, y1] = turn.seen(...pivot);
    camera.look({ x: x + x1 - x0, y: y + y1 - y0, zoom });
    this.renderer?.turned();
    if (this.points!.count <= FLUENT) this.regrid();
    this.draw();
  }

  /** After a turn the points lie elsewhere; of many points only once it is over. */
  protected regrid(): void {
    if (this.turn) this.grid = new Grid(this.points!.xy);
  }

  protected zoomBy(factor: number): void {
    this.goTo({ ...this.camera.view, zoom: this.camera.view.zoom * factor });
  }

  /** The name under the pointer that a click on it means something for. */
  protected named(x: number, y: number): Placed | undefined {
    return this.placed.find((label) => (label.point >= 0 || label.region) && onLabel(label, x, y));
  }

  /** The point under the pointer, or whose name is; a region's name hides the points behind it. */
  protected hit(x: number, y: number): number {
    if (!this.grid || !this.renderer) return -1;
    const named = this.named(x, y);
    if (named) return named.point;
    const reach = this.renderer.radius(0, this.camera.view.zoom) + HIT_SLACK;
    const [x0, y1] = this.camera.toMap(x - reach, y - reach);
    const [x1, y0] = this.camera.toMap(x + reach, y + reach);
    return this.grid.cheapest({ x0, y0, x1, y1 }, (i) => {
      const [px, py] = this.camera.toScreen(...this.at(i));
      const beyond = Math.hypot(px - x, py - y) - this.radius(i);
      return beyond > HIT_SLACK || this.flags[i] & HIDDEN ? Infinity : beyond + (this.flags[i] & FADED ? 4 : 0);
    });
  }
}

function xyOf([x, y]: Point): { x: number; y: number } {
  return { x, y };
}

function onLabel(label: Placed, x: number, y: number): boolean {
  return x >= label.left && x <= label.left + label.width && Math.abs(y - label.middle) <= label.size * 0.6;
}

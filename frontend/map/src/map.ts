// One map: keeps what it shows, answers Python's updates, and tells Python what the person does.

import { Camera, clamp, ease, flight, type View } from "./camera.ts";
import { Card } from "./card.ts";
import { bit, loadBytes, loadNames, loadPoints, loadTexts, type Points, type Texts } from "./data.ts";
import { element } from "./dom.ts";
import { Grid } from "./grid.ts";
import { Input } from "./input.ts";
import { place, type Placed } from "./labels.ts";
import { Legend } from "./legend.ts";
import { Minimap } from "./minimap.ts";
import { candidates } from "./names.ts";
import { Overlay } from "./overlay.ts";
import { FADED, HIDDEN, MARKED, Renderer, sizesOf } from "./renderer.ts";
import { around, box, type Point, simplify, within } from "./shapes.ts";
import { mixed, palette, readTheme, rgb, type Theme } from "./theme.ts";
import { type Action, type Tool, Toolbar } from "./toolbar.ts";
import type { Component, Data, Region } from "./types.ts";
import { readView, rememberView } from "./memory.ts";

const HIT_SLACK = 7;
const NO_BYTES = new Uint8Array(0);

export class MapView {
  private readonly camera = new Camera();
  private readonly glCanvas = element("canvas", "points", { "aria-hidden": "true" });
  private readonly surface = element("canvas", "surface", { tabindex: "0", role: "application" });
  private readonly status = element("div", "status", { role: "status" });
  private readonly spoken = element("div", "spoken", { "aria-live": "polite" });
  private readonly about = element("p", "spoken", { id: "about" });
  private readonly calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  private readonly overlay = new Overlay(this.surface, this.calm);
  private readonly card = new Card();
  private readonly legend = new Legend((category) => this.only(category));
  private readonly toolbar = new Toolbar((action) => this.act(action));
  private readonly minimap = new Minimap((x, y) => this.goTo({ ...this.camera.view, x, y }, false), this.camera);
  private readonly input: Input;
  private readonly resized = new ResizeObserver(() => this.resize());
  private component: Component;
  private theme: Theme;
  private gl: WebGL2RenderingContext | null;
  private renderer: Renderer | null = null;
  private points: Points | null = null;
  private texts: Texts | null = null;
  private regions: Region[][] = [];
  private grid: Grid | null = null;
  private sizes: Float32Array = new Float32Array(0);
  private flags: Uint8Array = NO_BYTES;
  private colours: Uint8Array = NO_BYTES;
  private mask: Uint8Array | null = null;
  private table: Uint8Array = NO_BYTES;
  private category = -1;
  private selected = -1;
  private marked: number[] = [];
  private lines: [number, number][] = [];
  private hovered = -1;
  private cursor = -1;
  private echoed = -1;
  private drawingLine: Point[] = [];
  private polygon: Point[] | null = null;
  private placed: Placed[] = [];
  private loaded: Record<string, string> = {};
  private opening: Promise<void> = Promise.resolve();
  private flown = "";
  private moving = false;
  private limit = Infinity;
  private wanted = 0;
  private flying = 0;
  private lastFrame = 0;
  private ratio = 1;
  frames = 0;

  constructor(
    private readonly host: HTMLElement,
    component: Component,
  ) {
    this.component = component;
    this.theme = readTheme(host);
    this.gl = this.glCanvas.getContext("webgl2", { antialias: false, alpha: true, premultipliedAlpha: true });
    this.surface.setAttribute("aria-describedby", "about");
    host.replaceChildren(this.glCanvas, this.surface, this.legend.root, this.minimap.canvas, this.toolbar.root, this.card.root);
    host.append(this.status, this.spoken, this.about);
    this.glCanvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    this.glCanvas.addEventListener("webglcontextrestored", () => this.rebuild());
    // A colour that follows the theme, with a transition: its end tells that the theme has changed.
    host.addEventListener("transitionend", (event) => event.target === host && this.retheme());
    addEventListener("tagviz-map-hover", this.heard as EventListener);
    this.input = new Input(this.surface, {
      pan: (dx, dy) => (this.halt(), this.camera.pan(dx, dy), this.card.hide(), this.draw()),
      zoom: (factor, x, y) => (this.halt(), this.camera.zoomAt(factor, x, y), this.card.hide(), this.draw()),
      hover: (x, y) => this.hover(x, y),
      leave: () => this.hoverPoint(-1),
      click: (x, y, add) => this.click(x, y, add),
      drawing: (line, tool) => this.drawing(line, tool),
      drawn: (line, tool) => this.drawn(line, tool),
      key: (event) => this.key(event),
      busy: (moving) => this.busy(moving),
    });
    if (!this.gl) {
      this.status.textContent = "This browser does not offer WebGL 2.";
      component.setStateValue("unsupported", true);
    }
    this.resized.observe(host);
  }

  destroy(): void {
    this.halt();
    cancelAnimationFrame(this.wanted);
    this.resized.disconnect();
    removeEventListener("tagviz-map-hover", this.heard as EventListener);
    this.input.destroy();
    this.renderer?.destroy();
  }

  // --- what Python sends -------------------------------------------------------------------------------------------

  async update(component: Component): Promise<void> {
    this.component = component;
    if (!this.gl) return;
    const data = component.data;
    this.host.style.height = `${data.height}px`;
    this.surface.setAttribute("aria-label", data.title);
    try {
      if (this.loaded.points !== data.points) {
        this.loaded.points = data.points;
        this.opening = this.open(data);
      }
      await this.opening; // also where an earlier update has begun it
      const [layer, mask] = await Promise.all([
        data.layer.url ? loadBytes(data.layer.url) : null,
        data.mask ? loadBytes(data.mask) : null,
      ]);
      if (this.component !== component || !this.points) return; // a newer update is on its way
      this.apply(data, layer, mask);
    } catch (error) {
      this.status.textContent = `The map could not be loaded (${error instanceof Error ? error.message : error}). Reload the page.`;
    }
  }

  private async open(data: Data): Promise<void> {
    if (!this.points) this.status.textContent = `Drawing ${data.count.toLocaleString()} points …`;
    [this.texts, this.regions, this.hovered, this.polygon] = [null, [], -1, null];
    void this.openTexts(data).catch((error: Error) => (this.status.textContent = `Names could not be loaded (${error.message}).`));
    const points = await loadPoints(data.points);
    if (this.loaded.points !== data.points) return;
    this.points = points;
    this.sizes = sizesOf(points.counts);
    this.grid = new Grid(points.xy);
    this.flags = new Uint8Array(points.count);
    this.colours = new Uint8Array(points.count).fill(255);
    this.camera.bounds = points.bounds;
    this.limit = points.count;
    const before = readView(data.id, data.viewParam);
    this.camera.look(before ?? this.camera.home);
    if (before && data.fly) this.flown = data.fly.token;
    this.rebuild();
  }

  private async openTexts(data: Data): Promise<void> {
    const [texts, regions] = await Promise.all([loadTexts(data.texts), loadNames(data.names)]);
    if (this.loaded.points !== data.points) return;
    this.texts = texts;
    this.regions = regions;
    const names = (regions[0] ?? []).map((region) => region.name).filter(Boolean);
    this.about.textContent =
      `${data.title}. Regions: ${names.join("; ")}. Arrow keys move, plus and minus zoom, 0 shows everything, ` +
      "Tab goes through the neighbours of the selected point, Enter selects, Escape lets go.";
    this.draw();
  }

  private apply(data: Data, layer: Uint8Array | null, mask: Uint8Array | null): void {
    const points = this.points!;
    const known = (row: number) => row >= 0 && row < points.count;
    if (this.loaded.layer !== data.layer.url) this.category = -1;
    this.loaded.layer = data.layer.url ?? "";
    this.colours = layer ?? new Uint8Array(points.count).fill(data.layer.kind === "categories" ? 0 : 255);
    this.mask = mask;
    this.selected = known(data.selected) ? points.index[data.selected] : -1;
    this.lines = data.lines.filter(([row]) => known(row)).map(([row, score]) => [points.index[row], score]);
    this.marked = data.highlight.filter(known).map((row) => points.index[row]);
    this.cursor = -1;
    this.status.textContent = "";
    this.paint();
    if (data.fly && data.fly.token !== this.flown) {
      this.flown = data.fly.token;
      const targets: Point[] = data.fly.rows.filter(known).map((row) => this.at(points.index[row]));
      if (data.guest) targets.push([data.guest.x, data.guest.y]);
      if (targets.length) this.goTo(this.camera.framing(targets));
    }
  }

  /** Sends colours and flags to the card: after every change of layer, filter, highlight or theme. */
  private paint(): void {
    const { points, renderer } = this;
    if (!points || !renderer) return;
    const { layer } = this.component.data;
    this.table = palette(layer.kind, this.theme.dark ? layer.dark : layer.light, this.theme.dark);
    renderer.setPalette(this.table);
    renderer.setColours(this.colours);
    const focus = this.marked.length > 0;
    this.flags.fill(focus ? FADED : 0);
    for (const i of this.marked) this.flags[i] = MARKED;
    for (const [i] of this.lines) this.flags[i] &= ~FADED;
    if (this.selected >= 0) this.flags[this.selected] = MARKED;
    if (this.category >= 0) for (let i = 0; i < points.count; i++) if (this.colours[i] !== this.category) this.flags[i] |= FADED;
    if (this.mask) for (let i = 0; i < points.count; i++) if (!bit(this.mask, i)) this.flags[i] |= HIDDEN;
    renderer.setFlags(this.flags);
    this.legend.show(layer, this.theme.dark, this.category);
    this.minimap.paint(points, this.colours, this.table, (i) => (this.flags[i] & HIDDEN) !== 0);
    this.draw();
  }

  private only(category: number): void {
    this.category = category;
    this.paint();
  }

  private rebuild(): void {
    this.renderer = new Renderer(this.gl!, this.points!, this.sizes);
    if (this.loaded.layer !== undefined) this.paint();
  }

  private retheme(): void {
    this.theme = readTheme(this.host);
    this.paint();
  }

  // --- drawing -----------------------------------------------------------------------------------------------------

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!width || !height) return;
    this.ratio = Math.min(devicePixelRatio || 1, 2);
    [this.camera.width, this.camera.height] = [width, height];
    this.glCanvas.width = Math.round(width * this.ratio);
    this.glCanvas.height = Math.round(height * this.ratio);
    this.overlay.resize(width, height, this.ratio);
    this.frame(performance.now());
  }

  draw(): void {
    if (!this.wanted) this.wanted = requestAnimationFrame((now) => this.frame(now));
  }

  private frame(now: number): void {
    cancelAnimationFrame(this.wanted);
    this.wanted = 0;
    const { points, renderer, camera } = this;
    if (!points || !renderer || !this.host.clientWidth) return;
    const active = this.moving || this.flying > 0;
    if (active && points.count > 60_000) this.adapt(now - this.lastFrame);
    this.lastFrame = now;
    const rim = rgb(this.theme.background).map((part) => part / 255) as [number, number, number];
    renderer.draw(camera, this.ratio, rim, active ? this.limit : points.count);
    this.overlay.clear(camera);
    this.decorate();
    const fading = this.texts ? this.writeNames(now) : false;
    this.minimap.draw(this.theme);
    this.frames++;
    if (fading) this.draw();
  }

  /** While the map moves, as many points are drawn as this machine draws fluently. */
  private adapt(elapsed: number): void {
    if (elapsed > 400) return;
    const factor = elapsed > 60 ? 0.7 : elapsed < 24 ? 1.25 : 1;
    this.limit = clamp(Math.min(this.limit, this.points!.count) * factor, 15_000, this.points!.count);
  }

  private decorate(): void {
    const { overlay, theme, camera } = this;
    if (this.drawingLine.length) overlay.outline(this.drawingLine, theme, false);
    if (this.polygon) overlay.outline(this.polygon.map((point) => camera.toScreen(...point)), theme, true);
    if (this.selected >= 0 && this.lines.length) {
      const ends = this.lines.map(([i, score]) => ({ ...xyOf(camera.toScreen(...this.at(i))), score }));
      overlay.lines(camera.toScreen(...this.at(this.selected)), ends, theme);
    }
    const ring = (i: number, colour: string, width: number) => {
      if (i < 0) return;
      const [x, y] = camera.toScreen(...this.at(i));
      overlay.ring(x, y, this.radius(i) + 2.5, colour, width, theme);
    };
    for (const [i] of this.lines) ring(i, mixed(theme.accent, theme.background, 0.35), 1.2);
    ring(this.selected, theme.accent, 2.6);
    for (const i of [this.hovered, this.echoed]) ring(i, theme.text, 1.6);
    ring(this.cursor, theme.accent, 2);
    const { guest } = this.component.data;
    if (guest) overlay.star(...camera.toScreen(guest.x, guest.y), theme);
  }

  private writeNames(now: number): boolean {
    const { camera, theme, overlay } = this;
    overlay.setFont(theme.font);
    const focus = this.marked.length > 0;
    const marked = [...new Set([this.cursor, this.echoed, ...this.lines.map(([i]) => i), ...this.marked])].filter(
      (i) => i >= 0 && !(this.flags[i] & HIDDEN),
    );
    const asking = candidates({
      camera, grid: this.grid!, points: this.points!, texts: this.texts!, regions: this.regions, sizes: this.sizes, focus,
      radius: (i) => this.radius(i), silent: (i) => (this.flags[i] & (HIDDEN | FADED)) !== 0, selected: this.selected, marked,
      guest: this.component.data.guest,
    });
    const most = clamp(Math.round((camera.width * camera.height) / 11_000), 8, 120);
    const corners = [this.toolbar.root, this.legend.root, this.minimap.canvas].map((corner) => this.covered(corner));
    this.placed = place(asking, camera.width, camera.height, overlay.measure, most, corners);
    return overlay.labels(this.placed, camera, theme, (label) => this.ink(label, focus), now);
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
    if (label.role === "region") return mixed(this.theme.text, this.theme.background, focus ? 0.45 : 0.08);
    return mixed(this.theme.text, this.theme.background, 0.22);
  }

  private radius(i: number): number {
    const radius = this.renderer!.radius(i, this.camera.view.zoom);
    return this.flags[i] & MARKED ? Math.max(radius * 1.25, 4.5) : radius;
  }

  private at(i: number): Point {
    return [this.points!.xy[2 * i], this.points!.xy[2 * i + 1]];
  }

  // --- moving ------------------------------------------------------------------------------------------------------

  private busy(moving: boolean): void {
    if (this.moving === moving) return;
    this.moving = moving;
    if (!moving) this.settled();
  }

  private settled(): void {
    const { id, viewParam } = this.component.data;
    rememberView(id, viewParam, this.camera.view);
    this.draw();
  }

  private halt(): void {
    cancelAnimationFrame(this.flying);
    this.flying = 0;
  }

  goTo(view: View, smooth = true): void {
    this.halt();
    if (!smooth || this.calm) {
      this.camera.look(view);
      return this.settled();
    }
    const { x0, x1 } = this.camera.bounds;
    const path = flight({ ...this.camera.view }, view, x1 - x0);
    const duration = clamp(path.length * 420, 220, 1300);
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

  private zoomBy(factor: number): void {
    this.goTo({ ...this.camera.view, zoom: this.camera.view.zoom * factor });
  }

  // --- what the person does ----------------------------------------------------------------------------------------

  /** The point under the pointer, or whose name is. */
  private hit(x: number, y: number): number {
    if (!this.grid || !this.renderer) return -1;
    const named = this.placed.find((label) => onLabel(label, x, y));
    if (named) return Number(named.id.slice(1));
    const reach = this.renderer.radius(0, this.camera.view.zoom) + HIT_SLACK;
    const [x0, y1] = this.camera.toMap(x - reach, y - reach);
    const [x1, y0] = this.camera.toMap(x + reach, y + reach);
    return this.grid.cheapest({ x0, y0, x1, y1 }, (i) => {
      const [px, py] = this.camera.toScreen(...this.at(i));
      const beyond = Math.hypot(px - x, py - y) - this.radius(i);
      return beyond > HIT_SLACK || this.flags[i] & HIDDEN ? Infinity : beyond + (this.flags[i] & FADED ? 4 : 0);
    });
  }

  private hover(x: number, y: number): void {
    const i = this.hit(x, y);
    this.hoverPoint(i);
    if (i >= 0 && this.texts) this.card.show(this.describe(i), x, y, this.camera.width, this.camera.height);
  }

  private hoverPoint(i: number): void {
    if (i < 0) this.card.hide();
    if (i === this.hovered) return;
    this.hovered = i;
    this.surface.style.cursor = i >= 0 ? "pointer" : "";
    const { link } = this.component.data;
    if (link && this.texts) {
      const detail = { link, from: this, label: i >= 0 ? this.texts.label(i) : "" };
      dispatchEvent(new CustomEvent("tagviz-map-hover", { detail }));
    }
    this.draw();
  }

  private readonly heard = (event: CustomEvent<{ link: string; from: unknown; label: string }>) => {
    if (event.detail.from === this || event.detail.link !== this.component.data.link) return;
    this.echoed = event.detail.label && this.texts ? this.texts.find(event.detail.label) : -1;
    this.draw();
  };

  private describe(i: number): { label: string; about: string[]; near: string[] } {
    const { points, texts } = this;
    const { kinds, unit, layer } = this.component.data;
    const about = [`${points!.counts[i].toLocaleString()} ${unit}`];
    if (kinds.length > 1) about[0] = `${kinds[points!.kind[i]]} · ${about[0]}`;
    const byte = this.colours[i];
    if (layer.kind === "categories" && layer.names[byte]) about.push(`${layer.title}: ${layer.names[byte]}`);
    if (layer.kind === "scale" && byte < 255) about.push(`${layer.title}: ${Math.round((100 * byte) / 254)} %`);
    if (points!.trust[i] <= 100) about.push(`${points!.trust[i]} % of its true neighbours are near it here`);
    return { label: texts!.label(i), about, near: texts!.near(i).slice(0, 3).map((other) => texts!.label(other)) };
  }

  private click(x: number, y: number, add: boolean): void {
    this.surface.focus({ preventScroll: true });
    const i = this.hit(x, y);
    if (i >= 0) this.pick(i, add);
    else if (this.polygon) this.select(null);
  }

  private pick(i: number, add: boolean): void {
    if (!add) this.selected = i;
    if (!add) this.lines = [];
    this.draw();
    this.component.setTriggerValue("pick", { row: i < 0 ? -1 : this.points!.rows[i], add });
  }

  private drawing(line: Point[], tool: Tool): void {
    this.drawingLine = tool === "box" ? box(line[0], line[line.length - 1]) : line;
    this.draw();
  }

  private drawn(line: Point[], tool: Tool): void {
    this.drawingLine = [];
    const corners = tool === "box" ? box(line[0], line[line.length - 1]) : simplify(line, 1.5);
    this.act("move");
    this.select(corners.length > 2 ? corners.map(([x, y]) => this.camera.toMap(x, y)) : null);
  }

  private select(polygon: Point[] | null): void {
    this.polygon = polygon?.map(([x, y]) => [rounded(x), rounded(y)]) ?? null;
    let count = 0;
    if (this.polygon) {
      const shape = this.polygon;
      this.grid?.inside(around(shape), (i) => {
        if (!(this.flags[i] & HIDDEN) && within(shape, ...this.at(i))) count++;
      });
      this.spoken.textContent = `${count.toLocaleString()} selected`;
    }
    this.component.setStateValue("selection", this.polygon && { polygon: this.polygon, count });
    this.draw();
  }

  private act(action: Action): void {
    if (action === "in" || action === "out") return this.zoomBy(action === "in" ? 1.7 : 1 / 1.7);
    if (action === "home") return this.goTo(this.camera.home);
    if (action === "picture") return this.save();
    this.input.tool = action === this.input.tool ? "move" : action;
    this.toolbar.tool(this.input.tool);
    this.surface.classList.toggle("drawing", this.input.tool !== "move");
  }

  private key(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const far = event.shiftKey ? 240 : 80;
    const moves: Record<string, Point> = { ArrowLeft: [far, 0], ArrowRight: [-far, 0], ArrowUp: [0, far], ArrowDown: [0, -far] };
    if (moves[event.key]) {
      this.halt();
      this.camera.pan(...moves[event.key]);
      this.settled();
    } else if (event.key === "+" || event.key === "=") this.zoomBy(1.5);
    else if (event.key === "-" || event.key === "_") this.zoomBy(1 / 1.5);
    else if (event.key === "0" || event.key === "Home") this.act("home");
    else if (event.key === "Escape") return this.letGo();
    else if (event.key === "Tab") return this.walk(event.shiftKey ? -1 : 1);
    else if (event.key === "Enter" && this.cursor >= 0) this.pick(this.cursor, event.shiftKey);
    else return false;
    return true;
  }

  private letGo(): boolean {
    if (this.input.tool !== "move") this.act("move");
    else if (this.cursor >= 0) this.cursor = -1;
    else if (this.polygon) this.select(null);
    else if (this.selected >= 0) this.pick(-1, false);
    else return false;
    this.draw();
    return true;
  }

  /** Tab: on to the next neighbour of the selected point, and past the last one out of the map. */
  private walk(step: 1 | -1): boolean {
    const order = this.lines.map(([i]) => i);
    const next = this.cursor < 0 ? (step > 0 ? 0 : -1) : order.indexOf(this.cursor) + step;
    this.cursor = order[next] ?? -1;
    this.draw();
    if (this.cursor < 0) return false;
    if (this.texts) this.spoken.textContent = `${this.texts.label(this.cursor)}, ${next + 1} of ${order.length}`;
    return true;
  }

  /** The map as it is on screen, as a PNG file. */
  private save(): void {
    const picture = element("canvas");
    [picture.width, picture.height] = [this.glCanvas.width, this.glCanvas.height];
    const context = picture.getContext("2d")!;
    context.fillStyle = this.theme.background;
    context.fillRect(0, 0, picture.width, picture.height);
    this.frame(performance.now());
    context.drawImage(this.glCanvas, 0, 0);
    context.drawImage(this.surface, 0, 0);
    picture.toBlob((blob) => {
      if (!blob) return;
      const link = element("a", "", { href: URL.createObjectURL(blob), download: "map.png" });
      link.click();
      URL.revokeObjectURL(link.href);
    });
  }

  /** What tests ask of a running map. */
  probe() {
    return {
      frames: () => this.frames,
      ready: () => this.texts !== null && this.renderer !== null && this.status.textContent === "",
      view: () => ({ ...this.camera.view }),
      labels: () => this.placed.map((label) => ({ text: label.text, role: label.role, left: label.left, middle: label.middle, width: label.width, size: label.size })),
      project: (row: number) => {
        const box = this.surface.getBoundingClientRect();
        const [x, y] = this.camera.toScreen(...this.at(this.points!.index[row]));
        return { x: x + box.left, y: y + box.top };
      },
      selected: () => (this.selected < 0 ? -1 : this.points!.rows[this.selected]),
      lose: () => this.gl?.getExtension("WEBGL_lose_context"),
    };
  }
}

function xyOf([x, y]: Point): { x: number; y: number } {
  return { x, y };
}

function onLabel(label: Placed, x: number, y: number): boolean {
  return label.id.startsWith("p") && x >= label.left && x <= label.left + label.width && Math.abs(y - label.middle) <= label.size * 0.6;
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

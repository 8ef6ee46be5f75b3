// One map: answers Python's updates, and tells Python what the person does.

import { Card } from "./card.ts";
import { loadBytes, loadNames, loadPoints, loadTexts } from "./data.ts";
import { element } from "./dom.ts";
import { fit } from "./fit.ts";
import { Grid } from "./grid.ts";
import { InView } from "./inview.ts";
import { Input } from "./input.ts";
import { Legend } from "./legend.ts";
import { readView, rememberView, type Seen } from "./memory.ts";
import { savePicture } from "./picture.ts";
import { HIDDEN, Renderer, sizesOf } from "./renderer.ts";
import { around, box, type Point, simplify, within } from "./shapes.ts";
import { FLUENT, Stage } from "./stage.ts";
import { say } from "./texts.ts";
import { readTheme } from "./theme.ts";
import { copy, Toast } from "./toast.ts";
import { type Action, type Tool, Toolbar } from "./toolbar.ts";
import { Turn } from "./turn.ts";
import type { Component, Data } from "./types.ts";

/** Pixels of a drag that turn a map in space by one radian. */
const RADIAN = 160;

export class MapView extends Stage {
  private readonly status = element("div", "status", { role: "status" });
  private readonly spoken = element("div", "spoken", { "aria-live": "polite" });
  private readonly about = element("p", "spoken", { id: "about" });
  private readonly card = new Card();
  private readonly toast = new Toast();
  private readonly legend = new Legend((category) => this.only(category));
  private readonly toolbar = new Toolbar((action) => this.act(action));
  private readonly inView = new InView(() => this.act("home"));
  private readonly input: Input;
  private readonly resized = new ResizeObserver(() => this.resize());
  private readonly gl: WebGL2RenderingContext | null;
  private loaded: Record<string, string> = {};
  private opening: Promise<void> = Promise.resolve();
  private flown = "";
  private telling = 0;
  /** What the graphics card was told last. */
  private onCard = "";

  constructor(
    host: HTMLElement,
    private component: Component,
  ) {
    super(host, readTheme(host));
    this.camera.inset = 56;
    this.gl = this.glCanvas.getContext("webgl2", { antialias: false, alpha: true, premultipliedAlpha: true, preserveDrawingBuffer: true });
    this.surface.setAttribute("aria-describedby", "about");
    host.replaceChildren(this.glCanvas, this.surface, this.legend.root, this.minimap.canvas, this.toolbar.root, this.card.root);
    host.append(this.inView.root, this.status, this.toast.root, this.spoken, this.about, this.inView.table);
    this.glCanvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    this.glCanvas.addEventListener("webglcontextrestored", () => this.rebuild());
    // A colour that follows the theme, with a transition: its end tells that the theme has changed.
    host.addEventListener("transitionend", (event) => event.target === host && this.retheme());
    addEventListener("tagviz-map-hover", this.heard as EventListener);
    this.input = new Input(this.surface, {
      pan: (dx, dy) => (this.halt(), this.card.hide(), this.pan(dx, dy)),
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
      this.status.textContent = say("This browser does not offer WebGL 2.");
      component.setStateValue("unsupported", true);
    }
    this.resized.observe(host);
    addEventListener("resize", this.refit);
  }

  destroy(): void {
    this.stop();
    clearTimeout(this.telling);
    this.resized.disconnect();
    removeEventListener("resize", this.refit);
    removeEventListener("tagviz-map-hover", this.heard as EventListener);
    this.input.destroy();
  }

  // --- what Python sends -------------------------------------------------------------------------------------------

  async update(component: Component): Promise<void> {
    this.component = component;
    if (!this.gl) return;
    const data = component.data;
    fit(this.host, data.height);
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
      this.status.textContent = say("The map could not be loaded ({problem}). Reload the page.", { problem: error instanceof Error ? error.message : String(error) });
    }
  }

  private async open(data: Data): Promise<void> {
    if (!this.points) this.status.textContent = say("Drawing {n} points …", { n: data.count.toLocaleString() });
    [this.texts, this.regions, this.hovered, this.polygon, this.onCard] = [null, [], -1, null, ""];
    const loaded = await loadPoints(data.points);
    if (this.loaded.points !== data.points) return;
    const points = loaded.z ? { ...loaded, xy: loaded.xy.slice() } : loaded; // a turn moves only this map's
    void this.openTexts(data).catch((error: Error) => (this.status.textContent = say("Names could not be loaded ({problem}).", { problem: error.message })));
    this.points = points;
    this.sizes = sizesOf(points.counts);
    this.flags = new Uint8Array(points.count);
    this.colours = new Uint8Array(points.count).fill(255);
    this.camera.bounds = points.bounds;
    this.turn = points.z && new Turn(points.xy, points.z, points.bounds);
    this.minimap.flat = !this.turn;
    this.limit = Math.min(points.count, FLUENT);
    const before = readView(data.id, data.viewParam);
    this.camera.look(before ?? this.camera.home);
    if (before?.turn) this.turn?.to(...before.turn);
    this.grid = new Grid(points.xy);
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
      `${data.title}. ${say("Regions: {names}.", { names: names.join("; ") })} ` +
      say("Arrow keys move, plus and minus zoom, 0 shows everything, Tab goes through the neighbours of the selected point, or through the names in view; Enter selects, Escape deselects.");
    this.draw(false);
    this.tellView();
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
    this.path = data.path.filter(known).map((row) => points.index[row]);
    this.marked = data.highlight.filter(known).map((row) => points.index[row]);
    this.guest = data.guest;
    this.cursor = -1;
    this.status.textContent = "";
    this.paintIfChanged(data);
    this.tellView();
    if (data.fly && data.fly.token !== this.flown) {
      this.flown = data.fly.token;
      const targets: Point[] = data.fly.rows.filter(known).map((row) => this.at(points.index[row]));
      if (this.guest) targets.push(this.seen(this.guest.at));
      if (targets.length) this.goTo(this.camera.framing(targets, undefined, undefined, this.drawer()));
    }
  }

  /** Pixels that a drawer takes; on a narrow screen it is a sheet at the bottom. */
  private drawer(): number {
    const { width } = this.camera;
    return width > 700 ? Math.min(this.component.data.covered, width / 2) : 0;
  }

  /** A mere change of the selected point lies over the points: they need not be drawn again. */
  private paintIfChanged({ layer, mask, highlight, path, selected, lines }: Data): void {
    const focus = highlight.length || path.length ? [selected, lines] : [];
    const now = JSON.stringify([layer, mask, highlight, path, focus]);
    if (now === this.onCard) return this.draw(false);
    this.onCard = now;
    this.paint();
  }

  /** After every change of layer, filter, highlight or theme. */
  private paint(): void {
    const { layer } = this.component.data;
    this.legend.show(layer, this.theme.dark, this.category, this.component.data.plurals);
    this.paintPoints(layer);
  }

  private only(category: number): void {
    this.category = category;
    this.paint();
  }

  private rebuild(): void {
    this.renderer = new Renderer(this.gl!, this.points!, this.sizes, this.turn);
    if (this.loaded.layer !== undefined) this.paint();
  }

  private retheme(): void {
    this.theme = readTheme(this.host);
    this.paint();
  }

  // --- what the person does ----------------------------------------------------------------------------------------

  /** A drag moves a flat map and turns one in space. */
  private pan(dx: number, dy: number): void {
    if (this.turn) return this.turnTo(this.turn.yaw + dx / RADIAN, this.turn.pitch + dy / RADIAN);
    this.camera.pan(dx, dy);
    this.draw();
  }

  private hover(x: number, y: number): void {
    const i = this.hit(x, y);
    this.hoverPoint(i);
    this.surface.style.cursor = i >= 0 || this.named(x, y) ? "pointer" : "";
    if (i >= 0 && this.texts) this.card.show(this.describe(i), x, y, this.camera.width, this.camera.height);
  }

  private hoverPoint(i: number): void {
    if (i < 0) this.card.hide();
    if (i === this.hovered) return;
    this.hovered = i;
    const { link } = this.component.data;
    if (link && this.texts) {
      const detail = { link, from: this, label: i >= 0 ? this.texts.label(i) : "" };
      dispatchEvent(new CustomEvent("tagviz-map-hover", { detail }));
    }
    this.draw(false);
  }

  private readonly refit = () => fit(this.host, this.component.data.height);

  private readonly heard = (event: CustomEvent<{ link: string; from: unknown; label: string }>) => {
    if (event.detail.from === this || event.detail.link !== this.component.data.link) return;
    this.echoed = event.detail.label && this.texts ? this.texts.find(event.detail.label) : -1;
    this.draw(false);
  };

  private describe(i: number): { label: string; about: string[]; near: string[] } {
    const { points, texts } = this;
    const { kinds, units, layer } = this.component.data;
    const about = [`${points!.counts[i].toLocaleString()} ${units[points!.kind[i]]}`];
    if (kinds.filter(Boolean).length > 1) about[0] = `${kinds[points!.kind[i]]} · ${about[0]}`;
    const byte = this.colours[i];
    if (layer.kind === "categories" && layer.names[byte]) about.push(`${layer.title}: ${layer.names[byte]}`);
    if (layer.kind === "scale" && byte < 255) about.push(`${layer.title}: ${Math.round((100 * byte) / 254)} %`);
    if (points!.trust[i] <= 100) about.push(say("{share} % of its true neighbours are near it here", { share: points!.trust[i] }));
    return { label: texts!.label(i) || say("(no title)"), about, near: texts!.near(i).slice(0, 3).map((other) => texts!.label(other)) };
  }

  private click(x: number, y: number, add: boolean): void {
    this.surface.focus({ preventScroll: true });
    const i = this.hit(x, y);
    const region = i < 0 ? this.named(x, y)?.region : null;
    if (i >= 0) this.pick(i, add);
    else if (region) this.flyInto(region);
    else if (this.polygon) this.select(null);
  }

  private pick(i: number, add: boolean): void {
    if (!add) this.selected = i;
    if (!add) this.lines = [];
    this.draw(false);
    this.component.setTriggerValue("pick", { row: i < 0 ? -1 : this.points!.rows[i], add });
  }

  private drawing(line: Point[], tool: Tool): void {
    this.drawingLine = tool === "box" ? box(line[0], line[line.length - 1]) : line;
    this.draw(false);
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
      this.drawnAt = this.turning;
      this.spoken.textContent = say("{n} selected", { n: count.toLocaleString() });
    }
    this.component.setStateValue("selection", this.polygon && { polygon: this.polygon, count, turn: [this.turn?.yaw ?? 0, this.turn?.pitch ?? 0] });
    this.draw(false);
  }

  private act(action: Action): void {
    if (action === "in" || action === "out") return this.zoomBy(action === "in" ? 1.7 : 1 / 1.7);
    if (action === "home") {
      if (this.turn) this.turnTo(0, 0);
      return this.goTo(this.camera.home);
    }
    if (action === "picture") return this.save();
    if (action === "link") return void this.copyLink();
    if (action === "full") return void (document.fullscreenElement ? document.exitFullscreen() : this.host.requestFullscreen());
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
      this.pan(...moves[event.key]);
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

  /** Tab: on to the next neighbour of the selected point, else to the next name in view; past the last one out of the map. */
  private walk(step: 1 | -1): boolean {
    const order = this.lines.length ? this.lines.map(([i]) => i) : this.namesInView();
    const next = this.cursor < 0 ? (step > 0 ? 0 : -1) : order.indexOf(this.cursor) + step;
    this.cursor = order[next] ?? -1;
    this.draw(false);
    if (this.cursor < 0) return false;
    if (this.texts) this.spoken.textContent = say("{label}, {place} of {n}", { label: this.texts.label(this.cursor), place: next + 1, n: order.length });
    return true;
  }

  /** The points whose names are written, from the middle of the view outwards. */
  private namesInView(): number[] {
    const { width, height } = this.camera;
    const far = ({ left, middle, width: long }: { left: number; middle: number; width: number }) =>
      Math.hypot(left + long / 2 - width / 2, middle - height / 2);
    return this.placed.filter(({ point }) => point >= 0).sort((a, b) => far(a) - far(b)).map(({ point }) => point);
  }

  protected panels(): HTMLElement[] {
    return [this.toolbar.root, this.legend.root];
  }

  protected settled(): void {
    const { id, viewParam } = this.component.data;
    this.regrid();
    rememberView(id, viewParam, this.view());
    this.draw();
    this.tellView();
  }

  /** Says what is in view once the view rests: that it is empty, or the names for screen readers. */
  private tellView(): void {
    clearTimeout(this.telling);
    this.telling = window.setTimeout(() => {
      const { points, texts } = this;
      if (!points || !texts) return;
      const hidden = (i: number) => (this.flags[i] & HIDDEN) !== 0;
      let found = false;
      this.grid?.inside(this.camera.visible(), (i) => !(found = !hidden(i)));
      const any = found || this.flags.some((flag) => !(flag & HIDDEN));
      this.inView.say(found || this.guest ? "" : any ? say("There are no points in this part of the map.") : say("The filters leave no points."));
      const named = this.placed.filter(({ point }) => point >= 0).map(({ point }) => point);
      named.sort((a, b) => points.counts[b] - points.counts[a]);
      this.inView.list(named.map((i) => ({ label: texts.label(i), about: this.describe(i).about.join(", ") })));
    }, 250);
  }

  private view(): Seen {
    return this.turn ? { ...this.camera.view, turn: [this.turn.yaw, this.turn.pitch] } : this.camera.view;
  }

  /** The address says the corpus, the model, the selection and the view. */
  private async copyLink(): Promise<void> {
    const { id, viewParam } = this.component.data;
    rememberView(id, viewParam, this.view());
    await copy(location.href);
    this.toast.say(say("Link copied"));
  }

  private save(): void {
    this.halt();
    this.finish();
    savePicture([this.glCanvas, this.surface], this.theme.background);
  }

  /** What tests ask of a running map. */
  probe() {
    return {
      frames: () => this.frames,
      ready: () => this.texts !== null && this.renderer !== null && this.status.textContent === "",
      whole: () => this.painted >= (this.points?.count ?? Infinity),
      view: () => ({ ...this.view() }),
      labels: () =>
        this.placed.map(({ text, role, left, middle, width, size, point, region }) => {
          return { text, role, left, middle, width, size, area: region?.area ?? null, row: point < 0 ? -1 : this.points!.rows[point] };
        }),
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

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

// The panel: the questions' case and a slider of k, and what they change at once. What is shown at the other k and of the
// other cases comes a moment after the first picture; from then on both answer here, and Python hears of it afterwards.

import { html } from "./dom.ts";
import { Figure } from "./figure.ts";
import { drawHeat, heatHeight } from "./heat.ts";
import { drawRanks, RANKS_HEIGHT } from "./ranks.ts";
import { bestFirst, percent } from "./scale.ts";
import { drawTable } from "./table.ts";
import { say } from "./texts.ts";
import type { Component, Data, Frame, Reading, Told } from "./types.ts";

/** Models that are drawn before the legend is clicked. */
const AT_ONCE = 3;
/** Milliseconds of rest after which Python hears of a move. */
const REST = 180;

/** Elements in which a key is a letter. */
const TYPING = /^(INPUT|TEXTAREA|SELECT)$/;

export class Panel {
  private readonly root = html("div", "panel");
  private readonly slider = html("input", "", "", { type: "range", min: 1, step: 1, "aria-label": say("Suggestions looked at (k)") });
  private readonly said = html("output");
  private readonly questions = html("select", "", "", { "aria-label": say("Questions") });
  private readonly sentence = html("h3");
  private readonly table = html("div", "rows");
  private readonly tableNote = html("p", "note");
  private readonly heat: Figure;
  private readonly ranks: Figure;
  private readonly legend = html("div", "legend", "", { role: "group", "aria-label": say("Models in the histogram") });
  private readonly readings = html("div", "switch", "", { role: "group", "aria-label": say("Heatmap") });
  private readonly addUp = html("input", "", "", { type: "checkbox" });
  private readonly frames = new Map<string, Frame>();
  private readonly chosen = new Map<number, boolean>();
  private readonly watch: ResizeObserver;
  private data!: Data;
  private k = 0;
  private case = "";
  private drawn = "";
  private greeted = false;
  private timer = 0;
  /** The place (see `at`) that Python was told and has not said yet. */
  private asked = "";

  constructor(private readonly host: HTMLElement, private component: Component) {
    const tell = (told: Told) => this.tell(told);
    const form = () => this.data.form;
    this.heat = new Figure("heatmap", tell, form);
    this.ranks = new Figure("histogram", tell, form);
    const slide = html("label", "slide");
    slide.append(html("span", "", say("Suggestions looked at (k)")), this.slider, this.said);
    const ask = html("label", "ask");
    ask.append(html("span", "", say("Questions")), this.questions);
    const moves = html("div", "moves");
    moves.append(ask, slide);
    const left = html("section", "table");
    left.append(this.sentence, this.table, this.tableNote);
    const add = html("label", "add", "", { title: say("How many are found up to each place") });
    add.append(this.addUp, html("span", "", say("Add up")));
    this.ranks.tools.append(add);
    this.ranks.place.before(this.legend);
    this.heat.tools.append(this.readings);
    this.root.append(moves, left, this.heat.root, this.ranks.root);
    host.append(this.root);
    this.slider.addEventListener("input", () => this.move(Number(this.slider.value), this.case));
    this.questions.addEventListener("change", () => this.move(this.k, this.questions.value));
    this.addUp.addEventListener("change", () => {
      this.data.cumulative = this.addUp.checked;
      this.draw();
      this.tell({ what: "cumulative", on: this.addUp.checked });
    });
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.heat.place);
    this.watch.observe(this.ranks.place);
    addEventListener("keydown", this.key);
  }

  /** What Python sends: another set of frames replaces all, others of the same set are added. */
  update(component: Component, later: Frame[]): void {
    const data = component.data as Data;
    const before = this.data as Data | undefined;
    this.component = component;
    this.data = { ...data };
    if (before?.set !== data.set) this.frames.clear();
    if (before?.kind !== data.kind) this.chosen.clear();
    this.add([...data.frames, ...later]);
    // what Python says of the place is old while it has not heard of the last move, or its answer to that is on its way
    const said = at(data.case, data.k);
    if (said === this.asked || before?.set !== data.set) this.asked = "";
    if (!this.timer && !this.asked) [this.case, this.k] = [data.case, data.k];
    this.slider.max = String(data.most);
    this.slider.value = String(this.k);
    this.addUp.checked = data.cumulative;
    this.readings.replaceChildren(...data.readings.map(([reading, name]) => this.choice(reading, name)));
    this.offer();
    this.drawn = "";
    this.draw();
    this.root.dataset.whole = String(this.whole);
  }

  /** Others of a set. */
  extend(set: string, frames: Frame[]): void {
    if (!this.data || set !== this.data.set) return;
    this.add(frames);
    this.draw();
    this.root.dataset.whole = String(this.whole);
  }

  destroy(): void {
    this.watch.disconnect();
    removeEventListener("keydown", this.key);
    clearTimeout(this.timer);
  }

  private add(frames: Frame[]): void {
    for (const frame of frames) this.frames.set(at(frame.case, frame.k), frame);
  }

  /** Whether the slider answers here at every k. */
  private get whole(): boolean {
    for (let k = 1; k <= this.data.most; k++) if (!this.frames.has(at(this.case, k))) return false;
    return true;
  }

  /** The cases; an open list is left alone where they are the same. */
  private offer(): void {
    const now = JSON.stringify(this.data.cases);
    if (this.questions.dataset.offered !== now) {
      this.questions.dataset.offered = now;
      this.questions.replaceChildren(...this.data.cases.map(([value, name]) => html("option", "", name, { value })));
    }
    this.questions.value = this.case;
  }

  private move(k: number, chosen: string): void {
    [this.k, this.case] = [k, chosen];
    this.draw();
    clearTimeout(this.timer);
    const rest = this.frames.has(at(this.case, this.k)) ? REST : 0;
    this.timer = window.setTimeout(() => this.tell({ what: "moved" }), rest);
  }

  private choice(reading: Reading, name: string): HTMLButtonElement {
    const button = html("button", "", name, { type: "button", "aria-pressed": String(reading === this.data.reading) });
    button.addEventListener("click", () => this.tell({ what: "reading", reading }));
    return button;
  }

  /** Whatever is told says the place, too: Python may not have heard of the last move. */
  private tell(told: Told): void {
    clearTimeout(this.timer);
    this.timer = 0;
    const now = at(this.case, this.k);
    if (now !== at(this.data.case, this.data.k) || this.asked) this.asked = now;
    this.component.setTriggerValue("told", { ...told, k: this.k, case: this.case });
    if (!["moved", "reading", "cumulative", "drawn"].includes(told.what)) reveal();
  }

  /** [ and ] shorten and lengthen the lists, wherever the focus is but in a text. */
  private readonly key = (event: KeyboardEvent) => {
    const step = event.key === "[" ? -1 : event.key === "]" ? 1 : 0;
    const [target] = event.composedPath() as HTMLInputElement[];
    const typing = target.isContentEditable || (TYPING.test(target.tagName ?? "") && target.type !== "range");
    if (!step || !this.data || event.ctrlKey || event.metaKey || typing) return;
    const k = Math.min(this.data.most, Math.max(1, this.k + step));
    this.slider.value = String(k);
    if (k !== this.k) this.move(k, this.case);
  };

  private draw(): void {
    if (!this.data) return;
    const frame = this.frames.get(at(this.case, this.k));
    this.said.textContent = String(this.k);
    this.slider.setAttribute("aria-valuetext", say("the first {k}", { k: this.k }));
    this.slider.style.setProperty("--part", `${(100 * (this.k - 1)) / Math.max(1, this.data.most - 1)}%`);
    this.root.classList.toggle("waiting", !frame);
    if (!frame) return;
    const { data } = this;
    const now = [this.case, this.k, this.heat.width, this.ranks.width, data.cumulative, [...this.chosen].join()].join("|");
    if (now === this.drawn) return;
    this.drawn = now;
    const font = getComputedStyle(this.host).fontFamily;
    this.sentence.textContent = frame.sentence;
    this.table.replaceChildren(drawTable(frame, data, (told) => this.tell(told)));
    this.tableNote.textContent = data.notes.table;
    this.heat.root.hidden = !frame.heat;
    this.root.classList.toggle("bare", !frame.heat);
    if (frame.heat && this.heat.width) {
      this.heat.draw(frame.heat.title, data.notes.heat, heatHeight(data.reading), drawHeat(frame.heat, data.reading, this.heat.width, font));
    }
    const order = bestFirst(frame.ranks.shares);
    const shown = order.filter((model, at) => this.chosen.get(model) ?? at < AT_ONCE);
    this.legend.replaceChildren(...(order.length > 1 ? order.map((model) => this.entry(frame, model, shown.includes(model))) : []));
    if (this.ranks.width) {
      const drawing = drawRanks(frame.ranks, data, shown, data.cumulative, this.ranks.width, font);
      this.ranks.draw(frame.ranks.title, data.notes.ranks, RANKS_HEIGHT, drawing);
    }
    this.root.dataset.k = String(frame.k);
    this.root.dataset.case = frame.case;
    this.root.dataset.set = data.set;
    if (data.awaited && !this.greeted) {
      this.greeted = true;
      requestAnimationFrame(() => setTimeout(() => this.tell({ what: "drawn" })));
    }
  }

  private entry(frame: Frame, model: number, on: boolean): HTMLButtonElement {
    const { name, colour } = this.data.models[model];
    const found = 1 - frame.ranks.shares[model]!.at(-1)!;
    const button = html("button", "", "", { type: "button", "aria-pressed": String(on), title: say(on ? "Hide {name}" : "Show {name}", { name }) });
    const chip = html("span", "chip", "", { "aria-hidden": "true" });
    chip.style.background = colour;
    button.append(chip, html("span", "name", name), html("span", "share", say("{share} found", { share: percent(found) })));
    button.addEventListener("click", () => {
      this.chosen.set(model, !on);
      this.draw();
    });
    return button;
  }
}

/** Brings what a click lists, below the panel, into view at once; the list itself follows from the server. */
function reveal(): void {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.querySelector(".st-key-evaluate-behind")?.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
}

/** Where the panel stands: under this its frame is kept. */
export function at(chosen: string, k: number): string {
  return `${chosen}|${k}`;
}

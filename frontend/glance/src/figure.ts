// A figure whose marks can be pointed at, walked over with the arrow keys, and opened by a click or Enter.

import { html, svg } from "./dom.ts";
import { save } from "./picture.ts";
import { stepped } from "./scale.ts";
import { say } from "./texts.ts";
import type { Told } from "./types.ts";

/** A mark lies in a box of pixels and says what it is; picking it tells Python. */
export interface Mark {
  x: number;
  y: number;
  width: number;
  height: number;
  says: string[];
  told: Told;
}

/** What is drawn of a figure. columns: how many marks lie in a row. */
export interface Drawing {
  nodes: SVGElement[];
  marks: Mark[];
  columns: number;
}

export class Figure {
  readonly root: HTMLElement;
  readonly tools = html("div", "tools");
  readonly place = html("div", "place");
  private readonly title = html("h3");
  private readonly svg = svg("svg", { tabindex: 0, role: "application" });
  private readonly ring = svg("rect", { class: "ring", visibility: "hidden" });
  private readonly tip = html("div", "tip", "", { hidden: "" });
  private readonly spoken = html("div", "spoken", "", { "aria-live": "polite" });
  private readonly note = html("p", "note");
  private marks: Mark[] = [];
  private columns = 1;
  private at = -1;

  constructor(readonly name: string, private readonly tell: (told: Told) => void, form: () => "png" | "svg") {
    this.root = html("section", `figure ${name}`);
    const head = html("div", "head");
    const picture = html("button", "picture", "", { type: "button", title: say("Save as a picture"), "aria-label": say("Save as a picture") });
    const icon = svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" });
    icon.append(svg("path", { d: "M10 3v9M6.500 8.500 10 12l3.500-3.500M4 16h12" }));
    picture.append(icon);
    picture.addEventListener("click", () => save(this.svg, `tagviz-${name}`, form()));
    head.append(this.title, this.tools, picture);
    this.place.append(this.svg, this.tip);
    this.root.append(head, this.place, this.note, this.spoken);
    this.svg.addEventListener("pointermove", (event) => this.point(this.under(event), false));
    this.svg.addEventListener("pointerleave", () => this.point(-1, false));
    this.svg.addEventListener("click", (event) => this.pick(this.under(event)));
    this.svg.addEventListener("keydown", (event) => this.key(event));
    this.svg.addEventListener("blur", () => this.point(-1, false));
  }

  get width(): number {
    return this.place.clientWidth;
  }

  /** Draws anew; where the keyboard stands stays if there is still a mark. */
  draw(title: string, note: string, height: number, drawing: Drawing): void {
    this.title.textContent = title;
    this.note.textContent = note;
    [this.marks, this.columns] = [drawing.marks, drawing.columns];
    this.svg.setAttribute("width", String(this.width));
    this.svg.setAttribute("height", String(height));
    this.svg.setAttribute("aria-label", `${title}. ${say("Arrow keys walk over it, Enter opens the playlists.")}`);
    this.svg.replaceChildren(...drawing.nodes, this.ring);
    this.point(-1, false);
  }

  private under(event: MouseEvent): number {
    const mark = (event.target as Element).getAttribute("data-mark");
    return mark === null ? -1 : Number(mark);
  }

  private point(at: number, speak: boolean): void {
    this.at = at < this.marks.length ? at : -1;
    const mark = this.marks[this.at];
    this.tip.hidden = !mark;
    this.ring.setAttribute("visibility", mark ? "visible" : "hidden");
    if (!mark) return;
    for (const side of ["x", "y", "width", "height"] as const) this.ring.setAttribute(side, String(mark[side]));
    this.tip.replaceChildren(...mark.says.map((line) => html("div", "", line)));
    const [width, height] = [this.tip.offsetWidth, this.tip.offsetHeight];
    const left = mark.x + mark.width / 2 - width / 2;
    this.tip.style.left = `${Math.max(0, Math.min(this.width - width, left))}px`;
    this.tip.style.top = `${mark.y > height + 8 ? mark.y - height - 6 : mark.y + mark.height + 6}px`;
    if (speak) this.spoken.textContent = mark.says.join(", ");
  }

  private pick(at: number): void {
    const mark = this.marks[at];
    if (!mark) return;
    for (const old of this.svg.querySelectorAll(".picked")) old.classList.remove("picked");
    this.svg.querySelector(`[data-mark="${at}"]`)?.classList.add("picked");
    this.tell(mark.told);
  }

  private key(event: KeyboardEvent): void {
    if (event.key === "Enter" || event.key === " ") this.pick(this.at);
    else if (event.key === "Escape") return this.point(-1, false);
    else if (!/^(Arrow|Home$|End$)/.test(event.key) || !this.marks.length) return;
    else this.point(this.at < 0 ? 0 : stepped(this.at, event.key, this.marks.length, this.columns), true);
    event.preventDefault();
  }
}

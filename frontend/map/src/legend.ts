// What the colours mean. A click on a category shows it alone, another click all again.

import { element } from "./dom.ts";
import type { Layer } from "./types.ts";

/** As the shader draws them, by kind. */
const SHAPES = ["●", "◆", "▲", "■", "⬢", "✚"];

export class Legend {
  readonly root = element("div", "legend", { hidden: "" });
  private key = "";

  constructor(private readonly choose: (category: number) => void) {}

  /** Which shape stands for what. */
  private shapes(kinds: string[]): void {
    const row = element("div", "shapes");
    kinds.forEach((kind, i) => {
      if (kind) row.append(Object.assign(element("span"), { textContent: `${SHAPES[i] ?? "●"} ${kind}` }));
    });
    this.root.append(row);
  }

  show(layer: Layer, dark: boolean, chosen: number, kinds: string[]): void {
    const key = JSON.stringify([layer, dark, chosen, kinds]);
    if (key === this.key) return;
    this.key = key;
    const several = kinds.filter(Boolean).length > 1;
    this.root.hidden = !layer.legend && !several;
    const title = Object.assign(element("div", "title"), { textContent: layer.title });
    const colours = dark ? layer.dark : layer.light;
    this.root.replaceChildren();
    if (several) this.shapes(kinds);
    if (!layer.legend) return;
    this.root.append(title);
    if (layer.kind === "scale") {
      const bar = element("div", "bar");
      bar.style.background = `linear-gradient(to right, ${colours.join(", ")})`;
      const ends = element("div", "ends");
      ends.append(Object.assign(element("span"), { textContent: layer.low }));
      ends.append(Object.assign(element("span"), { textContent: layer.high }));
      this.root.append(bar, ends);
      return;
    }
    const focused = (this.root.getRootNode() as ShadowRoot).activeElement?.getAttribute("data-category");
    layer.names.forEach((name, category) => {
      const button = element("button", "", { type: "button", "aria-pressed": String(category === chosen), "data-category": String(category) });
      const chip = element("span", "chip");
      chip.style.background = colours[category] ?? "";
      button.append(chip, Object.assign(element("span", "", { dir: "auto" }), { textContent: name }));
      button.addEventListener("click", () => this.choose(category === chosen ? -1 : category));
      this.root.append(button);
      if (focused === String(category)) button.focus();
    });
  }
}

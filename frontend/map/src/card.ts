// The hover card: text only, beside the pointer, never under it.

import { element } from "./dom.ts";
import { say } from "./texts.ts";

export interface CardText {
  label: string;
  about: string[];
  near: string[];
}

export class Card {
  readonly root = element("div", "card");
  private readonly title = element("strong", "", { dir: "auto" });
  private readonly about = element("div", "about");
  private readonly near = element("div", "near", { dir: "auto" });

  constructor() {
    this.root.hidden = true;
    this.root.append(this.title, this.about, this.near);
  }

  show(text: CardText, x: number, y: number, width: number, height: number): void {
    this.title.textContent = text.label;
    this.about.replaceChildren(...text.about.map((line) => Object.assign(element("div"), { textContent: line })));
    this.near.textContent = text.near.length ? say("near: {names}", { names: text.near.join(" · ") }) : "";
    this.root.hidden = false;
    const box = this.root.getBoundingClientRect();
    const left = x + 16 + box.width > width ? x - 16 - box.width : x + 16;
    const top = y + 14 + box.height > height ? y - 14 - box.height : y + 14;
    this.root.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
  }

  hide(): void {
    this.root.hidden = true;
  }
}

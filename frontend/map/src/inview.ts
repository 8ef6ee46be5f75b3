// What is in view, in words: the way back from where nothing is, and a table for screen readers.

import { element } from "./dom.ts";
import { say } from "./texts.ts";

export interface Row {
  label: string;
  about: string;
}

export class InView {
  readonly root = element("div", "lost");
  readonly table = element("table", "spoken");
  private readonly text = element("span", "", { role: "status" });
  private readonly back = element("button", "", { type: "button" });

  constructor(home: () => void) {
    this.root.hidden = true;
    this.back.textContent = say("Show the whole map");
    this.back.addEventListener("click", home);
    this.root.append(this.text, this.back);
  }

  /** nothing: why there is no point in view; "" while there is one. */
  say(nothing: string): void {
    this.root.hidden = !nothing;
    this.text.textContent = nothing;
  }

  /** The named points in view, the most frequent first. */
  list(rows: Row[]): void {
    const caption = element("caption");
    caption.textContent = say("{n} names are in view", { n: rows.length });
    this.table.replaceChildren(
      caption,
      ...rows.map(({ label, about }) => {
        const row = element("tr");
        const head = Object.assign(element("th", "", { scope: "row" }), { textContent: label });
        row.append(head, Object.assign(element("td"), { textContent: about }));
        return row;
      }),
    );
  }
}

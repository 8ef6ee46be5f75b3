// The buttons on the map.

import { element, icon } from "./dom.ts";
import { say } from "./texts.ts";

export type Tool = "move" | "lasso" | "box";
export type Action = "in" | "out" | "home" | "full" | "picture" | "link" | Tool;

const BUTTONS: [Action, string, string][] = [
  ["in", "Zoom in (+)", "M10 4v12M4 10h12"],
  ["out", "Zoom out (−)", "M4 10h12"],
  ["home", "Show everything (0)", "M3 9 10 3.500 17 9M5 8v8h10V8"],
  ["full", "Fill the screen", "M3 8V3h5M17 8V3h-5M3 12v5h5M17 12v5h-5"],
  ["lasso", "Select with a lasso (Shift and drag)", "M10 4c4 0 7 1.9 7 4.4S14 13 10 13 3 11 3 8.500 6 4 10 4M6 12.400c-1.500 1-1.500 3 .6 3.200 1.400.1 1.700 1.400.9 2.400"],
  ["box", "Select with a box (Alt and drag)", "M4 4h2M9 4h2M14 4h2v2M16 9v2M16 14v2h-2M11 16H9M6 16H4v-2M4 11V9M4 6V4"],
  ["link", "Copy a link to this view", "M8.500 11.500l3-3M9 6.500l1.500-1.500a3.200 3.200 0 0 1 4.500 4.500L13.500 11M11 13.500 9.500 15A3.200 3.200 0 0 1 5 10.500L6.500 9"],
  ["picture", "Save as a picture", "M10 3v9M6.500 8.500 10 12l3.500-3.500M4 16h12"],
];

export class Toolbar {
  readonly root = element("div", "toolbar", { role: "toolbar", "aria-label": say("Map tools") });
  private readonly buttons = new Map<Action, HTMLButtonElement>();

  constructor(act: (action: Action) => void) {
    for (const [action, text, path] of BUTTONS) {
      const title = say(text);
      const button = element("button", "", { type: "button", title, "aria-label": title, "data-action": action });
      button.append(icon(path));
      button.addEventListener("click", () => act(action));
      this.buttons.set(action, button);
      this.root.append(button);
    }
    this.tool("move");
  }

  tool(tool: Tool): void {
    for (const name of ["lasso", "box"] as const) this.buttons.get(name)!.setAttribute("aria-pressed", String(name === tool));
  }
}

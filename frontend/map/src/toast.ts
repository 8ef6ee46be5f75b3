// A word that comes and goes: what a button has done.

import { element } from "./dom.ts";

const STAYS_MS = 1800;

export class Toast {
  readonly root = element("div", "toast", { role: "status" });
  private gone = 0;

  say(text: string): void {
    this.root.textContent = text;
    this.root.classList.add("on");
    clearTimeout(this.gone);
    this.gone = window.setTimeout(() => this.root.classList.remove("on"), STAYS_MS);
  }
}

/** Puts text on the clipboard, also where the page is not secure (another computer's address without https). */
export async function copy(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = Object.assign(element("textarea", "spoken"), { value: text });
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

// The door of the bundle: Streamlit's loader calls the default function on every run, always on the same element.

import { at, Panel } from "./panel.ts";
import css from "./style.css";
import { useTexts } from "./texts.ts";
import type { Component, Frame, Later } from "./types.ts";

const panels = new Map<Element, Panel>();
/** The frames that came later, of the newest set only. */
let later = { set: "", frames: new Map<string, Frame>() };

export default function show(component: Component): () => void {
  const { data } = component;
  if ("later" in data) return keep(data);
  const root = component.parentElement;
  const host = root.querySelector<HTMLElement>(".tagviz-glance");
  if (!host) throw new Error("The panel has no place to be drawn");
  useTexts(data.messages);
  let panel = panels.get(host);
  if (panel && host.dataset.language !== data.language) {
    panel.destroy(); // its controls speak the language of before
    host.replaceChildren();
    panel = undefined;
  }
  if (!panel) {
    host.dataset.language = data.language;
    dress(root);
    panel = new Panel(host, component);
    panels.set(host, panel);
  }
  panel.update(component, later.set === data.set ? [...later.frames.values()] : []);
  return () => {
    // The cleanup of an earlier call may come after a later call: only a panel that is gone is taken down.
    if (host.isConnected) return;
    panels.get(host)?.destroy();
    panels.delete(host);
  };
}

/** Frames for a panel that is there or will be. */
function keep(data: Later): () => void {
  if (later.set !== data.set) later = { set: data.set, frames: new Map() };
  for (const frame of data.later) later.frames.set(at(frame.case, frame.k), frame);
  for (const panel of panels.values()) panel.extend(data.set, data.later);
  return () => undefined;
}

function dress(root: HTMLElement | ShadowRoot): void {
  if (!(root instanceof ShadowRoot)) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

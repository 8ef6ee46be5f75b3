// The door of the bundle: Streamlit's loader calls the default function on every run, always on the same element.

import { leave } from "./fit.ts";
import { MapView } from "./map.ts";
import css from "./style.css";
import { useTexts } from "./texts.ts";
import type { Component } from "./types.ts";

const maps = new WeakMap<Element, MapView>();

declare global {
  interface Window {
    __map?: ReturnType<MapView["probe"]>;
    __maps?: Record<string, ReturnType<MapView["probe"]>>;
  }
}

export default function show(component: Component): () => void {
  const root = component.parentElement;
  const host = root.querySelector<HTMLElement>(".tagviz-map");
  if (!host) throw new Error("The map has no place to be drawn");
  useTexts(component.data.messages);
  let map = maps.get(host);
  if (map && host.dataset.language !== component.data.language) {
    map.destroy(); // its buttons speak the language of before
    map = undefined;
  }
  if (!map) {
    host.dataset.language = component.data.language;
    dress(root);
    map = new MapView(host, component);
    maps.set(host, map);
  }
  window.__map = map.probe();
  window.__maps = { ...window.__maps, [component.data.id]: window.__map };
  void map.update(component);
  return () => {
    // The cleanup of an earlier call may come after a later call: only a map that is gone is taken down.
    if (host.isConnected) return;
    maps.get(host)?.destroy();
    leave();
    maps.delete(host);
  };
}

function dress(root: HTMLElement | ShadowRoot): void {
  if (!(root instanceof ShadowRoot)) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

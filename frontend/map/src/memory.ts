// Where we looked: kept in the address, so that a link opens the same view, and for when a map is built anew.

import type { View } from "./camera.ts";

const seen = new Map<string, View>();

export function readView(id: string, parameter: string): View | null {
  const before = seen.get(id);
  if (before || !parameter) return before ?? null;
  const numbers = (new URLSearchParams(location.search).get(parameter) ?? "").split(",").map(Number);
  return numbers.length === 3 && numbers.every(Number.isFinite) ? { x: numbers[0], y: numbers[1], zoom: numbers[2] } : null;
}

export function rememberView(id: string, parameter: string, view: View): void {
  seen.set(id, { ...view });
  if (!parameter) return;
  const url = new URL(location.href);
  url.searchParams.set(parameter, [view.x, view.y, view.zoom].map((value) => Number(value.toPrecision(5))).join(","));
  history.replaceState(history.state, "", url);
}

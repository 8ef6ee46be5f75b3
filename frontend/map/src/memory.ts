// Where we looked: kept in the address, so that a link opens the same view, and for when a map is built anew.

import type { View } from "./camera.ts";

/** turn: yaw and pitch of a map in space. */
export type Seen = View & { turn?: [number, number] };

const seen = new Map<string, Seen>();

export function readView(id: string, parameter: string): Seen | null {
  const before = seen.get(id);
  if (before || !parameter) return before ?? null;
  const numbers = (new URLSearchParams(location.search).get(parameter) ?? "").split(",").map(Number);
  if (![3, 5].includes(numbers.length) || !numbers.every(Number.isFinite)) return null;
  const [x, y, zoom, yaw = 0, pitch = 0] = numbers;
  return { x, y, zoom, turn: [yaw, pitch] };
}

export function rememberView(id: string, parameter: string, view: Seen): void {
  seen.set(id, { ...view });
  if (!parameter) return;
  const url = new URL(location.href);
  url.searchParams.set(parameter, [view.x, view.y, view.zoom, ...(view.turn ?? [])].map((value) => Number(value.toPrecision(5))).join(","));
  history.replaceState(history.state, "", url);
}

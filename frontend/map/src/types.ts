// The words of the map: what Python sends with every run, and what goes back.

import type { Bounds } from "./camera.ts";

/** One colour byte per point: a category (255: none) or a value from 0 to 254 (255: unknown). */
export interface Layer {
  url: string | null;
  title: string;
  kind: "categories" | "scale";
  names: string[];
  light: string[];
  dark: string[];
  low: string;
  high: string;
  legend: boolean;
  /** Whether the colours of the regions' names are this layer's categories. */
  regions: boolean;
}

/**
 * What Python sends. Numbers of points are rows, as Python counts them; urls are relative to the app.
 * viewParam: the query parameter that keeps the view ("" none); link: maps with the same word hover together.
 */
export interface Data {
  id: string;
  points: string;
  texts: string;
  names: string;
  count: number;
  kinds: string[];
  /** The kinds in the plural. */
  plurals: string[];
  /** What the counts of each kind count. */
  units: string[];
  layer: Layer;
  mask: string | null;
  highlight: number[];
  selected: number;
  lines: [row: number, score: number][];
  /** Rows that a way leads through, from start to goal. */
  path: number[];
  /** A place that is no point: a free phrase. */
  guest: { at: number[]; label: string } | null;
  fly: { rows: number[]; token: string } | null;
  viewParam: string;
  link: string;
  /** Pixels on the right under a drawer. */
  covered: number;
  /** Pixels; 0 fills the window. */
  height: number;
  title: string;
  /** The language, and the program's texts in it by the English ones. */
  language: string;
  messages: Record<string, string>;
}

/** A region's name on one zoom level, at one of its points. */
export interface Region {
  row: number;
  name: string;
  weight: number;
  colour: number;
  /** Where nearly all of its points lie; null on a map in space. */
  area: Bounds | null;
}

export interface Pick {
  row: number;
  add: boolean;
}

/** A closed line on the map, how many points it holds, and how a map in space was turned (yaw and pitch). */
export interface Selection {
  polygon: [number, number][];
  turn: [number, number];
  count: number;
}

export interface Component {
  data: Data;
  parentElement: HTMLElement | ShadowRoot;
  setStateValue(name: string, value: unknown): void;
  setTriggerValue(name: string, value: unknown): void;
}

export const NONE = 0xffffffff;

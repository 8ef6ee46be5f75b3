// The heatmap: suggested against hidden tags.

import { fitted, measured, svg } from "./dom.ts";
import type { Drawing, Mark } from "./figure.ts";
import { CIVIDIS, colourOf, decimals, percent } from "./scale.ts";
import { say } from "./texts.ts";
import type { Heat, Reading } from "./types.ts";

const SMALL = 11;
const BAR = { width: 170, height: 8, top: 18 };
/** Shares that the colour bar of "instead" names; its scale is their root, so that small shares can be seen. */
const SHARES = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 1];

export function heatHeight(reading: Reading): number {
  return reading === "instead" ? 560 : 430;
}

export function drawHeat(heat: Heat, reading: Reading, width: number, font: string): Drawing {
  const instead = reading === "instead";
  const height = heatHeight(reading);
  const size = instead ? SMALL - 1 : SMALL + 1;
  const wide = (text: string) => measured(text, `${size}px ${font}`);
  const most = (names: string[], limit: number) => Math.min(limit, Math.max(0, ...names.map(wide)));
  const left = 26 + Math.ceil(most(heat.rows, instead ? 118 : 60));
  const foot = instead ? 28 + most(heat.columns, 118) : 40;
  const head = 46;
  const [across, down] = [width - left - 4, height - head - foot];
  const [cellWidth, cellHeight] = [across / Math.max(1, heat.columns.length), down / Math.max(1, heat.rows.length)];
  const known = heat.values.flat().filter((value) => value !== null);
  const low = instead ? 0 : Math.min(...known);
  const high = Math.max(...known);
  const shade = instead ? (value: number) => Math.sqrt(Math.max(0, value)) / Math.sqrt(high || 1) : (value: number) => (value - low) / (high - low || 1);

  const nodes: SVGElement[] = [...bar(instead, low, high, shade, left + across)];
  const marks: Mark[] = [];
  heat.rows.forEach((row, i) => {
    const y = head + i * cellHeight;
    if (rare(i, heat.rows.length, cellHeight)) {
      nodes.push(svg("text", { class: "label", x: left - 5, y: y + cellHeight / 2, "text-anchor": "end", "dominant-baseline": "central", "font-size": size }, fitted(row, left - 25, wide)));
    }
    heat.columns.forEach((column, j) => {
      const value = heat.values[i][j];
      const box = { x: left + j * cellWidth, y, width: Math.max(0.5, cellWidth - 1), height: Math.max(0.5, cellHeight - 1) };
      nodes.push(svg("rect", { ...box, "data-mark": marks.length, class: value === null ? "cell none" : "cell", ...(value === null ? {} : { fill: colourOf(shade(value)) }) }));
      marks.push({ ...box, says: said(heat, instead, i, j, row, column, value), told: { what: "cell", row: i, column: j } });
    });
  });
  heat.columns.forEach((column, j) => {
    const x = left + (j + 0.5) * cellWidth;
    const y = head + down + 4;
    if (!instead) nodes.push(svg("text", { class: "label", x, y: y + 10, "text-anchor": "middle", "font-size": size }, column));
    else nodes.push(svg("text", { class: "label", transform: `translate(${x} ${y}) rotate(-90)`, "text-anchor": "end", "dominant-baseline": "central", "font-size": size }, fitted(column, 119, wide)));
  });
  nodes.push(
    svg("text", { class: "axis", x: left + across / 2, y: height - 6, "text-anchor": "middle" }, say(instead ? "Suggested tag" : "Hidden tags, the most common first")),
    svg("text", { class: "axis", transform: `translate(11 ${head + down / 2}) rotate(-90)`, "text-anchor": "middle" }, say(instead ? "Hidden tag" : "Place in our list")),
  );
  return { nodes, marks, columns: Math.max(1, heat.columns.length) };
}

/** Whether a row has room for its name: every one, or every second, third … of them. */
function rare(row: number, rows: number, height: number): boolean {
  const every = Math.ceil(11 / height);
  return row % every === 0 || rows <= 1;
}

function said(heat: Heat, instead: boolean, i: number, j: number, row: string, column: string, value: number | null): string[] {
  if (!instead) {
    return [say("Place {row} in our list, hidden tag {column}", { row, column }), value === null ? say("nothing to compare") : say("similarity {value}", { value: decimals(value, 2) })];
  }
  const share = value === null ? "" : percent(value);
  const of = heat.counts && share ? say("{share} of the {n} playlists that hide it", { share, n: heat.counts[i].toLocaleString("en") }) : share;
  return [say("Hidden: {tag}", { tag: row }), i === j ? say("suggested itself") : say("Suggested: {tag}", { tag: column }), of];
}

function bar(instead: boolean, low: number, high: number, shade: (value: number) => number, right: number): SVGElement[] {
  if (!Number.isFinite(high)) return [];
  const left = right - BAR.width;
  const gradient = svg("linearGradient", { id: "scale" });
  CIVIDIS.forEach((_, at) => {
    const part = at / (CIVIDIS.length - 1);
    gradient.append(svg("stop", { offset: part, "stop-color": colourOf(part) }));
  });
  const ends = instead ? SHARES.filter((share) => share < high * 0.7).concat(high) : [low, high];
  let last = -Infinity;
  const marks = ends.flatMap((value, at) => {
    const x = left + BAR.width * shade(value);
    const end = at === ends.length - 1;
    if (x - last < 28 || (!end && right - x < 40)) return [];
    last = x;
    const anchor = x > right - 12 ? "end" : x < left + 12 ? "start" : "middle";
    return [svg("text", { class: "label", x, y: BAR.top + BAR.height + 12, "text-anchor": anchor, "font-size": SMALL }, instead ? percent(value) : decimals(value, 2))];
  });
  return [
    gradient,
    svg("text", { class: "label", x: right, y: BAR.top - 6, "text-anchor": "end", "font-size": SMALL }, say(instead ? "share of the row; light diagonal = good" : "similarity; light = good")),
    svg("rect", { x: left, y: BAR.top, width: BAR.width, height: BAR.height, fill: "url(#scale)" }),
    ...marks,
  ];
}

// The table: models by metrics, each number with its interval as a thin bar below it.

import { html } from "./dom.ts";
import { say } from "./texts.ts";
import type { Data, Frame, Told } from "./types.ts";

export function drawTable(frame: Frame, data: Data, tell: (told: Told) => void): HTMLTableElement {
  const table = html("table");
  const even = say("Too few questions to tell it from the best: the difference may be chance");
  const head = html("tr");
  head.append(html("th", "", say("Model"), { scope: "col" }), ...frame.metrics.map((name) => html("th", "number", name, { scope: "col" })));
  const top = frame.metrics.map((_, at) => Math.max(0, ...frame.rows.map((row) => row.cells[at]?.[2] ?? 0)) * 1.06 || 1);
  const best = frame.metrics.map((_, at) => Math.max(...frame.rows.map((row) => row.cells[at]?.[0] ?? -Infinity)));
  const lines = frame.rows.map((row) => {
    const line = html("tr", row.best ? "best" : "");
    const { name, colour } = data.models[row.model];
    const open = html("button", "model", "", { type: "button", title: row.even ? `${name}: ${even.toLowerCase()}` : name });
    const chip = html("span", "chip", "", { "aria-hidden": "true" });
    chip.style.background = colour;
    const sign = row.best ? "★ " : row.even ? "≈ " : "";
    open.append(chip, html("span", "name", sign + name));
    if (row.even) open.append(html("span", "spoken", `, ${even}`));
    open.addEventListener("click", () => tell({ what: "model", model: row.model }));
    const first = html("th", "", "", { scope: "row" });
    first.append(open);
    line.append(first, ...row.cells.map((cell, at) => number(cell, cell !== null && cell[0] === best[at], top[at])));
    return line;
  });
  const [thead, tbody] = [html("thead"), html("tbody")];
  thead.append(head);
  tbody.append(...lines);
  table.append(html("caption", "spoken", say("Models and their metrics, the best first; a model's button opens the playlists behind it")), thead, tbody);
  return table;
}

function number(cell: [number, number, number] | null, bold: boolean, top: number): HTMLElement {
  if (!cell) return html("td", "number", "–");
  const [value, low, high] = cell;
  const made = html("td", "number", "", { title: say("{value}, between {low} and {high} in 95 of 100 repetitions", { value: value.toFixed(3), low: low.toFixed(3), high: high.toFixed(3) }) });
  const whisker = html("div", "whisker", "", { "aria-hidden": "true" });
  const [span, dot] = [html("span", "span"), html("span", "dot")];
  span.style.left = `${(100 * low) / top}%`;
  span.style.width = `${(100 * (high - low)) / top}%`;
  dot.style.left = `${(100 * value) / top}%`;
  whisker.append(span, dot);
  made.append(html(bold ? "strong" : "span", "", value.toFixed(3)), whisker);
  return made;
}

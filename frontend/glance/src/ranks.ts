// The histogram of the places at which the hidden items come.

import { fitted, measured, svg } from "./dom.ts";
import type { Drawing, Mark } from "./figure.ts";
import { addedUp, percent, ticks } from "./scale.ts";
import { say } from "./texts.ts";
import type { Data, Ranks } from "./types.ts";

export const RANKS_HEIGHT = 250;
const LEFT = 58;
const [TOP, FOOT] = [10, 40];
/** "Not found" is often by far the highest bar: it stands apart, on a scale of its own. */
const [WITHIN, APART] = [0.83, 0.88];

/** shown: the models that are drawn, the best first. */
export function drawRanks(ranks: Ranks, data: Data, shown: number[], cumulative: boolean, width: number, font: string): Drawing {
  const bars = ranks.bars.length - 1;
  const base = RANKS_HEIGHT - FOOT;
  const across = (width - LEFT - 4) * (cumulative ? 1 : WITHIN);
  const heights = shown.map((model) => (cumulative ? addedUp(ranks.shares[model]!) : ranks.shares[model]!.slice(0, -1)));
  const top = Math.max(0.001, ...heights.flat()) * 1.06;
  const y = (share: number) => base - (share / top) * (base - TOP);
  const slot = across / Math.max(1, bars);
  const nodes: SVGElement[] = [];
  for (const tick of ticks(top)) {
    nodes.push(svg("line", { class: "grid", x1: LEFT, x2: LEFT + across, y1: y(tick), y2: y(tick) }));
    nodes.push(svg("text", { class: "label", x: LEFT - 6, y: y(tick), "text-anchor": "end", "dominant-baseline": "central", "font-size": 11 }, percent(tick)));
  }
  const every = Math.ceil(22 / slot);
  ranks.bars.slice(0, -1).forEach((bar, at) => {
    if (at % every === 0) nodes.push(svg("text", { class: "label", x: LEFT + (at + 0.5) * slot, y: base + 15, "text-anchor": "middle", "font-size": 11 }, bar));
  });
  const marks: Mark[] = [];
  const mark = (node: SVGElement, box: Pick<Mark, "x" | "y" | "width" | "height">, model: number, bar: number, share: number) => {
    node.setAttribute("data-mark", String(marks.length));
    nodes.push(node);
    const values = { share: percent(share), items: data.items, place: ranks.bars[bar] };
    const where =
      bar === bars ? say("{share} of the hidden {items} not found", values)
      : cumulative ? say("{share} of the hidden {items} found up to place {place}", values)
      : say("{share} of the hidden {items} at place {place}", values);
    marks.push({ ...box, says: [data.models[model].name, where], told: { what: "bar", model, bar } });
  };
  shown.forEach((model, order) => {
    const { colour, dash } = data.models[model];
    if (cumulative) {
      const points = heights[order].map((share, at): [number, number] => [LEFT + (at + 0.5) * slot, y(share)]);
      nodes.push(svg("polyline", { class: "line", points: points.map((point) => point.join(",")).join(" "), stroke: colour, "stroke-dasharray": dash }));
      points.forEach(([x, at], bar) => mark(svg("circle", { cx: x, cy: at, r: 4, fill: colour }), { x: x - 6, y: at - 6, width: 12, height: 12 }, model, bar, heights[order][bar]));
      return;
    }
    const part = (slot * 0.84) / shown.length;
    heights[order].forEach((share, bar) => {
      const box = { x: LEFT + bar * slot + slot * 0.08 + order * part, y: y(share), width: Math.max(1, part - 1), height: base - y(share) };
      mark(svg("rect", { ...box, fill: colour, class: "bar" }), box, model, bar, share);
    });
    missed(ranks, model, order, shown.length, colour, LEFT + (width - LEFT - 4) * APART, (width - LEFT - 4) * (1 - APART), base, nodes, mark);
  });
  if (!cumulative) {
    nodes.push(svg("text", { class: "label", x: LEFT + (width - LEFT - 4) * ((1 + APART) / 2), y: base + 15, "text-anchor": "middle", "font-size": 11 }, say("not found")));
  }
  nodes.push(...halves(ranks, data, shown, slot, base, width, font));
  nodes.push(
    svg("text", { class: "axis", x: LEFT + across / 2, y: RANKS_HEIGHT - 6, "text-anchor": "middle" }, say("Place in our list")),
    svg("text", { class: "axis", transform: `translate(11 ${(TOP + base) / 2}) rotate(-90)`, "text-anchor": "middle" }, say("Share of the hidden {items}", { items: data.items })),
  );
  return { nodes, marks, columns: cumulative ? Math.max(1, bars) : bars + 1 };
}

function missed(
  ranks: Ranks, model: number, order: number, count: number, colour: string, left: number, width: number, base: number,
  nodes: SVGElement[],
  mark: (node: SVGElement, box: { x: number; y: number; width: number; height: number }, model: number, bar: number, share: number) => void,
): void {
  const share = ranks.shares[model]!.at(-1)!;
  const hatch = svg("pattern", { id: `hatch-${model}`, width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  hatch.append(svg("rect", { width: 5, height: 5, fill: colour, "fill-opacity": 0.35 }), svg("rect", { width: 2, height: 5, fill: colour }));
  nodes.push(hatch);
  const high = share * (base - TOP - 14);
  const part = width / count;
  const box = { x: left + order * part, y: base - high, width: Math.max(1, part - 1), height: high };
  mark(svg("rect", { ...box, fill: `url(#hatch-${model})`, class: "bar" }), box, model, ranks.bars.length - 1, share);
  const text = part > 28 ? percent(share) : String(Math.round(100 * share));
  nodes.push(svg("text", { class: "label", x: box.x + box.width / 2, y: box.y - 4, "text-anchor": "middle", "font-size": part > 18 ? 11 : 9 }, text));
}

/** Where half of the hidden items are found. */
function halves(ranks: Ranks, data: Data, shown: number[], slot: number, base: number, width: number, font: string): SVGElement[] {
  const known = shown.filter((model) => ranks.half[model] !== null);
  return known.flatMap((model, order) => {
    const x = LEFT + (ranks.half[model]! + 0.5) * slot;
    const y = TOP + 9 + 16 * order;
    const wide = (text: string) => measured(text, `11px ${font}`);
    const text = fitted(shown.length > 1 ? say("half: {model}", { model: data.models[model].name }) : say("half are found by here"), 190, wide);
    const onLeft = x + wide(text) + 10 > width;
    const from = onLeft ? x - 6 - wide(text) : x + 6;
    return [
      svg("line", { class: "half", x1: x, x2: x, y1: TOP, y2: base, stroke: data.models[model].colour }),
      svg("rect", { class: "behind", x: from - 3, y: y - 8, width: wide(text) + 6, height: 15, rx: 3 }),
      svg("text", { class: "label", x: from, y, "dominant-baseline": "central", "font-size": 11 }, text),
    ];
  });
}

// Numbers to colours, marks on axes and text.

/** Dark blue to light yellow, in both themes: light is good, and colour-blind people see the same (Nuñez et al. 2018). */
export const CIVIDIS = [
  [0, 34, 78], [18, 53, 112], [59, 73, 108], [87, 93, 109], [112, 113, 115],
  [138, 134, 120], [165, 156, 116], [195, 179, 105], [225, 204, 85], [254, 232, 56],
];

/** A colour of the scale, from 0 (dark) to 1 (light). */
export function colourOf(part: number): string {
  const at = Math.min(1, Math.max(0, part)) * (CIVIDIS.length - 1);
  const [from, to] = [CIVIDIS[Math.floor(at)], CIVIDIS[Math.ceil(at)]];
  return `rgb(${from.map((value, i) => Math.round(value + (to[i] - value) * (at % 1))).join(" ")})`;
}

/** Round numbers from 0 up to at least one step below `top`, about `count` of them. */
export function ticks(top: number, count = 4): number[] {
  if (!(top > 0)) return [0];
  const rough = top / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough * 0.999)!;
  const found = [];
  for (let i = 0; i * step <= top * 1.001; i++) found.push(Number((i * step).toPrecision(6)));
  return found;
}

/** 0.1234 → "12 %", 0.004 → "0.4 %". */
export function percent(share: number): string {
  const value = 100 * share;
  return `${value >= 9.95 || value === 0 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, "")} %`;
}

/** A number with so many decimals; never "-0.00". */
export function decimals(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : text;
}

/** The running sums of the bars but the last, which holds what was not found. */
export function addedUp(shares: number[]): number[] {
  let sum = 0;
  return shares.slice(0, -1).map((share) => (sum += share));
}

/** Models in the order of how much they find, those that do not answer left out. */
export function bestFirst(shares: (number[] | null)[]): number[] {
  const known = shares.map((_, model) => model).filter((model) => shares[model]);
  return known.sort((a, b) => shares[a]!.at(-1)! - shares[b]!.at(-1)! || a - b);
}

/** Where the keyboard goes from one of `count` marks that lie in rows of `columns`; the same one for any other key. */
export function stepped(at: number, key: string, count: number, columns: number): number {
  const [row, column] = [Math.floor(at / columns), at % columns];
  const goal =
    key === "ArrowRight" && column + 1 < columns ? at + 1
    : key === "ArrowLeft" && column > 0 ? at - 1
    : key === "ArrowDown" && at + columns < count ? at + columns
    : key === "ArrowUp" && row > 0 ? at - columns
    : key === "Home" ? row * columns
    : key === "End" ? Math.min(count, (row + 1) * columns) - 1
    : at;
  return Math.min(goal, count - 1);
}

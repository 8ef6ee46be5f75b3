// Colours and fonts from the page's theme, which Streamlit hands down as CSS variables.

export interface Theme {
  dark: boolean;
  background: string;
  text: string;
  accent: string;
  border: string;
  panel: string;
  font: string;
}

export function readTheme(host: Element): Theme {
  const style = getComputedStyle(host);
  const read = (name: string, otherwise: string) => style.getPropertyValue(name).trim() || otherwise;
  const background = read("--st-background-color", "#ffffff");
  return {
    dark: brightness(rgb(background)) < 0.5,
    background,
    text: read("--st-text-color", "#1b1f24"),
    accent: read("--st-primary-color", "#d55e00"),
    border: read("--st-border-color", "rgba(128,128,128,.35)"),
    panel: read("--st-secondary-background-color", "#f4f5f7"),
    font: read("--st-font", "system-ui, sans-serif"),
  };
}

/** #rgb, #rrggbb or rgb(…) → red, green, blue from 0 to 255. */
export function rgb(colour: string): [number, number, number] {
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(colour);
  if (short) return [1, 2, 3].map((i) => parseInt(short[i] + short[i], 16)) as [number, number, number];
  const long = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})/i.exec(colour);
  if (long) return [1, 2, 3].map((i) => parseInt(long[i], 16)) as [number, number, number];
  const numbers = /rgba?\(([^)]+)\)/.exec(colour)?.[1].split(/[ ,/]+/).map(Number);
  return numbers && numbers.length >= 3 ? [numbers[0], numbers[1], numbers[2]] : [128, 128, 128];
}

export function brightness([red, green, blue]: [number, number, number]): number {
  return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
}

export function mixed(a: string, b: string, part: number): string {
  const [from, to] = [rgb(a), rgb(b)];
  return `rgb(${from.map((value, i) => Math.round(value + (to[i] - value) * part)).join(" ")})`;
}

const UNKNOWN = { light: "#b4b9c0", dark: "#5c636d" };

/** 256 RGB colours, one per colour byte: categories in turn, or the stops of a scale spread over 0 … 254; 255 is unknown. */
export function palette(kind: "categories" | "scale", stops: string[], dark: boolean): Uint8Array {
  const table = new Uint8Array(256 * 4).fill(255);
  const colours = stops.map(rgb);
  const unknown = rgb(dark ? UNKNOWN.dark : UNKNOWN.light);
  for (let i = 0; i < 256; i++) {
    let colour = unknown;
    if (i < 255 && colours.length) {
      if (kind === "categories") colour = colours[i] ?? unknown;
      else {
        const at = (i / 254) * (colours.length - 1);
        const [from, to] = [colours[Math.floor(at)], colours[Math.ceil(at)]];
        colour = from.map((value, c) => value + (to[c] - value) * (at % 1)) as [number, number, number];
      }
    }
    table.set(colour, 4 * i);
  }
  return table;
}

// The words of the panel: what Python sends, and what goes back.

/** A metric's value with the ends of its interval. */
export type Cell = [value: number, low: number, high: number];

/** One model in the table. even: too few questions to tell it from the best. */
export interface Row {
  model: number;
  best: boolean;
  even: boolean;
  cells: (Cell | null)[];
}

/** counts: per row, how many questions hide it. */
export interface Heat {
  title: string;
  rows: string[];
  columns: string[];
  values: (number | null)[][];
  counts: number[] | null;
}

/** shares: per model and bar, null for a model that does not answer; half: per model the bar of the middle item. */
export interface Ranks {
  title: string;
  bars: string[];
  shares: (number[] | null)[];
  half: (number | null)[];
}

/** Everything that the panel says about one case ("": all questions) at one k. metrics: the columns of its rows. */
export interface Frame {
  case: string;
  k: number;
  sentence: string;
  metrics: string[];
  rows: Row[];
  heat: Heat | null;
  ranks: Ranks;
}

export type Reading = "similarity" | "instead";

/** set: names what the frames are of; those of the same set at other k and of other cases come later, by invisible components. */
export interface Data {
  bundle: string;
  set: string;
  kind: string;
  /** The kind in the plural, in the visitor's language. */
  items: string;
  case: string;
  cases: [value: string, name: string][];
  k: number;
  most: number;
  frames: Frame[];
  models: { name: string; colour: string; dash: string }[];
  reading: Reading;
  readings: [Reading, string][];
  cumulative: boolean;
  awaited: boolean;
  notes: { table: string; heat: string; ranks: string };
  form: "png" | "svg";
  /** The language, and the program's texts in it by the English ones. */
  language: string;
  messages: Record<string, string>;
}

export interface Later {
  bundle: string;
  set: string;
  later: Frame[];
}

/** What a person did; k and case go with all of it. moved: one of them changed; drawn: the first
 *  picture stands, for which the rest of the page has waited. */
export type Told =
  | { what: "moved" }
  | { what: "drawn" }
  | { what: "reading"; reading: Reading }
  | { what: "cumulative"; on: boolean }
  | { what: "model"; model: number }
  | { what: "cell"; row: number; column: number }
  | { what: "bar"; model: number; bar: number };

export interface Component {
  data: Data | Later;
  parentElement: HTMLElement | ShadowRoot;
  setTriggerValue(name: string, value: unknown): void;
}

// The two binaries of a map, as tagviz/projection/binary_format.py writes them. Points come sorted, the most frequent first.

import type { Bounds } from "./camera.ts";
import type { Region } from "./types.ts";

export interface Points {
  count: number;
  /** Python's row of each point, and back. */
  rows: Uint32Array;
  index: Uint32Array;
  xy: Float32Array;
  /** Of a map in space; null for a flat one. */
  z: Float32Array | null;
  counts: Uint32Array;
  /** Share of true neighbours kept on the map × 100; 255 unknown. */
  trust: Uint8Array;
  kind: Uint8Array;
  bounds: Bounds;
}

export class Texts {
  private readonly decoder = new TextDecoder();

  constructor(
    private readonly bytes: Uint8Array,
    private readonly offsets: Uint32Array,
    private readonly nearest: Uint32Array,
    private readonly k: number,
  ) {}

  label(i: number): string {
    return this.decoder.decode(this.bytes.subarray(this.offsets[i], this.offsets[i + 1]));
  }

  near(i: number): number[] {
    return [...this.nearest.subarray(i * this.k, (i + 1) * this.k)].filter((other) => other !== 0xffffffff);
  }

  /** The point with just this label, −1 if there is none. */
  find(label: string): number {
    const wanted = new TextEncoder().encode(label);
    for (let i = 0; i + 1 < this.offsets.length; i++) {
      const from = this.offsets[i];
      if (this.offsets[i + 1] - from === wanted.length && wanted.every((byte, at) => this.bytes[from + at] === byte)) return i;
    }
    return -1;
  }
}

const POINTS = 0x314d5654; // "TVM1"
const SPACE = 0x334d5654; // "TVM3"
const TEXTS = 0x31545654; // "TVT1"

export function parsePoints(buffer: ArrayBuffer): Points {
  const head = new Uint32Array(buffer, 0, 2);
  if (head[0] !== POINTS && head[0] !== SPACE) throw new Error("This is no file of points");
  const count = head[1];
  const [x0, y0, x1, y1] = new Float32Array(buffer, 8, 4);
  let at = 24;
  const take = (bytes: number) => (at += bytes) - bytes;
  const rows = new Uint32Array(buffer, take(4 * count), count);
  const xy = new Float32Array(buffer, take(8 * count), 2 * count);
  const z = head[0] === SPACE ? new Float32Array(buffer, take(4 * count), count) : null;
  const counts = new Uint32Array(buffer, take(4 * count), count);
  const trust = new Uint8Array(buffer, take(count), count);
  const kind = new Uint8Array(buffer, take(count), count);
  const index = new Uint32Array(count);
  for (let i = 0; i < count; i++) index[rows[i]] = i;
  return { count, rows, index, xy, z, counts, trust, kind, bounds: { x0, y0, x1, y1 } };
}

export function parseTexts(buffer: ArrayBuffer): Texts {
  const [magic, count, k] = new Uint32Array(buffer, 0, 3);
  if (magic !== TEXTS) throw new Error("This is no file of texts");
  const near = new Uint32Array(buffer, 12, count * k);
  const offsets = new Uint32Array(buffer, 12 + 4 * count * k, count + 1);
  return new Texts(new Uint8Array(buffer, 16 + 4 * count * k + 4 * count), offsets, near, k);
}

/** One bit per point, the first in the lowest bit. */
export function bit(mask: Uint8Array, i: number): boolean {
  return ((mask[i >> 3] >> (i & 7)) & 1) === 1;
}

async function got(url: string): Promise<Response> {
  const response = await fetch(new URL(url, document.baseURI));
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return response;
}

const kept = new Map<string, Promise<unknown>>();

/** Fetched once per page, whatever comes and goes; a failure may be tried again. */
function once<T>(url: string, read: (response: Response) => Promise<T>): Promise<T> {
  let promise = kept.get(url) as Promise<T> | undefined;
  if (!promise) {
    promise = got(url).then(read);
    promise.catch(() => kept.delete(url));
    kept.set(url, promise);
    if (kept.size > 24) kept.delete(kept.keys().next().value!);
  }
  return promise;
}

export const loadPoints = (url: string) => once(url, async (response) => parsePoints(await response.arrayBuffer()));
export const loadTexts = (url: string) => once(url, async (response) => parseTexts(await response.arrayBuffer()));
export const loadNames = (url: string) => once(url, (response) => response.json() as Promise<Region[][]>);
export const loadBytes = (url: string) => once(url, async (response) => new Uint8Array(await response.arrayBuffer()));

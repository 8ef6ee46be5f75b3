// Where we look: a centre on the map and a zoom, where zoom 1 shows everything. Map y points up, screen y down.

export interface View {
  x: number;
  y: number;
  zoom: number;
}

export interface Bounds {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** How far the map may be drawn out sideways to fill a wide screen: its axes mean nothing by themselves. */
const MOST_STRETCH = 1.35;
export const MIN_ZOOM = 0.6;
export const MAX_ZOOM = 400;
const MARGIN = 0.93;

export class Camera {
  view: View = { x: 0, y: 0, zoom: 1 };
  width = 1;
  height = 1;
  /** Pixels at the right edge that the whole map leaves to the buttons there. */
  inset = 0;
  bounds: Bounds = { x0: -1, y0: -1, x1: 1, y1: 1 };

  /** Screen pixels per unit of the map, across and up. */
  get scale(): [number, number] {
    const { x0, y0, x1, y1 } = this.bounds;
    const across = (2 * this.middle) / Math.max(x1 - x0, 1e-6);
    const up = this.height / Math.max(y1 - y0, 1e-6);
    const fit = Math.min(across, up) * MARGIN * this.view.zoom;
    const stretch = clamp(across / up, 1, MOST_STRETCH);
    return [fit * stretch, fit];
  }

  /** The screen's x at which the centre of the view lies. */
  get middle(): number {
    return Math.max(1, this.width - this.inset) / 2;
  }

  get home(): View {
    const { x0, y0, x1, y1 } = this.bounds;
    return { x: (x0 + x1) / 2, y: (y0 + y1) / 2, zoom: 1 };
  }

  toScreen(x: number, y: number): [number, number] {
    const [across, up] = this.scale;
    return [this.middle + (x - this.view.x) * across, this.height / 2 - (y - this.view.y) * up];
  }

  toMap(x: number, y: number): [number, number] {
    const [across, up] = this.scale;
    return [this.view.x + (x - this.middle) / across, this.view.y - (y - this.height / 2) / up];
  }

  /** The part of the map that is on screen, `margin` pixels more on every side. */
  visible(margin = 0): Bounds {
    const [x0, y1] = this.toMap(-margin, -margin);
    const [x1, y0] = this.toMap(this.width + margin, this.height + margin);
    return { x0, y0, x1, y1 };
  }

  pan(dx: number, dy: number): void {
    const [across, up] = this.scale;
    this.look({ ...this.view, x: this.view.x - dx / across, y: this.view.y + dy / up });
  }

  /** Zooms by `factor` so that what is under the screen point stays there. */
  zoomAt(factor: number, sx: number, sy: number): void {
    const [mx, my] = this.toMap(sx, sy);
    this.look({ ...this.view, zoom: this.view.zoom * factor });
    const [nx, ny] = this.toMap(sx, sy);
    this.look({ ...this.view, x: this.view.x + mx - nx, y: this.view.y + my - ny });
  }

  /** Looks there, held within the zoom limits and near the map. */
  look(view: View): void {
    const { x0, y0, x1, y1 } = this.bounds;
    this.view = {
      x: clamp(view.x, x0, x1),
      y: clamp(view.y, y0, y1),
      zoom: clamp(view.zoom, MIN_ZOOM, MAX_ZOOM),
    };
  }

  /** The view that shows all these points, filling `part` of the screen left of `covered`, no closer than `closest`. */
  framing(points: [number, number][], closest = 6, part = 0.6, covered = 0): View {
    const xs = points.map((point) => point[0]);
    const ys = points.map((point) => point[1]);
    const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const [across, up] = this.scale.map((scale) => scale / this.view.zoom);
    const zoom = part * Math.min((2 * this.middle - covered) / Math.max(x1 - x0, 1e-6) / across, this.height / Math.max(y1 - y0, 1e-6) / up);
    const near = clamp(zoom, 1, closest);
    return { x: (x0 + x1) / 2 + covered / 2 / across / near, y: (y0 + y1) / 2, zoom: near };
  }
}

/** The path of van Wijk & Nuij, "Smooth and efficient zooming and panning" (2003): out, across and in. */
export function flight(from: View, to: View, span: number): { at(t: number): View; length: number } {
  const rho = 1.4;
  const w0 = span / from.zoom;
  const w1 = span / to.zoom;
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const distance = Math.hypot(dx, dy);
  if (distance < 1e-6 * w0) {
    const length = Math.abs(Math.log(w1 / w0)) / rho;
    return { length, at: (t) => ({ x: to.x, y: to.y, zoom: span / (w0 * (w1 / w0) ** t) }) };
  }
  const b = (w: number, sign: number) =>
    (w1 * w1 - w0 * w0 + sign * rho ** 4 * distance * distance) / (2 * w * rho * rho * distance);
  const r = (value: number) => Math.log(-value + Math.sqrt(value * value + 1));
  const r0 = r(b(w0, 1));
  const length = (r(b(w1, -1)) - r0) / rho;
  return {
    length,
    at(t) {
      const s = t * length;
      const along = (w0 / (rho * rho)) * (Math.cosh(r0) * Math.tanh(rho * s + r0) - Math.sinh(r0));
      const width = (w0 * Math.cosh(r0)) / Math.cosh(rho * s + r0);
      const part = along / distance;
      return { x: from.x + dx * part, y: from.y + dy * part, zoom: span / width };
    },
  };
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** Slow at both ends. */
export function ease(t: number): number {
  return t < 0.5 ? 4 * t * t * t : 1 - (2 - 2 * t) ** 3 / 2;
}

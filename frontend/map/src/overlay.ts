// What lies over the points on a 2-D canvas: names, rings, lines to neighbours, the lasso.

import type { Camera } from "./camera.ts";
import type { Placed } from "./labels.ts";
import type { Point } from "./shapes.ts";
import type { Theme } from "./theme.ts";

export interface Line {
  x: number;
  y: number;
  score: number;
}

const FADE_MS = 140;

/** Labels come and go softly: each remembers how much of it shows. */
interface Shown {
  label: Placed;
  alpha: number;
  wanted: number;
  mapX: number;
  mapY: number;
}

export class Overlay {
  private readonly context: CanvasRenderingContext2D;
  private readonly widths = new Map<string, number>();
  private readonly shown = new Map<string, Shown>();
  private last = 0;
  private font = "";

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly calm: boolean,
  ) {
    this.context = canvas.getContext("2d")!;
  }

  resize(width: number, height: number, ratio: number): void {
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  setFont(font: string): void {
    if (font !== this.font) this.widths.clear();
    this.font = font;
  }

  measure = (label: { text: string; size: number; weight: number }): number => {
    const key = `${label.weight} ${label.size} ${label.text}`;
    let width = this.widths.get(key);
    if (width === undefined) {
      this.context.font = `${label.weight} ${label.size}px ${this.font}`;
      width = this.context.measureText(label.text).width;
      if (this.widths.size > 20_000) this.widths.clear();
      this.widths.set(key, width);
    }
    return width;
  };

  clear(camera: Camera): void {
    this.context.clearRect(0, 0, camera.width, camera.height);
  }

  lines(from: Point, lines: Line[], theme: Theme): void {
    const context = this.context;
    context.lineCap = "round";
    const best = Math.max(...lines.map((line) => line.score), 1e-6);
    for (const line of lines) {
      const strength = Math.max(0, line.score / best);
      context.strokeStyle = theme.accent;
      context.globalAlpha = 0.25 + 0.55 * strength ** 2;
      context.lineWidth = 0.8 + 2 * strength ** 3;
      context.beginPath();
      context.moveTo(...from);
      context.lineTo(line.x, line.y);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  /** A way from point to point, with a direction. */
  path(points: Point[], theme: Theme): void {
    const context = this.context;
    context.lineJoin = "round";
    for (const [style, width] of [
      [theme.background, 6],
      [theme.accent, 2.6],
    ] as const) {
      context.strokeStyle = style;
      context.lineWidth = width;
      context.beginPath();
      points.forEach((point, i) => (i ? context.lineTo(...point) : context.moveTo(...point)));
      context.stroke();
    }
    context.fillStyle = theme.accent;
    for (let i = 1; i < points.length; i++) {
      const [[x0, y0], [x1, y1]] = [points[i - 1], points[i]];
      if (Math.hypot(x1 - x0, y1 - y0) < 40) continue;
      const angle = Math.atan2(y1 - y0, x1 - x0);
      const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
      context.beginPath();
      for (const [turn, far] of [
        [0, 8],
        [2.4, 6],
        [-2.4, 6],
      ])
        context.lineTo(x + far * Math.cos(angle + turn), y + far * Math.sin(angle + turn));
      context.closePath();
      context.fill();
    }
  }

  ring(x: number, y: number, radius: number, colour: string, width: number, theme: Theme): void {
    const context = this.context;
    for (const [style, extra] of [
      [theme.background, width + 2.5],
      [colour, width],
    ] as const) {
      context.strokeStyle = style;
      context.lineWidth = extra;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  dot(x: number, y: number, radius: number, colour: string): void {
    this.context.beginPath();
    this.context.arc(x, y, radius, 0, 2 * Math.PI);
    this.context.fillStyle = colour;
    this.context.fill();
  }

  /** A four-pointed star: a place that is no point of the map. */
  star(x: number, y: number, theme: Theme): void {
    const context = this.context;
    context.beginPath();
    for (let corner = 0; corner < 8; corner++) {
      const angle = (corner * Math.PI) / 4;
      const radius = corner % 2 ? 3.6 : 9;
      context.lineTo(x + radius * Math.sin(angle), y - radius * Math.cos(angle));
    }
    context.closePath();
    context.lineWidth = 3;
    context.strokeStyle = theme.background;
    context.stroke();
    context.fillStyle = theme.accent;
    context.fill();
  }

  outline(polygon: Point[], theme: Theme, closed: boolean): void {
    if (polygon.length < 2) return;
    const context = this.context;
    context.beginPath();
    polygon.forEach((point, i) => (i ? context.lineTo(...point) : context.moveTo(...point)));
    context.closePath();
    context.fillStyle = theme.accent;
    context.globalAlpha = 0.08;
    context.fill();
    context.globalAlpha = 0.9;
    context.strokeStyle = theme.accent;
    context.lineWidth = 1.5;
    context.setLineDash(closed ? [] : [5, 4]);
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  /** Draws these labels and lets the others fade; returns whether something still fades. */
  labels(placed: Placed[], camera: Camera, theme: Theme, colour: (label: Placed) => string, now: number): boolean {
    const step = this.calm ? 1 : Math.min(1, (now - this.last) / FADE_MS);
    this.last = now;
    for (const entry of this.shown.values()) entry.wanted = 0;
    for (const label of placed) {
      const [mapX, mapY] = camera.toMap(label.x, label.y);
      const before = this.shown.get(label.id);
      this.shown.set(label.id, { label, alpha: before?.alpha ?? (this.calm ? 1 : 0), wanted: 1, mapX, mapY });
    }
    let fading = false;
    for (const [id, entry] of this.shown) {
      if (entry.alpha < entry.wanted) entry.alpha = Math.min(1, entry.alpha + step);
      else if (entry.alpha > entry.wanted) entry.alpha = Math.max(0, entry.alpha - step);
      if (entry.alpha <= 0 && entry.wanted === 0) this.shown.delete(id);
      else if (entry.alpha !== entry.wanted) fading = true;
    }
    const context = this.context;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    for (const role of ["tag", "region", "marked", "selected"]) {
      for (const { label, alpha, wanted, mapX, mapY } of this.shown.values()) {
        if (label.role !== role) continue;
        let { left, middle } = label;
        if (!wanted) {
          const [x, y] = camera.toScreen(mapX, mapY);
          left += x - label.x;
          middle += y - label.y;
        }
        context.globalAlpha = alpha;
        context.font = `${label.weight} ${label.size}px ${this.font}`;
        context.strokeStyle = theme.background;
        context.lineWidth = label.role === "region" ? 5 : 3.5;
        context.globalAlpha = alpha * 0.85;
        context.strokeText(label.text, left, middle);
        context.globalAlpha = alpha;
        context.fillStyle = colour(label);
        context.fillText(label.text, left, middle);
      }
    }
    context.globalAlpha = 1;
    return fading;
  }
}

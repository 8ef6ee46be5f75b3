// The whole in a corner, with a frame around what is on screen. A press on it goes there.

import type { Camera } from "./camera.ts";
import { bit, type Points } from "./data.ts";
import { element } from "./dom.ts";
import type { Theme } from "./theme.ts";

const WIDTH = 148;
const HEIGHT = 104;

export class Minimap {
  readonly canvas = element("canvas", "minimap", { "aria-hidden": "true" });
  private picture: ImageData | null = null;
  private shown: [Points, Uint8Array, Uint8Array, Uint8Array | null] | null = null;
  private readonly context: CanvasRenderingContext2D;

  constructor(go: (x: number, y: number) => void, private readonly camera: Camera) {
    this.canvas.width = WIDTH;
    this.canvas.height = HEIGHT;
    this.context = this.canvas.getContext("2d", { willReadFrequently: true })!;
    const move = (event: PointerEvent) => {
      if (event.type === "pointermove" && !event.buttons) return;
      const box = this.canvas.getBoundingClientRect();
      const [scale, x0, y1] = this.frame();
      go(x0 + (event.clientX - box.left) / scale, y1 - (event.clientY - box.top) / scale);
    };
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      move(event);
    });
    this.canvas.addEventListener("pointermove", move);
  }

  /** Pixels per unit, and the map's place at the upper left corner. */
  private frame(): [number, number, number] {
    const { x0, y0, x1, y1 } = this.camera.bounds;
    const scale = Math.min(WIDTH / Math.max(x1 - x0, 1e-6), HEIGHT / Math.max(y1 - y0, 1e-6)) * 0.92;
    return [scale, (x0 + x1) / 2 - WIDTH / 2 / scale, (y0 + y1) / 2 + HEIGHT / 2 / scale];
  }

  /** What lies on the map; counted into pixels when it is first shown. A highlight changes nothing here. */
  paint(points: Points, colours: Uint8Array, palette: Uint8Array, mask: Uint8Array | null): void {
    const [before, coloured, table, masked] = this.shown ?? [];
    if (before === points && coloured === colours && masked === mask && palette.every((part, at) => part === table![at])) return;
    this.shown = [points, colours, palette, mask];
    this.picture = null;
  }

  private counted(points: Points, colours: Uint8Array, palette: Uint8Array, mask: Uint8Array | null): ImageData {
    const sum = new Float32Array(WIDTH * HEIGHT * 4);
    const [scale, x0, y1] = this.frame();
    let most = 1;
    for (let i = 0; i < points.count; i++) {
      const x = Math.floor((points.xy[2 * i] - x0) * scale);
      const y = Math.floor((y1 - points.xy[2 * i + 1]) * scale);
      if (x < 0 || y < 0 || x >= WIDTH || y >= HEIGHT || (mask && !bit(mask, i))) continue;
      const at = 4 * (y * WIDTH + x);
      const colour = 4 * colours[i];
      for (let part = 0; part < 3; part++) sum[at + part] += palette[colour + part];
      most = Math.max(most, ++sum[at + 3]);
    }
    const picture = new ImageData(WIDTH, HEIGHT);
    for (let at = 0; at < sum.length; at += 4) {
      const count = sum[at + 3];
      if (!count) continue;
      for (let part = 0; part < 3; part++) picture.data[at + part] = sum[at + part] / count;
      picture.data[at + 3] = 255 * Math.min(1, 0.25 + (count / most) ** 0.35);
    }
    return picture;
  }

  /** Of a map in space there is none. */
  flat = true;

  /** Shown once the whole is no longer on screen, and where there is room. */
  get on(): boolean {
    return this.flat && this.camera.view.zoom > 1.25 && this.camera.width > 560 && this.camera.height > 320;
  }

  draw(theme: Theme): void {
    this.canvas.classList.toggle("on", this.on);
    if (!this.shown || !this.on) return;
    this.picture ??= this.counted(...this.shown);
    this.context.putImageData(this.picture, 0, 0);
    const [scale, left, top] = this.frame();
    const { x0, y0, x1, y1 } = this.camera.visible();
    this.context.strokeStyle = theme.accent;
    this.context.lineWidth = 1.5;
    this.context.strokeRect((x0 - left) * scale, (top - y1) * scale, Math.max(3, (x1 - x0) * scale), Math.max(3, (y1 - y0) * scale));
  }
}

// Pointer, wheel, touch and keyboard → what the person wants.

import type { Tool } from "./toolbar.ts";
import type { Point } from "./shapes.ts";

export interface Wishes {
  pan(dx: number, dy: number): void;
  zoom(factor: number, x: number, y: number): void;
  hover(x: number, y: number): void;
  leave(): void;
  click(x: number, y: number, add: boolean): void;
  drawing(line: Point[], tool: Tool): void;
  drawn(line: Point[], tool: Tool): void;
  key(event: KeyboardEvent): boolean;
  busy(moving: boolean): void;
}

const CLICK_SLACK = 5;
const LONG_PRESS_MS = 450;

export class Input {
  tool: Tool = "move";
  private readonly fingers = new Map<number, Point>();
  private line: Point[] = [];
  private using: Tool = "move";
  private moved = 0;
  private press = 0;
  private held = false;
  private wheel = 0;
  private readonly stop = new AbortController();

  constructor(
    private readonly surface: HTMLElement,
    private readonly wishes: Wishes,
  ) {
    const on = (name: string, handler: (event: any) => void, options: AddEventListenerOptions = {}) =>
      surface.addEventListener(name, handler, { ...options, signal: this.stop.signal });
    on("pointerdown", (event: PointerEvent) => this.down(event));
    on("pointermove", (event: PointerEvent) => this.move(event));
    on("pointerup", (event: PointerEvent) => this.up(event));
    on("pointercancel", (event: PointerEvent) => this.cancel(event));
    on("pointerleave", () => this.fingers.size || this.wishes.leave());
    on("wheel", (event: WheelEvent) => this.rolled(event), { passive: false });
    on("dblclick", (event: MouseEvent) => wishes.zoom(2, ...this.place(event)));
    on("contextmenu", (event: Event) => this.held && event.preventDefault());
    on("keydown", (event: KeyboardEvent) => {
      if (wishes.key(event)) event.preventDefault();
    });
  }

  destroy(): void {
    this.stop.abort();
    clearTimeout(this.press);
    clearTimeout(this.wheel);
  }

  private place(event: MouseEvent): Point {
    const box = this.surface.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  private down(event: PointerEvent): void {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    const here = this.place(event);
    this.surface.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, here);
    if (this.fingers.size > 1) {
      this.using = "move";
      this.line = [];
      this.moved = Infinity;
      clearTimeout(this.press);
      return;
    }
    this.using = event.shiftKey ? "lasso" : event.altKey ? "box" : this.tool;
    this.line = [here];
    this.moved = 0;
    this.held = false;
    if (event.pointerType === "touch")
      this.press = window.setTimeout(() => {
        this.held = true;
        this.wishes.hover(...here);
      }, LONG_PRESS_MS);
  }

  private move(event: PointerEvent): void {
    const here = this.place(event);
    const before = this.fingers.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") this.wishes.hover(...here);
      return;
    }
    if (this.fingers.size === 2) this.pinch(event.pointerId, before, here);
    else {
      this.moved = Math.max(this.moved, Math.hypot(here[0] - this.line[0]?.[0], here[1] - this.line[0]?.[1]) || 0);
      if (this.moved > CLICK_SLACK) {
        clearTimeout(this.press);
        if (this.using === "move") {
          this.wishes.busy(true);
          this.wishes.pan(here[0] - before[0], here[1] - before[1]);
        } else {
          this.line.push(here);
          this.wishes.drawing(this.line, this.using);
        }
      } else return; // the finger trembles: the start stays where it was
    }
    this.fingers.set(event.pointerId, here);
  }

  private pinch(id: number, before: Point, here: Point): void {
    const [other] = [...this.fingers].filter(([key]) => key !== id).map(([, point]) => point);
    const was = Math.hypot(before[0] - other[0], before[1] - other[1]);
    const is = Math.hypot(here[0] - other[0], here[1] - other[1]);
    this.wishes.busy(true);
    this.wishes.pan((here[0] - before[0]) / 2, (here[1] - before[1]) / 2);
    if (was > 8 && is > 8) this.wishes.zoom(is / was, (here[0] + other[0]) / 2, (here[1] + other[1]) / 2);
  }

  private up(event: PointerEvent): void {
    clearTimeout(this.press);
    if (!this.fingers.delete(event.pointerId)) return;
    if (this.fingers.size) return;
    this.wishes.busy(false);
    if (this.held) return this.wishes.leave();
    if (this.moved <= CLICK_SLACK) this.wishes.click(...this.line[0], event.shiftKey || event.ctrlKey || event.metaKey);
    else if (this.using !== "move" && this.line.length > 1) this.wishes.drawn(this.line, this.using);
    this.line = [];
  }

  private cancel(event: PointerEvent): void {
    clearTimeout(this.press);
    this.fingers.delete(event.pointerId);
    this.line = [];
    this.wishes.busy(false);
    this.wishes.leave();
  }

  private rolled(event: WheelEvent): void {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const amount = Math.max(-240, Math.min(240, event.deltaY * lines));
    this.wishes.busy(true);
    this.wishes.zoom(Math.exp(-amount * (event.ctrlKey ? 0.01 : 0.0022)), ...this.place(event));
    clearTimeout(this.wheel);
    this.wheel = window.setTimeout(() => this.wishes.busy(false), 180);
  }
}

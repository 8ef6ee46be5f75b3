// A map in space: turned by the hand and seen without perspective. Python's `pack.turned` turns in the same way.

import { type Bounds, clamp } from "./camera.ts";

const STEEPEST = 1.4;

export class Turn {
  yaw = 0;
  pitch = 0;
  /** How near each point is to the eye: about −1 … 1. */
  readonly depth: Float32Array;
  private readonly places: Float32Array;

  /** xy: where the points lie on the screen's plane, written anew with every turn. */
  constructor(
    private readonly xy: Float32Array,
    private readonly z: Float32Array,
    private readonly bounds: Bounds,
  ) {
    this.places = xy.slice();
    this.depth = new Float32Array(z.length);
    this.to(0, 0);
  }

  to(yaw: number, pitch: number): void {
    this.yaw = ((yaw + Math.PI) % (2 * Math.PI) + 2 * Math.PI) % (2 * Math.PI) - Math.PI;
    this.pitch = clamp(pitch, -STEEPEST, STEEPEST);
    const reach = Math.max(this.bounds.x1, 1e-6);
    const { places, z, xy, depth } = this;
    for (let i = 0; i < z.length; i++) {
      const [x, y, near] = this.seen(places[2 * i], places[2 * i + 1], z[i]);
      xy[2 * i] = x;
      xy[2 * i + 1] = y;
      depth[i] = clamp(near / reach, -1, 1);
    }
  }

  /** The place in space of a point. */
  place(i: number): [number, number, number] {
    return [this.places[2 * i], this.places[2 * i + 1], this.z[i]];
  }

  /** The place in space that is seen there, neither near nor far. */
  behind(right: number, up: number): [number, number, number] {
    const [cos, sin, rise, fall] = [Math.cos(this.yaw), Math.sin(this.yaw), Math.cos(this.pitch), Math.sin(this.pitch)];
    const deep = -up * fall;
    return [right * cos - deep * sin, up * rise, right * sin + deep * cos];
  }

  /** A place in space → right, up, towards the eye. */
  seen(x: number, y: number, z: number): [number, number, number] {
    const [cos, sin, rise, fall] = [Math.cos(this.yaw), Math.sin(this.yaw), Math.cos(this.pitch), Math.sin(this.pitch)];
    const deep = z * cos - x * sin;
    return [x * cos + z * sin, y * rise - deep * fall, y * fall + deep * rise];
  }
}

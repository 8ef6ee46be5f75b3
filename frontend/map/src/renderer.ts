// The points, drawn by WebGL 2: one vertex a point, its shape cut out of the square by the fragment shader.

import type { Camera } from "./camera.ts";
import type { Points } from "./data.ts";
import type { Turn } from "./turn.ts";

const VERTEX = `#version 300 es
layout(location = 0) in vec2 place;
layout(location = 1) in float size;
layout(location = 2) in uint colour;
layout(location = 3) in uint flags;
layout(location = 4) in uint kind;
layout(location = 5) in float depth;
uniform vec2 centre, scale, shift, radii;
uniform float ratio, grow, dim, fog;
uniform bool front;
uniform highp sampler2D colours;
out vec4 tint;
out float radius;
flat out uint shape;
void main() {
  bool faded = (flags & ${2}u) != 0u, marked = (flags & ${4}u) != 0u;
  if ((flags & ${1}u) != 0u || marked != front) { gl_Position = vec4(2.0, 2.0, 2.0, 1.0); gl_PointSize = 0.0; return; }
  radius = mix(radii.x, radii.y, size) * grow * (1.0 + 0.3 * depth);
  if (marked) radius = max(radius * 1.25, 4.5);
  gl_Position = vec4((place - centre) * scale + shift, -0.9 * depth, 1.0);
  gl_PointSize = 2.0 * (radius + 1.0) * ratio;
  tint = vec4(texelFetch(colours, ivec2(int(colour), 0), 0).rgb, (faded ? dim : 1.0) * (1.0 - 0.5 * fog * (1.0 - depth)));
  shape = kind;
}`;

const FRAGMENT = `#version 300 es
precision highp float;
in vec4 tint;
in float radius;
flat in highp uint shape;
uniform vec3 rim;
uniform float ratio, body;
out vec4 pixel;
void main() {
  vec2 p = (gl_PointCoord * 2.0 - 1.0) * (radius + 1.0);
  vec2 q = abs(p);
  float d = length(p);
  if (shape == 1u) d = (q.x + q.y) * 0.80;
  else if (shape == 2u) d = max(q.x * 0.87 + p.y * -0.5, p.y) * 1.25 + radius * 0.10;
  else if (shape == 3u) d = max(q.x, q.y) * 1.12;
  else if (shape == 4u) d = max(q.x * 0.87 + q.y * 0.5, q.y) * 1.08;
  else if (shape == 5u) d = max(min(q.x, q.y) * 2.4, max(q.x, q.y) * 0.95);
  float soft = 0.75 / ratio;
  float cover = 1.0 - smoothstep(radius - soft, radius + soft, d);
  if (cover <= 0.0) discard;
  float edge = radius > 3.0 ? smoothstep(radius - 1.1 - soft, radius - 0.6, d) : 0.0;
  vec3 colour = mix(tint.rgb, rim, edge * 0.6);
  float alpha = cover * body * tint.a;
  pixel = vec4(colour * alpha, alpha);
}`;

export const HIDDEN = 1;
export const FADED = 2;
export const MARKED = 4;

/** So many points at most are drawn over the others because a scale shows them as most. */
const HOT = 3000;

export class Renderer {
  private readonly program: WebGLProgram;
  private readonly array: WebGLVertexArrayObject;
  private readonly places: WebGLBuffer;
  private readonly depths: WebGLBuffer | null = null;
  private readonly colours: WebGLBuffer;
  private coloured: Uint8Array | null = null;
  private readonly flags: WebGLBuffer;
  /** The marked points, which are drawn over all others and in every frame, however rare they are. */
  private readonly front: WebGLBuffer;
  private inFront = 0;
  /** What a scale shows as most, drawn again over the rest: no grey point hides a hot one. */
  private readonly hot: WebGLBuffer;
  private areHot = 0;
  private readonly texture: WebGLTexture;
  private readonly at: Record<string, WebGLUniformLocation | null> = {};
  private readonly smallest: number;
  private readonly largest: number;

  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly points: Points,
    private readonly sizes: Float32Array,
    private readonly turn: Turn | null = null,
  ) {
    this.program = linked(gl);
    for (const name of ["centre", "scale", "shift", "radii", "ratio", "grow", "dim", "fog", "front", "colours", "rim", "body"])
      this.at[name] = gl.getUniformLocation(this.program, name);
    [this.smallest, this.largest] = radii(points.count);
    this.array = gl.createVertexArray()!;
    gl.bindVertexArray(this.array);
    this.places = this.attribute(0, points.xy, 2);
    this.attribute(1, sizes, 1);
    if (turn) this.depths = this.attribute(5, turn.depth, 1);
    this.colours = this.bytes(2, new Uint8Array(points.count).fill(255));
    this.flags = this.bytes(3, new Uint8Array(points.count));
    this.bytes(4, points.kind);
    this.front = gl.createBuffer()!;
    this.hot = gl.createBuffer()!;
    this.texture = gl.createTexture()!;
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  }

  private attribute(at: number, values: Float32Array, parts: number): WebGLBuffer {
    const gl = this.gl;
    const buffer = gl.createBuffer()!;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, parts, gl.FLOAT, false, 0, 0);
    return buffer;
  }

  private bytes(at: number, values: Uint8Array): WebGLBuffer {
    const gl = this.gl;
    const buffer = gl.createBuffer()!;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribIPointer(at, 1, gl.UNSIGNED_BYTE, 0, 0);
    return buffer;
  }

  /** After a turn: the points are elsewhere. */
  turned(): void {
    if (!this.turn) return;
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.places);
    this.gl.bufferSubData(this.gl.ARRAY_BUFFER, 0, this.points.xy);
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.depths);
    this.gl.bufferSubData(this.gl.ARRAY_BUFFER, 0, this.turn.depth);
  }

  /** A byte a point; on a scale the points with the highest values are drawn once more over the others. */
  setColours(values: Uint8Array, scale: boolean): void {
    if (values === this.coloured) return;
    this.coloured = values;
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.colours);
    this.gl.bufferSubData(this.gl.ARRAY_BUFFER, 0, values);
    this.areHot = this.list(this.hot, scale ? hottest(values, HOT) : new Uint32Array(0));
  }

  /** marked: the points whose flags say so. */
  setFlags(values: Uint8Array, marked: number[]): void {
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.flags);
    this.gl.bufferSubData(this.gl.ARRAY_BUFFER, 0, values);
    this.inFront = this.list(this.front, Uint32Array.from(marked));
  }

  private list(buffer: WebGLBuffer, rows: Uint32Array): number {
    const gl = this.gl;
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, rows, gl.DYNAMIC_DRAW);
    return rows.length;
  }

  setPalette(table: Uint8Array): void {
    const gl = this.gl;
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, table);
  }

  /** Radius on screen of point i, in CSS pixels, as the shader computes it. */
  radius(i: number, zoom: number): number {
    const nearness = 1 + 0.3 * (this.turn?.depth[i] ?? 0);
    return (this.smallest + (this.largest - this.smallest) * this.sizes[i]) * growth(zoom, this.points.count) * nearness;
  }

  /**
   * Draws the points `from` … `to` in the order of frequency, over those drawn before, and the hot and the marked ones
   * over all of them; from 0 the canvas is wiped first.
   * rim: the background, from 0 to 1, that keeps neighbours apart.
   */
  draw(camera: Camera, ratio: number, rim: [number, number, number], from: number, to: number): void {
    const gl = this.gl;
    const { view, width, height, scale } = camera;
    const zoom = view.zoom;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clearColor(0, 0, 0, 0);
    if (!from) gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    if (to <= from) return;
    gl.enable(gl.BLEND);
    if (this.turn) gl.enable(gl.DEPTH_TEST);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.useProgram(this.program);
    gl.uniform2f(this.at.centre, view.x, view.y);
    gl.uniform2f(this.at.scale, (2 * scale[0]) / width, (2 * scale[1]) / height);
    gl.uniform2f(this.at.shift, (2 * camera.middle) / width - 1, 0);
    gl.uniform2f(this.at.radii, this.smallest, this.largest);
    gl.uniform1f(this.at.ratio, ratio);
    gl.uniform1f(this.at.grow, growth(zoom, this.points.count));
    gl.uniform1f(this.at.dim, 0.2);
    gl.uniform1f(this.at.fog, this.turn ? 0.7 : 0);
    gl.uniform1f(this.at.body, opacity(this.points.count, zoom));
    gl.uniform3f(this.at.rim, ...rim);
    gl.uniform1i(this.at.colours, 0);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.bindVertexArray(this.array);
    gl.uniform1i(this.at.front, 0);
    gl.drawArrays(gl.POINTS, from, to - from);
    this.again(this.hot, this.areHot);
    gl.uniform1i(this.at.front, 1);
    this.again(this.front, this.inFront);
  }

  private again(buffer: WebGLBuffer, count: number): void {
    if (!count) return;
    this.gl.bindBuffer(this.gl.ELEMENT_ARRAY_BUFFER, buffer);
    this.gl.drawElements(this.gl.POINTS, count, this.gl.UNSIGNED_INT, 0);
  }

  destroy(): void {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

/** The points with the highest values (255: unknown), at most so many, the highest last. */
export function hottest(values: Uint8Array, most: number): Uint32Array {
  const counts = new Uint32Array(256);
  for (const value of values) counts[value]++;
  let least = 255;
  for (let room = most; least > 1 && counts[least - 1] <= room; least--) room -= counts[least - 1];
  const rows: number[] = [];
  for (let i = 0; i < values.length; i++) if (values[i] >= least && values[i] < 255) rows.push(i);
  return Uint32Array.from(rows.sort((one, other) => values[one] - values[other]));
}

/** Smallest and largest radius at zoom 1: many points are drawn small. */
export function radii(count: number): [number, number] {
  const crowd = Math.min(1, Math.max(0, Math.log10(Math.max(count, 1) / 300) / 3.4));
  return [2.3 - 1.6 * crowd, 10.5 - 4.5 * crowd];
}

/** Points grow much slower than the map when we come nearer, so that they never become discs that hide one another. */
export function growth(zoom: number, count: number): number {
  const most = count > 100_000 ? 3.2 : 1.5;
  return Math.min(most, Math.max(0.8, zoom ** 0.3));
}

export function opacity(count: number, zoom: number): number {
  const crowd = Math.min(1, Math.max(0, Math.log10(Math.max(count, 1) / 2000) / 2.5));
  return Math.min(0.8, 0.72 - 0.3 * crowd + 0.06 * Math.log2(Math.max(1, zoom)));
}

/** Size of each point from 0 to 1, by the logarithm of its count, bent so that few are big. */
export function sizesOf(counts: Uint32Array): Float32Array {
  let most = 1;
  for (const count of counts) if (count > most) most = count;
  const scale = 1 / Math.log1p(most);
  return Float32Array.from(counts, (count) => (Math.log1p(count) * scale) ** 2.4);
}

function linked(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram()!;
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type)!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost())
    throw new Error(gl.getProgramInfoLog(program) || "The shaders do not compile");
  return program;
}

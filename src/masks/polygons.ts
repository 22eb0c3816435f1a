import { SegLossError } from "../errors.js";
import { brief, checkNames } from "../options/names.js";
import type { LabelMap } from "./labelMap.js";

/** Rings of COCO: x and y by turns, in pixels, the image's upper left corner being 0, 0. */
export type Polygons = readonly ArrayLike<number>[];

export interface PolygonOptions {
  /** [height, width] */
  readonly size: readonly number[];
  /**
   * What several rings mean: all that is in any of them (default; COCO's own tools read them so), or what is in an odd
   * number of them, so that a ring inside another is a hole.
   */
  readonly rings?: "union" | "evenOdd";
}

/** Outlines are walked in steps of a fifth of a pixel. */
const FINE = 5;

/** Where the outline crosses the middle of a column of pixels: the mask turns from there on, column by column. */
function addCrossings(ring: ArrayLike<number>, height: number, width: number, turns: Uint8Array): void {
  const corners = ring.length / 2,
    fine = (n: number) => Math.trunc(FINE * n + 0.5);
  let [u, v] = [fine(ring[0]), fine(ring[1])];
  const walk = (nextU: number, nextV: number) => {
    const step = nextU < u ? nextU : nextU - 1; // the column of fine pixels that is crossed
    if (nextU !== u && step >= 0 && step % FINE === FINE >> 1 && step < width * FINE) {
      const column = (step - (FINE >> 1)) / FINE,
        row = Math.ceil(Math.min(Math.max((Math.min(nextV, v) + 0.5) / FINE - 0.5, 0), height));
      turns[column * height + row] ^= 1;
    }
    u = nextU;
    v = nextV;
  };
  for (let k = 0; k < corners; k++) {
    const next = (k + 1) % corners,
      from = [fine(ring[2 * k]), fine(ring[2 * k + 1])],
      to = [fine(ring[2 * next]), fine(ring[2 * next + 1])];
    // One step at a time along the longer axis, always in the same direction, so that an edge that two rings share is
    // the same in both.
    const long = Math.abs(to[0] - from[0]) >= Math.abs(to[1] - from[1]) ? 0 : 1,
      flip = from[long] > to[long],
      [start, end] = flip ? [to, from] : [from, to],
      steps = end[long] - start[long],
      slope = steps === 0 ? 0 : (end[1 - long] - start[1 - long]) / steps;
    for (let d = 0; d <= steps; d++) {
      const t = flip ? steps - d : d,
        along = start[long] + t,
        across = Math.trunc(start[1 - long] + slope * t + 0.5);
      if (long === 0) walk(along, across);
      else walk(across, along);
    }
  }
}

function checkRing(ring: unknown, what: string): asserts ring is ArrayLike<number> {
  const { length } = (ring ?? {}) as { length?: unknown };
  if (
    !(Array.isArray(ring) || ArrayBuffer.isView(ring)) ||
    typeof length !== "number" ||
    length < 6 ||
    length % 2 === 1
  )
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${what} must be a list [x, y, x, y, …] of 3 corners or more, got ${brief(ring)}`,
    );
  for (let i = 0; i < length; i++) {
    const n: unknown = (ring as ArrayLike<unknown>)[i];
    // A corner far outside would be walked to in fifths of a pixel.
    if (typeof n !== "number" || !(Math.abs(n) <= 1e6))
      throw new SegLossError("INVALID_TARGET", `${what} has ${brief(n)} at index ${i}, expected coordinates in pixels`);
  }
}

/** Calls `paint` with the index, row by row, of each pixel inside. */
export function eachPolygonPixel(
  polygons: Polygons,
  { size: [height, width], rings = "union" }: PolygonOptions,
  what: string,
  paint: (index: number) => void,
): void {
  const turns = new Uint8Array(height * width + 1),
    fill = () => {
      let inside = 0;
      for (let i = 0; i < height * width; i++) {
        inside ^= turns[i];
        if (inside) paint((i % height) * width + Math.floor(i / height));
      }
      turns.fill(0);
    };
  for (const [i, ring] of polygons.entries()) {
    checkRing(ring, `${what}[${i}]`);
    addCrossings(ring, height, width, turns);
    if (rings === "union") fill();
  }
  if (rings === "evenOdd") fill();
}

/**
 * The mask of COCO's polygons: 1 inside and 0 outside, [1, H, W], pixel for pixel what pycocotools makes of them: by
 * rule of even and odd within a ring, whose outline is walked in fifths of a pixel and parts a column of pixels at its
 * middle. Throws SHAPE_MISMATCH and INVALID_TARGET for what are no rings.
 */
export function decodePolygons(polygons: Polygons, options: PolygonOptions): LabelMap<Uint8Array> {
  const what = "decodePolygons";
  checkNames(what, options, ["size", "rings"]);
  const { size, rings = "union" } = options;
  if (!Array.isArray(size) || size.length !== 2 || !size.every((n) => Number.isInteger(n) && n >= 0))
    throw new SegLossError("INVALID_OPTION", `${what}: option size must be [height, width], got ${brief(size)}`);
  if (rings !== "union" && rings !== "evenOdd")
    throw new SegLossError("INVALID_OPTION", `${what}: option rings must be "union" or "evenOdd", got ${brief(rings)}`);
  if (!Array.isArray(polygons))
    throw new SegLossError("SHAPE_MISMATCH", `${what}: polygons must be a list of rings, got ${brief(polygons)}`);
  const data = new Uint8Array(size[0] * size[1]);
  eachPolygonPixel(polygons, { size, rings }, `${what}: polygons`, (i) => {
    data[i] = 1;
  });
  return { data, shape: [1, size[0], size[1]] };
}

import { SegLossError } from "../errors.js";
import { brief, checkNames } from "../options/names.js";
import type { TensorLike } from "../tensors/foreignTensors.js";
import { type LabelMap, readPlane } from "./labelMap.js";
import { readRuns, writeRuns } from "./rleString.js";

export type RleCounts = string | readonly number[] | Uint8Array | Runs;
type Runs = Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/**
 * A mask in COCO's run-length encoding: lengths of runs outside and inside by turns, column by column; a list, or the
 * compressed string, or that string's bytes (as pycocotools has it), which is what a Uint8Array is taken for; runs may
 * be in any other typed array.
 */
export interface Rle<Counts extends RleCounts = RleCounts> {
  /** [height, width] */
  readonly size: readonly number[];
  readonly counts: Counts;
}

function readCounts(counts: unknown, what: string): readonly number[] {
  if (typeof counts === "string") return readRuns(counts, what);
  if (counts instanceof Uint8Array) return readRuns(counts, what);
  if (Array.isArray(counts)) return counts;
  if (ArrayBuffer.isView(counts) && !(counts instanceof DataView)) return Array.from(counts as Runs, Number);
  throw new SegLossError(
    "INVALID_TARGET",
    `${what} must be a list of numbers, a string or its bytes, got ${brief(counts)}`,
  );
}

/** The runs of a mask, checked. */
function runsOf(
  rle: Rle,
  what: string,
): { readonly runs: readonly number[]; readonly height: number; readonly width: number } {
  if (rle === null || typeof rle !== "object")
    throw new SegLossError("SHAPE_MISMATCH", `${what} must be { size, counts }, got ${brief(rle)}`);
  const { size, counts } = rle;
  if (!Array.isArray(size) || size.length !== 2 || !size.every((n) => Number.isInteger(n) && n >= 0))
    throw new SegLossError("SHAPE_MISMATCH", `${what}.size must be [height, width], got ${brief(size)}`);
  const runs = readCounts(counts, `${what}.counts`),
    wrong = runs.findIndex((n) => !(Number.isInteger(n) && n >= 0)),
    [height, width] = size;
  if (wrong >= 0)
    throw new SegLossError(
      "INVALID_TARGET",
      `${what}.counts has a run of ${brief(runs[wrong])} at index ${wrong}, expected whole numbers of 0 or more`,
    );
  const sum = runs.reduce((a, b) => a + b, 0);
  if (sum !== height * width)
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${what}.counts must add up to ${height * width} pixels for size [${height}, ${width}], got ${sum}`,
    );
  return { runs, height, width };
}

/** Calls `paint` with the index, row by row, of each pixel inside; returns the size. */
export function eachPixel(
  rle: Rle,
  what: string,
  paint: (index: number) => void,
): { readonly height: number; readonly width: number } {
  const { runs, height, width } = runsOf(rle, what);
  let from = 0;
  for (let i = 0; i < runs.length; i++) {
    const end = from + runs[i];
    if (i % 2 === 1) {
      let column = Math.floor(from / height),
        row = from % height;
      for (let n = from; n < end; n++) {
        paint(row * width + column);
        if (++row < height) continue;
        row = 0;
        column++;
      }
    }
    from = end;
  }
  return { height, width };
}

/**
 * The mask of a run-length encoding, either form: 1 inside and 0 outside, [1, H, W]. Throws INVALID_TARGET for
 * characters and runs that cannot be, and SHAPE_MISMATCH where the runs do not add up to the size.
 */
export function decodeRle(rle: Rle): LabelMap<Uint8Array> {
  const { height, width } = runsOf(rle, "decodeRle: rle"),
    data = new Uint8Array(height * width);
  eachPixel(rle, "decodeRle: rle", (i) => {
    data[i] = 1;
  });
  return { data, shape: [1, height, width] };
}

/**
 * A mask [H, W] or [1, H, W], every number but 0 being inside, in COCO's run-length encoding: `counts` is the
 * compressed string, or the list of runs with `compressed: false`. The same runs as pycocotools'.
 */
export function encodeRle(mask: TensorLike, options?: { readonly compressed?: true }): Rle<string>;
export function encodeRle(mask: TensorLike, options: { readonly compressed: false }): Rle<readonly number[]>;
export function encodeRle(mask: TensorLike, options?: { readonly compressed?: boolean }): Rle;
export function encodeRle(mask: TensorLike, options: { readonly compressed?: boolean } = {}): Rle {
  checkNames("encodeRle", options, ["compressed"]);
  const { compressed = true } = options,
    { data, height, width } = readPlane(mask, "encodeRle: mask"),
    runs: number[] = [];
  if (typeof compressed !== "boolean")
    throw new SegLossError(
      "INVALID_OPTION",
      `encodeRle: option compressed must be true or false, got ${String(compressed)}`,
    );
  let inside = false,
    run = 0;
  for (let column = 0; column < width; column++) {
    for (let row = 0; row < height; row++) {
      if ((data[row * width + column] !== 0) !== inside) {
        runs.push(run);
        run = 0;
        inside = !inside;
      }
      run++;
    }
  }
  runs.push(run);
  return { size: [height, width], counts: compressed ? writeRuns(runs) : runs };
}

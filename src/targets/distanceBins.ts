import type { SquaredDistance } from "../bindings/masks/distance.js";
import type { LabelArray } from "../tensors/shape.js";
import { interior } from "./interior.js";

/** How distances to an object's boundary become bins: bin n stands for the distance n truncation / (bins - 1). */
export interface Binning {
  readonly bins: number;
  readonly truncation: number;
  readonly spacing: readonly number[];
}

interface Pixels {
  readonly batch: number;
  readonly pixels: number;
  readonly spatial: readonly number[];
}

/** Slack of distances that fall on a whole number, or on a ball's surface, but for rounding. */
const SLACK = 1e-6;

/**
 * Bins of the distance to an object's boundary (Hayder, He, Salzmann 2017): labels above 0 are objects, one each; what
 * touches another label is boundary, the end of the image is not.
 */
export function encodeBins(
  labels: LabelArray,
  { batch, pixels, spatial }: Pixels,
  ignoreIndex: number | null,
  { bins, truncation, spacing }: Binning,
  squaredDistance: SquaredDistance,
  out: Uint8Array | Int16Array,
): void {
  const ids = new Int32Array(pixels),
    inner = new Uint8Array(pixels),
    volume = new Float32Array(pixels),
    perDistance = (bins - 1) / truncation,
    ignored = ignoreIndex ?? Number.NaN; // which no label is
  for (let b = 0; b < batch; b++) {
    const own = labels.subarray(b * pixels, (b + 1) * pixels),
      encoded = out.subarray(b * pixels, (b + 1) * pixels);
    findObjects(own, ignored, ids);
    interior(ids, spatial, 1, inner);
    clearOutside(ids, inner);
    squaredDistance(inner, spatial, spacing, volume);
    toBins(volume, truncation, perDistance, encoded);
  }
}

// A function for each sweep: of a longer function V8 discards what it optimised for one sweep when that ends. Ends are
// constants: once memory has grown, V8 looks up an array's length at every pixel.

function findObjects(labels: LabelArray, ignored: number, ids: Int32Array): void {
  for (let i = 0, pixels = ids.length; i < pixels; i++) {
    const label = labels[i];
    ids[i] = label > 0 && label !== ignored ? label : 0;
  }
}

function clearOutside(ids: Int32Array, inner: Uint8Array): void {
  for (let i = 0, pixels = ids.length; i < pixels; i++) if (ids[i] === 0) inner[i] = 0;
}

/** Squared distances are 0 outside of objects, and so are bins; what is stored is rounded down. */
function toBins(squares: Float32Array, truncation: number, perDistance: number, out: Uint8Array | Int16Array): void {
  for (let i = 0, pixels = squares.length; i < pixels; i++)
    out[i] = Math.min(Math.ceil(Math.sqrt(squares[i]) - SLACK), truncation) * perDistance + 0.5;
}

/** The union of the balls that a sample's bins stand for, each around its pixel; bin 0 draws nothing. */
export function decodeBins(
  binMap: LabelArray,
  spatial: readonly number[],
  { bins, truncation, spacing }: Binning,
  squaredDistance: SquaredDistance,
): Uint8Array {
  const drawn = new Uint8Array(binMap.length),
    others = new Uint8Array(binMap.length),
    volume = new Float32Array(binMap.length),
    present = new Uint8Array(bins);
  for (let i = 0; i < binMap.length; i++) present[binMap[i]] = 1;
  for (let n = 1; n < bins; n++) {
    if (present[n] === 0) continue;
    for (let i = 0; i < others.length; i++) others[i] = binMap[i] === n ? 0 : 1;
    squaredDistance(others, spatial, spacing, volume);
    const radius = (n * truncation) / (bins - 1),
      limit = radius * radius * (1 + SLACK);
    for (let i = 0; i < drawn.length; i++) if (volume[i] <= limit) drawn[i] = 1;
  }
  return drawn;
}

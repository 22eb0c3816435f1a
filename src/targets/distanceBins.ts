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
    perDistance = (bins - 1) / truncation;
  for (let b = 0; b < batch; b++) {
    const first = b * pixels;
    for (let i = 0; i < pixels; i++)
      ids[i] = labels[first + i] > 0 && labels[first + i] !== ignoreIndex ? labels[first + i] : 0;
    interior(ids, spatial, 1, inner);
    for (let i = 0; i < pixels; i++) if (ids[i] === 0) inner[i] = 0;
    squaredDistance(inner, spatial, spacing, volume);
    for (let i = 0; i < pixels; i++) {
      const d = inner[i] ? Math.min(Math.ceil(Math.sqrt(volume[i]) - SLACK), truncation) : 0;
      out[first + i] = Math.floor(d * perDistance + 0.5);
    }
  }
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

import type { SquaredDistance } from "../bindings/masks/distance.js";
import type { TargetArrays } from "../tensors/conventions.js";
import type { Geometry, LabelArray } from "../tensors/shape.js";

/**
 * One label a pixel: the target's, or its largest class (the first of equals), or whether a single channel is above
 * 1/2.
 */
export function targetLabels(
  { labels, soft }: TargetArrays,
  { batch, classes, pixels, channelsLast }: Geometry,
): LabelArray {
  if (labels || !soft) return labels ?? new Uint8Array(0);
  const found = new Int32Array(batch * pixels),
    step = channelsLast ? 1 : pixels;
  for (let n = 0; n < found.length; n++) {
    const first = channelsLast ? n * classes : Math.floor(n / pixels) * classes * pixels + (n % pixels);
    if (classes === 1) found[n] = soft[first] > 0.5 ? 1 : 0;
    else for (let c = 1; c < classes; c++) if (soft[first + c * step] > soft[first + found[n] * step]) found[n] = c;
  }
  return found;
}

/**
 * 0 at an image's boundary between labels (the pixel below or to the right has another) and where a pixel does not
 * count, 1 elsewhere.
 */
function awayFromBoundary(
  labels: LabelArray,
  [height, width]: readonly number[],
  ignoreIndex: number | null,
  away: Uint8Array,
): void {
  for (let y = 0, i = 0; y < height; y++) {
    const down = y + 1 < height ? width : 0;
    for (const end = i + width - 1; i < end; i++)
      away[i] = labels[i] === labels[i + 1] && labels[i] === labels[i + down] ? 1 : 0;
    away[i] = labels[i] === labels[i + down] ? 1 : 0;
    i++;
  }
  if (ignoreIndex !== null) for (let i = 0; i < away.length; i++) if (labels[i] === ignoreIndex) away[i] = 0;
}

/**
 * Squared distances to the target's boundary, [batch, pixels]: the pixels whose label differs from the one below or to
 * the right, and those that do not count, which become -1. Infinity in a sample in which no pixel that counts is of
 * them.
 */
export function targetBoundarySquares(
  labels: LabelArray,
  { batch, pixels, spatial }: Geometry,
  ignoreIndex: number | null,
  squaredDistance: SquaredDistance,
): Float32Array {
  const squares = new Float32Array(batch * pixels),
    away = new Uint8Array(pixels);
  for (let b = 0; b < batch; b++) {
    const sample = labels.subarray(b * pixels, (b + 1) * pixels),
      own = squares.subarray(b * pixels, (b + 1) * pixels);
    awayFromBoundary(sample, spatial, ignoreIndex, away);
    if (!away.some((far, i) => far === 0 && sample[i] !== ignoreIndex)) {
      own.fill(Number.POSITIVE_INFINITY);
      continue;
    }
    squaredDistance(away, spatial, [1, 1], own);
    if (ignoreIndex !== null) for (let i = 0; i < pixels; i++) if (sample[i] === ignoreIndex) own[i] = -1;
  }
  return squares;
}

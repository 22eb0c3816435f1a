import type { WholeContext } from "../context.js";
import { type DivergenceSource, entriesOf, fillerOf, NeighbourDivergences, stagedOf } from "./divergence.js";
import { dilationBytes, maskBytes, SparseRows, setPlainImage } from "./rows.js";

export interface ActiveBoundary {
  /**
   * Squared distances to the target's boundary, [batch, pixels]: -1 where a pixel does not count, Infinity in samples
   * without a boundary.
   */
  readonly squares: () => Float32Array;
  /** How many divergences the predicted boundary may start from. */
  readonly most: number;
  readonly maxDistance: number;
  readonly labelSmoothing: number;
  readonly detachNeighbors: boolean;
  readonly distance: "exact" | "truncated";
  readonly reduction: "mean" | "sum";
}

export interface ActiveBoundarySource extends DivergenceSource, Pick<WholeContext, "weight" | "parts"> {
  readonly grad?: () => Float32Array;
}

/**
 * Addresses of one sample's planes: squared distances, directions, the pixels that are needed, and what `dilate` works
 * in.
 */
interface Planes {
  readonly squares: number;
  readonly directions: number;
  readonly needed: number;
  readonly spare: number;
}

/** Directions of all pixels; the samples that move, how many pixels in all, and whether a divergence is NaN. */
function choose(
  source: ActiveBoundarySource,
  loss: ActiveBoundary,
  samples: ReadonlyMap<number, Planes>,
): { moving: ReadonlyMap<number, Planes>; total: number; undefined: boolean } {
  const { kernels, geometry, parts } = source,
    moving = new Map<number, Planes>();
  return NeighbourDivergences.with(source, (divergences) => {
    const limit = divergences.limit(loss.most);
    setPlainImage(kernels, geometry.spatial);
    const total = parts.sum(geometry.batch, (b) => {
      const planes = samples.get(b),
        own = divergences.at + 4 * b * geometry.pixels;
      if (!planes) return 0;
      const { squares, directions, spare } = planes;
      stageSquares(source, loss, b, squares);
      const count = kernels.exports.activeBoundaryDirections(
        own,
        limit,
        squares,
        directions,
        spare,
        loss.distance === "truncated",
      );
      if (count > 0) moving.set(b, planes);
      return count;
    });
    const undefinedSamples = parts.sum(geometry.batch, (b) => (divergences.undefined.has(b) ? 1 : 0));
    return { moving, total, undefined: undefinedSamples > 0 };
  });
}

function stageSquares(
  { kernels, geometry: { pixels } }: ActiveBoundarySource,
  { squares }: ActiveBoundary,
  b: number,
  to: number,
): void {
  kernels.memory.f32.set(squares().subarray(b * pixels, (b + 1) * pixels), to >>> 2);
}

/** The sum over the moving pixels of some samples; derivatives are of `factor` times it. */
function evaluate(
  source: ActiveBoundarySource,
  loss: ActiveBoundary,
  samples: ReadonlyMap<number, Planes>,
  factor: number,
): number {
  const { kernels, activation, geometry, pred, grad, weight, parts } = source,
    { classes, spatial } = geometry,
    entries = entriesOf(activation, classes),
    truncated = loss.distance === "truncated",
    scale = grad ? weight * factor : 0;
  const image = {
    spatial,
    reach: 1,
    record: 32 * (entries + (entries & 1)),
    stride: stagedOf(activation, classes),
    filler: fillerOf(activation),
  };
  return SparseRows.with(kernels, image, "an active boundary", (rows) =>
    parts.sum(geometry.batch, (b) => {
      const planes = samples.get(b);
      if (!planes) return 0;
      const { squares, directions, needed, spare } = planes;
      let sum = 0;
      stageSquares(source, loss, b, squares);
      kernels.exports.activeBoundaryNeeded(squares, directions, needed, spare, truncated);
      rows.sweep(b, needed, {
        source: { data: pred, count: classes, geometry },
        target: grad && { data: grad, count: classes, geometry },
        read: (y, count) => kernels.exports[`${activation}Records`](y, count, classes),
        work(y) {
          sum += kernels.calls.activeBoundaryRow({
            y,
            directions,
            squares,
            smoothing: loss.labelSmoothing,
            maxDistance: loss.maxDistance,
            truncated,
            scale,
            detached: loss.detachNeighbors,
          });
        },
        write: (y, count) => kernels.exports[`${activation}Slopes`](y, count, classes),
      });
      return sum;
    }),
  );
}

/** The active boundary loss (assembly/losses/activeBoundary.ts); adds its derivatives to `grad`. */
export function activeBoundary(source: ActiveBoundarySource, loss: ActiveBoundary): number {
  const { kernels, geometry, parts } = source,
    { batch, pixels, spatial } = geometry,
    plane = maskBytes(pixels),
    found: number[] = [];
  const bounded = parts.sum(pixels > 0 ? batch : 0, (b) => {
    if (loss.squares()[b * pixels] === Number.POSITIVE_INFINITY) return 0;
    found.push(b);
    return 1;
  });
  if (bounded === 0) return 0;
  const sizes = [4 * plane, plane, dilationBytes(spatial), found.length * plane];
  return kernels.memory.with(sizes, "an active boundary", (squares, needed, spare, directions) => {
    const samples = new Map(
      found.map((b, i) => [b, { squares, needed, spare, directions: directions + i * plane }] as const),
    );
    const { moving, total, undefined: isUndefined } = choose(source, loss, samples),
      factor = loss.reduction === "mean" && total > 0 ? 1 / total : 1;
    const value = evaluate(source, loss, moving, factor);
    return isUndefined ? Number.NaN : factor * value;
  });
}

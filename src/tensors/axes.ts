import { SegLossError } from "../errors.js";

/** How many spatial axes there are, as the caller says; null where the rank has to say it. */
export type SpatialDims = number | null;

/** What the axes of labels, or of a mask, are. */
export interface LabelAxes {
  readonly batch: number;
  readonly spatial: readonly number[];
  /** False where the batch axis was left out, which `spatialDims` allows: one sample. */
  readonly batched: boolean;
}

/** What the axes of scores, probabilities or a soft target are. */
export interface ScoreAxes extends LabelAxes {
  readonly classes: number;
}

const NAMES = ["D", "H", "W"];
/** A shape, or its axes, in words. */
export const show = (axes: readonly (number | string)[]) => `[${axes.join(", ")}]`;
const names = (n: number) => NAMES.slice(3 - n);
/** The shapes that are taken, in words; without `spatialDims` those of images and volumes. */
const expected = (spatialDims: SpatialDims, order: (spatial: readonly string[]) => readonly string[]) =>
  (spatialDims === null ? [2, 3] : [spatialDims]).map((n) => show(order(names(n)))).join(" or ");

const mismatch = (what: string, wanted: string, shape: readonly number[], cure: string) =>
  new SegLossError("SHAPE_MISMATCH", `${what} must be ${wanted}, got shape ${show(shape)}${cure}`);

function refuseLabels(shape: readonly number[], spatialDims: SpatialDims, what: string): never {
  const rank = shape.length,
    wanted = expected(spatialDims, (spatial) => ["B", ...spatial]),
    axes = spatialDims ?? 2;
  let cure = "";
  if (spatialDims === null && rank === 2)
    cure = `; is the batch axis missing? ${show([1, ...shape])}; one spatial axis has to be said: spatialDims: 1`;
  else if (rank > axes && shape[rank - 1] === 1)
    cure =
      rank === 4 && spatialDims === null
        ? `; leave the 1 out, ${show(shape.slice(0, -1))}, or set spatialDims: 3 if it is a volume`
        : `; leave the 1 out: ${show(shape.slice(0, -1))}`;
  else if (rank > (spatialDims ?? 3) + 1) cure = "; labels have no channels, one-hot ones must be a Float32Array";
  throw mismatch(what, wanted, shape, cure);
}

/**
 * The axes of labels [B, ...spatial]. The rank decides between images and volumes where `spatialDims` does not say it;
 * one spatial axis must be said, and where it is, or 2 or 3, a tensor without its batch axis is one sample. An axis of
 * length 1 in the place of channels, [B, 1, ...spatial], is left out, so that [B, 1, H, W] are images: a volume of one
 * slice has to be said by `spatialDims: 3` (or by the prediction beside it, whose axes are passed here then).
 * [B, H, W, 1] may be channels last or a volume, and is refused without `spatialDims`.
 */
export function labelAxes(shape: readonly number[], spatialDims: SpatialDims, what: string): LabelAxes {
  const rank = shape.length,
    single = shape[1] === 1;
  if (spatialDims === null) {
    if (single && (rank === 4 || rank === 5)) return { batch: shape[0], spatial: shape.slice(2), batched: true };
    if (rank === 3 || (rank === 4 && shape[3] !== 1))
      return { batch: shape[0], spatial: shape.slice(1), batched: true };
  } else {
    if (rank === spatialDims + 1) return { batch: shape[0], spatial: shape.slice(1), batched: true };
    if (rank === spatialDims) return { batch: 1, spatial: shape.slice(), batched: false };
    if (rank === spatialDims + 2 && single) return { batch: shape[0], spatial: shape.slice(2), batched: true };
  }
  return refuseLabels(shape, spatialDims, what);
}

function refuseScores(
  shape: readonly number[],
  spatialDims: SpatialDims,
  order: (spatial: readonly string[]) => readonly string[],
  what: string,
): never {
  let cure = "";
  if (spatialDims === null && shape.length === 3)
    cure = `; is the batch axis missing? ${show([1, ...shape])}; one spatial axis has to be said: spatialDims: 1`;
  else if (shape.length === 2) cure = "; scores have an axis of channels, also where there is one";
  throw mismatch(what, expected(spatialDims, order), shape, cure);
}

/**
 * The axes of scores [B, C, ...spatial], or [B, ...spatial, C] where channels are last, by the same rules as those of
 * labels.
 */
export function scoreAxes(
  shape: readonly number[],
  spatialDims: SpatialDims,
  channelsLast: boolean,
  what: string,
): ScoreAxes {
  const rank = shape.length,
    order = (spatial: readonly string[]) => (channelsLast ? ["B", ...spatial, "C"] : ["B", "C", ...spatial]),
    batched = spatialDims === null || rank !== spatialDims + 1;
  if (batched && (spatialDims === null ? rank !== 4 && rank !== 5 : rank !== spatialDims + 2))
    return refuseScores(shape, spatialDims, order, what);
  const first = batched ? 1 : 0,
    classes = shape[channelsLast ? rank - 1 : first];
  if (classes < 1)
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${what} has no channels: shape ${show(shape)} as ${show(order(["...spatial"]))}`,
    );
  return {
    batch: batched ? shape[0] : 1,
    classes,
    spatial: channelsLast ? shape.slice(first, -1) : shape.slice(first + 1),
    batched,
  };
}

import { SegLossError } from "../errors.js";
import type { Options, Values } from "../options/options.js";
import { spacing } from "../options/shared.js";
import { empty } from "./confusion.js";
import { declareMetric, type Scene } from "./declaration.js";
import type { Distances, Surfaces } from "./distances.js";
import type { MaskPair } from "./pair.js";
import { byPair } from "./tables.js";

const direction = {
  direction: {
    type: "choice",
    values: ["both", "predToTruth", "truthToPred"],
    default: "both",
    meaning: "whose surface's distances are taken",
  },
} as const satisfies Options;
type Direction = "both" | "predToTruth" | "truthToPred";

const distance = {
  distance: {
    type: "choice",
    values: ["euclidean", "chessboard", "taxicab"],
    default: "euclidean",
    meaning: "how far apart pixels are: in units of spacing, or in steps to any neighbour or to face neighbours",
  },
  spacing,
} as const satisfies Options;
type Distance = Pick<Values<typeof distance>, "distance">;

/** The surfaces of masks that are filled. */
const surfacesOf = (pair: MaskPair, scene: Scene, { distance: how }: Distance): Surfaces =>
  how === "euclidean" ? pair.surfaces(scene.spacing) : pair.stepSurfaces(how);

/** Steps have no size. */
function checkSpacing({ what, spacing: sizes }: Scene, { distance: how }: Distance): void {
  if (how !== "euclidean" && sizes.some((size) => size !== 1))
    throw new SegLossError(
      "INVALID_OPTION",
      `${what}: distance ${JSON.stringify(how)} counts steps between pixels, got spacing ` +
        `[${sizes.join(", ")}]; leave ` +
        "spacing out",
    );
}

/** NaN where both masks are empty, infinity where one is, else the measure. */
function whereBoth(pair: MaskPair, scene: Scene, o: Distance, measure: (surfaces: Surfaces) => number): number {
  const { pred, target } = pair.filled;
  if (!pred || !target) return pred || target ? Number.POSITIVE_INFINITY : Number.NaN;
  return measure(surfacesOf(pair, scene, o));
}

/** The list of one direction, or what is made of both. */
function directed(
  { fromPred, fromTarget }: Surfaces,
  way: Direction,
  one: (distances: Distances) => number,
  both: (a: number, b: number) => number,
): number {
  if (way === "predToTruth") return one(fromPred);
  if (way === "truthToPred") return one(fromTarget);
  return both(one(fromPred), one(fromTarget));
}

export const percentile = {
  percentile: {
    type: "number",
    min: 0,
    max: 100,
    default: 100,
    meaning: "the quantile q of each side's distances; 95 leaves out a few stray pixels",
  },
} as const satisfies Options;

/** The larger quantile of the two directions. */
export const largestQuantile = ({ fromPred, fromTarget }: Surfaces, q: number): number =>
  Math.max(fromPred.quantile(q), fromTarget.quantile(q));

const hausdorffOptions = {
  ...percentile,
  quantile: {
    type: "choice",
    values: ["perDirection", "pooled"],
    default: "perDirection",
    meaning:
      "the larger of both directions' quantiles (MONAI, MetricsReloaded), or that of all distances together " +
      "(MedPy, panoptica)",
  },
  ...direction,
  ...distance,
} as const satisfies Options;

const hd95 = 'with { "percentile": 95 }';
export const hausdorffDistance = declareMetric({
  name: "hausdorffDistance",
  also: ["hd", "hd95", "hausdorff95", "hausdorffDistance95"],
  how: { hd95, hausdorff95: hd95, hausdorffDistance95: hd95 },
  title: "Hausdorff distance",
  formula: "max of the two q-quantiles of the distances from one surface to the other",
  best: "lowest",
  surfaces: "distances",
  options: hausdorffOptions,
  score: byPair<typeof hausdorffOptions>(
    [],
    (pair, o, _, scene) => ({
      score: whereBoth(pair, scene, o, (surfaces) =>
        o.quantile === "pooled" && o.direction === "both" && o.percentile < 100
          ? surfaces.fromPred.with(surfaces.fromTarget).quantile(o.percentile)
          : directed(surfaces, o.direction, (distances) => distances.quantile(o.percentile), Math.max),
      ),
    }),
    checkSpacing,
  ),
});

export const averageSymmetricSurfaceDistance = declareMetric({
  name: "averageSymmetricSurfaceDistance",
  also: ["assd", "asd"],
  how: { asd: '(of one direction meanSurfaceDistance with { "direction": "predToTruth" })' },
  title: "Average symmetric surface distance",
  formula: "mean of the distances from each surface to the other, all together",
  best: "lowest",
  surfaces: "distances",
  options: distance,
  score: byPair<typeof distance>(
    [],
    (pair, o, _, scene) => ({
      score: whereBoth(
        pair,
        scene,
        o,
        ({ fromPred, fromTarget }) => (fromPred.sum + fromTarget.sum) / (fromPred.count + fromTarget.count),
      ),
    }),
    checkSpacing,
  ),
});

const meanOptions = { ...direction, ...distance } as const satisfies Options;

export const meanSurfaceDistance = declareMetric({
  name: "meanSurfaceDistance",
  also: ["msd", "masd"],
  title: "Mean surface distance",
  formula: "mean of the two mean distances from one surface to the other",
  best: "lowest",
  surfaces: "distances",
  options: meanOptions,
  score: byPair<typeof meanOptions>(
    [],
    (pair, o, _, scene) => ({
      score: whereBoth(pair, scene, o, (surfaces) =>
        directed(
          surfaces,
          o.direction,
          (distances) => distances.sum / distances.count,
          (a, b) => (a + b) / 2,
        ),
      ),
    }),
    checkSpacing,
  ),
});

export const tolerance = {
  tolerance: {
    type: "numbers",
    each: "any",
    single: true,
    min: 0,
    default: null,
    required: true,
    meaning: "the distance up to which a surface agrees, in units of spacing: one, or one per column; must be given",
  },
} as const satisfies Options;

/** The tolerance of each column, which must have been given. */
export function toleranceOf(
  { what, labels }: Pick<Scene, "what" | "labels">,
  given: number | readonly number[] | null,
): (c: number) => number {
  const refuse = (message: string) => new SegLossError("INVALID_OPTION", `${what}: option tolerance ${message}`);
  if (given === null) throw refuse("must be given: a number of at least 0, or one per column, in units of spacing");
  if (typeof given === "number") return () => given;
  if (given.length !== labels.length)
    throw refuse(`must hold ${labels.length} numbers, one per column of perClass, got ${given.length}`);
  return (c) => given[c];
}

/** The share of both surfaces, or of one, that the other is near. */
export const nearShare = (surfaces: Surfaces, way: Direction, most: number): number =>
  directed(
    surfaces,
    way,
    (distances) => distances.within(most) / distances.count,
    () =>
      (surfaces.fromPred.within(most) + surfaces.fromTarget.within(most)) /
      (surfaces.fromPred.count + surfaces.fromTarget.count),
  );

const diceOptions = { ...tolerance, ...direction, ...distance, ...empty } as const satisfies Options;

export const normalizedSurfaceDice = declareMetric({
  name: "normalizedSurfaceDice",
  also: ["nsd"],
  title: "Normalised surface Dice",
  formula: "the share of both surfaces' pixels that are no farther than the tolerance from the other surface",
  best: "highest",
  surfaces: "shares",
  options: diceOptions,
  score: byPair<typeof diceOptions>(
    [],
    (pair, o, c, scene) => {
      const { pred, target } = pair.filled;
      if (!pred || !target) return { score: pred || target ? 0 : o.emptyScore };
      return { score: nearShare(surfacesOf(pair, scene, o), o.direction, toleranceOf(scene, o.tolerance)(c)) };
    },
    (scene, o) => {
      checkSpacing(scene, o);
      toleranceOf(scene, o.tolerance);
    },
  ),
});

import { copied, distancesTo } from "../bindings/masks/distance.js";
import type { Options } from "../options/options.js";
import { empty } from "./confusion.js";
import { declareMetric, type Scene } from "./declaration.js";
import { Distances, type Surfaces, type Window } from "./distances.js";
import type { MaskPair } from "./pair.js";
import { byPair } from "./tables.js";

const ones = (axes: number) => new Array<number>(axes).fill(1);

/** What images and volumes have and lines do not. */
export function refuseLines({ geometry, unsupported }: Scene): void {
  if (geometry.spatial.length === 1) unsupported("takes images and volumes, got one spatial axis");
}

export const boundaryIou = declareMetric({
  name: "boundaryIou",
  title: "Boundary IoU",
  formula: "intersection over union of the bands of width d inside each side's boundary",
  best: "highest",
  surfaces: "shares",
  options: {
    dilationRatio: { type: "number", min: 0, default: 0.02, meaning: "the width d as a share of the image's diagonal" },
    width: {
      type: "number",
      integer: true,
      min: 1,
      default: null,
      meaning: "the width d in pixels (overrides dilationRatio)",
    },
    ...empty,
  },
  score: byPair([], (pair, o) => {
    const width = o.width ?? Math.max(1, Math.floor(o.dilationRatio * Math.hypot(...pair.image) + 0.5)),
      { both, either } = pair.bands(width);
    return { score: either > 0 ? both / either : o.emptyScore };
  }),
});

/** 1 at pixels that differ from the next in the row, in the column or across. */
function betweenMask(mask: Uint8Array, [height, width]: readonly number[]): Uint8Array {
  const out = new Uint8Array(mask.length);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const right = x + 1 < width,
        down = y + 1 < height;
      if (
        (right && mask[i] !== mask[i + 1]) ||
        (down && mask[i] !== mask[i + width]) ||
        (right && down && mask[i] !== mask[i + width + 1])
      )
        out[i] = 1;
    }
  return out;
}

/** Distances in pixels between the boundaries that lie between pixels; of one that is nowhere, nothing. */
function betweenSurfaces({ kernels }: Scene, { pred, target, spatial }: Window): Surfaces {
  const [p, t] = [betweenMask(pred, spatial), betweenMask(target, spatial)],
    distances = (from: Uint8Array, to: Uint8Array) =>
      new Distances(distancesTo(kernels, copied(kernels, to), spatial, ones(2), copied(kernels, from)));
  return { fromPred: distances(p, t), fromTarget: distances(t, p) };
}

const boundaryOptions = {
  boundary: {
    type: "choice",
    values: ["inner", "between"],
    default: "inner",
    meaning: "pixels of the class that touch others, or pixels whose next ones differ (2-D; DAVIS)",
  },
  tolerance: {
    type: "number",
    min: 0,
    default: null,
    meaning: "how many pixels apart boundaries agree (overrides toleranceRatio)",
  },
  toleranceRatio: {
    type: "number",
    min: 0,
    max: 1,
    aboveMin: true,
    belowMax: true,
    default: 0.008,
    meaning: "the same as a share of the image's diagonal, rounded up",
  },
  ...empty,
} as const satisfies Options;

export const boundaryF = declareMetric({
  name: "boundaryF",
  title: "Boundary F-measure",
  formula: "2 p r / (p + r): p, r: the share of the prediction's, the target's boundary that is near the other",
  best: "highest",
  surfaces: "shares",
  options: boundaryOptions,
  results: {
    precision: { shape: "[B, C']", meaning: "the share of the prediction's boundary" },
    recall: { shape: "[B, C']", meaning: "the share of the target's boundary" },
  },
  score: byPair<typeof boundaryOptions, "precision" | "recall">(
    ["precision", "recall"],
    (pair, o, _, scene) => {
      const reach = o.tolerance ?? Math.ceil(o.toleranceRatio * Math.hypot(...pair.image) - 1e-9),
        lists = o.boundary === "between" ? betweenLists(scene, pair) : innerLists(pair),
        near = (list: Distances | number) => (typeof list === "number" ? list : list.within(reach) / list.count),
        [precision, recall] = [near(lists.fromPred), near(lists.fromTarget)];
      if (Number.isNaN(precision) && Number.isNaN(recall)) return { score: o.emptyScore, precision, recall };
      const sum = precision + recall;
      return { score: sum > 0 ? (2 * precision * recall) / sum : 0, precision, recall };
    },
    (scene, o) => {
      refuseLines(scene);
      if (o.boundary === "between" && scene.geometry.spatial.length === 3)
        scene.unsupported('boundary "between" takes images only, got volumes; use "inner"');
    },
  ),
});

/** A share that is known where a side has no boundary: none of its own, or none to be near to. */
type Lists = Readonly<Record<keyof Surfaces, Distances | number>>;

function sharesWhereEmpty(pred: boolean, target: boolean): Lists {
  return { fromPred: pred ? 0 : Number.NaN, fromTarget: target ? 0 : Number.NaN };
}

function innerLists(pair: MaskPair): Lists {
  const { pred, target } = pair.filled;
  return pred && target ? pair.surfaces(ones(pair.image.length)) : sharesWhereEmpty(pred, target);
}

function betweenLists(scene: Scene, pair: MaskPair): Lists {
  if (!pair.filled.pred && !pair.filled.target) return sharesWhereEmpty(false, false);
  const surfaces = betweenSurfaces(scene, pair.window(1)),
    [pred, target] = [surfaces.fromPred.count > 0, surfaces.fromTarget.count > 0];
  return pred && target ? surfaces : sharesWhereEmpty(pred, target);
}

const trimapOptions = {
  width: { type: "number", min: 0, aboveMin: true, default: 5, meaning: "how far the band reaches, in pixels" },
  around: {
    type: "choice",
    values: ["class", "labels"],
    default: "class",
    meaning: "the band around the class's own boundary, or around those of all classes",
  },
  ...empty,
} as const satisfies Options;

export const trimapIou = declareMetric({
  name: "trimapIou",
  title: "Trimap IoU",
  formula: "|P and T and band| / |(P or T) and band|, the band being what lies near the target's boundary",
  best: "highest",
  surfaces: "shares",
  options: trimapOptions,
  score: byPair(
    [],
    (pair, { width, around, emptyScore }) => {
      const { both, either } = pair.inBand(width, around);
      return { score: either > 0 ? both / either : emptyScore };
    },
    refuseLines,
  ),
});

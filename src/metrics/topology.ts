import type { Options } from "../options/options.js";
import { connectivityWords } from "../options/shared.js";
import { findBetti } from "../topology/betti.js";
import { sizesOf } from "../topology/grid.js";
import { findSkeleton } from "../topology/skeleton.js";
import { refuseLines } from "./boundaries.js";
import { empty } from "./confusion.js";
import { declareMetric } from "./declaration.js";
import type { Part } from "./pair.js";
import { byPair, table } from "./tables.js";

/** How many pixels are in both. */
function common(a: Uint8Array, b: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) count += a[i] & b[i];
  return count;
}

/** Betti numbers of a mask: the sums of those of its parts. */
function bettiOf(parts: Iterable<Part>, axes: 2 | 3, connectivity: "face" | "full"): number[] {
  const sum = new Array<number>(axes).fill(0);
  for (const { own, spatial } of parts)
    for (const [k, n] of findBetti(own, sizesOf(spatial), axes, connectivity).entries()) sum[k] += n;
  return sum;
}

const skeletonOptions = {
  skeleton: {
    type: "choice",
    values: ["zhang", "lee"],
    default: null,
    meaning: "Zhang and Suen's thinning (default in 2-D), or Lee's, Kashyap's and Chu's (default in 3-D)",
  },
  ...empty,
} as const satisfies Options;

export const centerlineDice = declareMetric({
  name: "centerlineDice",
  also: ["clDice"],
  title: "Centre line Dice (clDice)",
  formula: "2 p s / (p + s): p = |K_P and T| / |K_P|, s = |K_T and P| / |K_T|, K the masks' skeletons",
  best: "highest",
  options: skeletonOptions,
  results: {
    precision: { shape: "[B, C']", meaning: "the share of the prediction's skeleton in the target" },
    sensitivity: { shape: "[B, C']", meaning: "the share of the target's skeleton in the prediction" },
  },
  score: byPair<typeof skeletonOptions, "precision" | "sensitivity">(
    ["precision", "sensitivity"],
    (pair, o) => {
      const { pred, target } = pair.filled,
        share = (side: "pred" | "target") => {
          let [line, lineInside, all, allInside] = [0, 0, 0, 0];
          for (const { own, other, spatial } of pair.parts(side)) {
            const skeleton = new Uint8Array(own.length),
              method = o.skeleton ?? (spatial.length === 2 ? "zhang" : "lee");
            findSkeleton(own, sizesOf(spatial), method, skeleton, spatial.length === 3 && pair.image[0] > 1);
            line += common(skeleton, skeleton);
            lineInside += common(skeleton, other);
            all += common(own, own);
            allInside += common(own, other);
          }
          // Thinning can take all of a small object; then it is its own centre line.
          return line > 0 ? lineInside / line : allInside / all;
        };
      if (!pred && !target) return { score: o.emptyScore, precision: Number.NaN, sensitivity: Number.NaN };
      const precision = pred ? share("pred") : Number.NaN,
        sensitivity = target ? share("target") : Number.NaN;
      if (!pred || !target) return { score: 0, precision, sensitivity };
      const sum = precision + sensitivity;
      return { score: sum > 0 ? (2 * precision * sensitivity) / sum : 0, precision, sensitivity };
    },
    (scene, { skeleton }) => {
      refuseLines(scene);
      if (skeleton === "zhang" && scene.geometry.spatial.length === 3)
        scene.unsupported('skeleton "zhang" takes images only, got volumes; use "lee"');
    },
  ),
});

export const bettiError = declareMetric({
  name: "bettiError",
  title: "Betti number error",
  formula: "sum over k of |b_k(P) - b_k(T)|: b_0 the parts, b_1 the holes or tunnels, b_2 the cavities",
  best: "lowest",
  options: {
    connectivity: {
      type: "choice",
      values: ["face", "full"],
      words: connectivityWords,
      default: "full",
      meaning: "which pixels touch: across faces, or also across edges and corners",
    },
    dimension: {
      type: "number",
      integer: true,
      min: 0,
      max: 2,
      default: null,
      meaning: "the one k whose difference is taken (default: all)",
    },
  },
  results: {
    predBetti: { shape: "[B, C', D]", meaning: "the prediction's Betti numbers" },
    targetBetti: { shape: "[B, C', D]", meaning: "the target's" },
    perDimension: { shape: "[B, C', D]", meaning: "how far they are apart" },
  },
  score(scene, { connectivity, dimension }) {
    refuseLines(scene);
    const axes = scene.geometry.spatial.length as 2 | 3,
      perClass = table(scene),
      [predBetti, targetBetti, perDimension] = [table(scene, axes), table(scene, axes), table(scene, axes)];
    if (dimension !== null && dimension >= axes)
      scene.unsupported(`dimension must be 0 or 1 where there are 2 spatial axes, got ${dimension}`);
    return {
      pair(b, c, pair) {
        const at = b * scene.labels.length + c,
          [p, t] = [bettiOf(pair.parts("pred"), axes, connectivity), bettiOf(pair.parts("target"), axes, connectivity)],
          apart = p.map((n, k) => Math.abs(n - t[k]));
        predBetti.set(p, at * axes);
        targetBetti.set(t, at * axes);
        perDimension.set(apart, at * axes);
        perClass[at] = dimension === null ? apart.reduce((sum, n) => sum + n, 0) : apart[dimension];
      },
      found: () => ({ perClass, predBetti, targetBetti, perDimension }),
    };
  },
});

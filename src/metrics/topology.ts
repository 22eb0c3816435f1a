import type { Options } from "../options/options.js";
import { findBetti } from "../topology/betti.js";
import { sizesOf } from "../topology/grid.js";
import { findSkeleton } from "../topology/skeleton.js";
import { refuseLines } from "./boundaries.js";
import { empty } from "./confusion.js";
import { declareMetric } from "./declaration.js";
import { byPair, table } from "./tables.js";

/** How many pixels are in both. */
function common(a: Uint8Array, b: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) count += a[i] & b[i];
  return count;
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
        share = (own: Uint8Array, other: Uint8Array, spatial: readonly number[]) => {
          const sizes = sizesOf(spatial),
            skeleton = new Uint8Array(own.length),
            method = o.skeleton ?? (spatial.length === 2 ? "zhang" : "lee");
          findSkeleton(own, sizes, method, skeleton, spatial.length === 3 && pair.image[0] > 1);
          // Thinning can take all of a small object; then it is its own centre line.
          const line = skeleton.includes(1) ? skeleton : own;
          return common(line, other) / common(line, line);
        };
      if (!pred && !target) return { score: o.emptyScore, precision: Number.NaN, sensitivity: Number.NaN };
      const window = pair.window(),
        precision = pred ? share(window.pred, window.target, window.spatial) : Number.NaN,
        sensitivity = target ? share(window.target, window.pred, window.spatial) : Number.NaN;
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
        const { pred, target, spatial } = pair.window(),
          find = (mask: Uint8Array) => findBetti(mask, sizesOf(spatial), axes, connectivity),
          at = b * scene.labels.length + c,
          [p, t] = [find(pred), find(target)],
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

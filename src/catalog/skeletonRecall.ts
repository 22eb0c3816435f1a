import { masked, skeletonBand, type Within } from "../targets/skeletonBand.js";
import { readMask } from "../tensors/extras.js";
import type { LabelArray } from "../tensors/shape.js";
import { bandTerm } from "../terms/skeletonRecall.js";
import { batch, classAverageOptions, declare, smoothing } from "./declaration.js";

/**
 * $$
 * L_c = 1 - \frac{\sum_n p_{nc}\, S_{nc} + s}{\sum_n S_{nc} + s}, \qquad S_{nc} = t_{nc}\, \beta_n
 * $$
 *
 * - $\beta_n$: 1 within `tube` pixels of the skeleton of all foreground together
 * - $L_c$: loss of class $c$; classes but 0 are averaged with weights $w_c$
 *
 * Beside the survey: Not in it. It says nothing of false positives: a weighted sum with dice or cross entropy, as in
 * the paper, does.
 */
export const skeletonRecall = declare({
  name: "skeletonRecall",
  title: "Skeleton recall loss",
  category: "region",
  formula: "1 - (sum p S + s) / (sum S + s), S the target's pixels near its skeleton",
  reference: {
    authors: "Kirchhoff, Rokuss, Roy, Kovacs, Ulrich, Wald, Zenk, Vollmuth, Kleesiek, Isensee, Maier-Hein",
    title:
      "Skeleton Recall Loss for Connectivity Conserving and Resource Efficient Segmentation of Thin Tubular Structures",
    year: 2024,
    url: "https://arxiv.org/abs/2404.03010",
  },
  options: {
    tube: {
      type: "number",
      integer: true,
      min: 0,
      default: 2,
      meaning: "by how many pixels the skeleton is grown; 0 leaves it as thin as it is",
    },
    method: {
      type: "choice",
      values: ["zhang", "lee"],
      default: null,
      meaning: "Zhang's and Suen's thinning (default of images; of them only), or Lee's (default of volumes)",
    },
    ...smoothing(1e-5),
    classWeights: classAverageOptions.classWeights,
    classes: classAverageOptions.classes,
    batch,
  },
  extras: ["skeleton"],
  needs: { labels: true },
  prepares: "classes",
  advantages: ["keeps thin structures connected for hardly more than a recall", "the skeleton is of the target alone"],
  disadvantages: ["blind to false positives: it needs a partner"],
  useCases: ["vessels, roads, cracks and nerves, beside dice or cross entropy"],
  plan(o, context) {
    const { geometry, targetMap, extra, unsupported } = context,
      { classes, spatial, batch } = geometry,
      given = extra("skeleton");
    if (!given && spatial.length === 1)
      unsupported("needs images or volumes, got one spatial axis; the extra input skeleton may stand for its own");
    if (o.method === "zhang" && spatial.length > 2) unsupported('method "zhang" takes images only; use "lee"');
    const method = o.method ?? (spatial.length > 2 ? "lee" : "zhang"),
      made = (name: string, within?: Within) =>
        targetMap(`${name} ${classes}`, ({ labels }) =>
          skeletonBand(labels as LabelArray, geometry, o.ignoreIndex, within),
        );
    const band = given
      ? masked(made("objects"), readMask("skeletonRecall: skeleton", given, [batch, ...spatial]), geometry)
      : made("band", { tube: o.tube, method });
    const average = { ...o, includeBackground: classes === 1 };
    return [bandTerm("skeletonRecall", [o.smoothNumerator, o.smoothDenominator], band, average, context)];
  },
});

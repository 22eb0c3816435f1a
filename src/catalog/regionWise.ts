import { rectified, signedDistance } from "../bindings/masks/distance.js";
import type { PlanContext } from "../engine/plan.js";
import { spacing } from "../options/shared.js";
import { type ClassMap, classMaps, givenMap, liveMap } from "../targets/maps.js";
import { mapContext, mapTerm } from "../terms/make.js";
import { declare, mapOptions } from "./declaration.js";

function customMap({ extra, geometry, unsupported }: PlanContext): ClassMap {
  if (!extra("regionMap")) return unsupported('map "custom" needs the extra input regionMap, of pred\'s shape');
  return givenMap("regionWise: regionMap", () => extra("regionMap"), geometry);
}

/**
 * $$
 * L = \frac{\sum_c w_c \sum_n Z_{nc}\, p_{nc}}{N \sum_c w_c},
 * \qquad Z_{nc} = \begin{cases} -d_{nc} / \max_m d_{mc} & y_n = c \\ 1 & \text{else} \end{cases}
 * $$
 *
 * - $d_{nc}$: distance from pixel $n$ to the nearest pixel outside class $c$
 * - $Z_{nc}$: the map: `map` chooses another, or the extra input `regionMap` [B, C, ...spatial]
 *
 * Beside the survey: It prints a sum; the authors' code averages over samples, classes and pixels, and is followed.
 */
export const regionWise = declare({
  name: "regionWise",
  title: "Region-wise loss",
  category: "boundary",
  formula: "mean of Z p, Z a map of the target's regions: -d / max d inside, 1 outside",
  reference: {
    authors: "Valverde, Tohka",
    title: "Region-wise Loss for Biomedical Image Segmentation",
    year: 2021,
    url: "https://arxiv.org/abs/2108.01405",
  },
  options: {
    ...mapOptions,
    spacing: { ...spacing, when: { map: ["rectified", "boundary"] } },
    map: {
      type: "choice",
      values: ["rectified", "boundary", "custom"],
      default: "rectified",
      meaning:
        "rectified: stable to train from the start; boundary: signed distances; custom: the extra input regionMap",
    },
  },
  extras: ["regionMap"],
  prepares: "classes",
  advantages: ["class imbalance and pixel importance in one map", "trains without a second loss"],
  disadvantages: [
    "inside an object the weight depends on its thickness",
    "a distance transform per class and target (prepare keeps it)",
  ],
  useCases: ["biomedical images where borders matter less than cores, or with a map of one's own"],
  plan(o, context) {
    const { classes } = context.geometry;
    if (o.map !== "custom" && context.extra("regionMap"))
      context.unsupported('the extra input regionMap needs map "custom"');
    const formula = o.map === "rectified" ? rectified : signedDistance(0);
    const map =
      o.map === "custom"
        ? customMap(context)
        : liveMap(
            context.kernels,
            context.targetMap(`region-wise ${classes}`, (target) => classMaps(target, mapContext(o, context), formula)),
          );
    return [mapTerm("boundary", map, o, context, { sweeps: true })];
  },
});

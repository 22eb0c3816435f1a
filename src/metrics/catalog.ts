import type { MetricOptionsOf } from "./declaration.js";
import { dice, iou, sensitivity, specificity } from "./overlap.js";
import { averageSymmetricSurfaceDistance, boundaryIou, hausdorffDistance } from "./surfaces.js";

/** Every metric. */
export const metricCatalog = [
  dice,
  iou,
  sensitivity,
  specificity,
  hausdorffDistance,
  averageSymmetricSurfaceDistance,
  boundaryIou,
] as const;

type Entry = (typeof metricCatalog)[number];
export type MetricName = Entry["name"];
/** The options of each metric, by its name. */
export type MetricOptions = { [E in Entry as E["name"]]: MetricOptionsOf<E> };

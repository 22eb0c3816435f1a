import { accuracy, balancedAccuracy, cohensKappa, confusionMatrix, matthewsCorrelation } from "./agreement.js";
import { boundaryF, boundaryIou, trimapIou } from "./boundaries.js";
import {
  averageCalibrationError,
  brierScore,
  expectedCalibrationError,
  maximumCalibrationError,
  negativeLogLikelihood,
} from "./calibration.js";
import type { MetricOptionsOf, MetricResultOf } from "./declaration.js";
import { lesionWiseDice, lesionWiseHausdorffDistance, lesionWiseSurfaceDice } from "./lesions.js";
import { averagePrecision, instanceF1, panopticQuality } from "./objects.js";
import {
  dice,
  falsePositiveRate,
  fBeta,
  iou,
  negativePredictiveValue,
  precision,
  sensitivity,
  specificity,
} from "./overlap.js";
import {
  averageSymmetricSurfaceDistance,
  hausdorffDistance,
  meanSurfaceDistance,
  normalizedSurfaceDice,
} from "./surfaces.js";
import { bettiError, centerlineDice } from "./topology.js";
import { volumeDifference, volumeSimilarity } from "./volumes.js";

/** Every metric. */
export const metricCatalog = [
  dice,
  iou,
  sensitivity,
  specificity,
  precision,
  fBeta,
  negativePredictiveValue,
  falsePositiveRate,
  accuracy,
  balancedAccuracy,
  matthewsCorrelation,
  cohensKappa,
  confusionMatrix,
  hausdorffDistance,
  averageSymmetricSurfaceDistance,
  meanSurfaceDistance,
  normalizedSurfaceDice,
  boundaryIou,
  boundaryF,
  trimapIou,
  volumeDifference,
  volumeSimilarity,
  centerlineDice,
  bettiError,
  expectedCalibrationError,
  averageCalibrationError,
  maximumCalibrationError,
  brierScore,
  negativeLogLikelihood,
  panopticQuality,
  instanceF1,
  averagePrecision,
  lesionWiseDice,
  lesionWiseSurfaceDice,
  lesionWiseHausdorffDistance,
] as const;

type Entry = (typeof metricCatalog)[number];
export type MetricName = Entry["name"];
/** The options of each metric, by its name. */
export type MetricOptions = { [E in Entry as E["name"]]: MetricOptionsOf<E> };
/** What each metric gives, by its name. */
export type MetricResults = { [E in Entry as E["name"]]: MetricResultOf<E> };

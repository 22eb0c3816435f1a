import { refuseImprobable } from "../tensors/probabilities.js";
import type { Job } from "./job.js";

type Target = Pick<Job, "geometry" | "labels" | "soft" | "voids" | "pixelWeights"> & {
  readonly ignoreIndex?: number | null | undefined;
};

/** Whether pixel i of sample b counts, until the module's memory grows. */
export function counting(job: Target): (b: number, i: number) => boolean {
  const targeted = countingTarget(job),
    weights = job.pixelWeights?.();
  return weights ? (b, i) => weights[b * job.geometry.pixels + i] !== 0 && targeted(b, i) : targeted;
}

function countingTarget({ geometry, labels, soft, voids, ignoreIndex }: Target): (b: number, i: number) => boolean {
  const { classes, pixels, channelsLast } = geometry,
    [perClass, perPixel] = channelsLast ? [1, classes] : [pixels, 1],
    data = labels?.(),
    planes = voids ? soft?.() : undefined;
  if (data) return (b, i) => data[b * pixels + i] !== ignoreIndex;
  if (!planes) return () => true;
  return (b, i) => {
    const first = b * classes * pixels + i * perPixel;
    for (let c = 0; c < classes; c++) if (planes[first + c * perClass] !== 0) return true;
    return false;
  };
}

/** Refuses numbers that can be no probabilities, where no tile is staged; those that are, the kernels check. */
export function checkPred(job: Job): void {
  const { probabilities, geometry, pred } = job,
    { batch, pixels } = geometry;
  if (probabilities === undefined) return;
  const counts = counting(job);
  for (let b = 0; b < batch; b++)
    refuseImprobable(pred(), geometry, probabilities, { b, first: 0, count: pixels }, (i) => counts(b, i));
}

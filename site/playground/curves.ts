import { catalog, metricCatalog, type SegLoss } from "segloss";
import { required } from "./metricList.js";
import type { CurvePoint } from "./protocol.js";

const SIDE = 96,
  CENTRE = 47.5,
  SURE = 4;
/** From no error to the largest. */
export const STEPS = 12;

/** Objects and errors of the survey's figure, and how much of each error one step is. */
export const objects = { large: 26, small: 7 } as const;
export const errors = {
  falseNegatives: "share of the object that is missed",
  falsePositives: "false objects, as a share of the object",
  shift: "shift, in object radii",
  erosion: "erosion, as a share of the radius",
} as const;
/** Losses and metrics by the names of their lines. */
export const names: readonly string[] = [
  ...catalog.map(({ name }) => name),
  ...metricCatalog.map(({ name }) => `metrics.${name}`),
];
export type ErrorName = keyof typeof errors;
export type ObjectName = keyof typeof objects;

/** How much of the error there is at a step, from 0 to 1. */
export const amount = (step: number): number => step / STEPS;

/** Whether a pixel is predicted to be the object: the truth, but for the error. */
function predicted(error: ErrorName, radius: number, share: number, x: number, y: number): number {
  const inside = radius - Math.hypot(x - CENTRE, y - CENTRE),
    soft = (distance: number) => Math.max(-SURE, Math.min(SURE, 4 * distance));
  switch (error) {
    // A slice of the disc is missed, from the left.
    case "falseNegatives":
      return Math.min(soft(inside), share === 0 ? SURE : soft(x - (CENTRE - radius + 2 * radius * share)));
    // A second disc in the corner, of that share of the object's area.
    case "falsePositives":
      return Math.max(
        soft(inside),
        share === 0 ? -SURE : soft(radius * 0.7 * Math.sqrt(share) - Math.hypot(x - 15, y - 15)),
      );
    case "shift":
      return soft(radius - Math.hypot(x - CENTRE - share * radius, y - CENTRE));
    case "erosion":
      return share === 1 ? -SURE : soft(inside - share * radius);
  }
}

/** Every loss and metric along every error, for both objects. */
export async function* curves(seg: SegLoss): AsyncGenerator<{ points: readonly CurvePoint[] }> {
  const plane = SIDE * SIDE,
    logits = new Float32Array(2 * plane),
    pred = { data: logits, shape: [1, 2, SIDE, SIDE] };
  await seg.loadInverseForm(new URL("inverse-form.bin", location.href));
  for (const [object, radius] of Object.entries(objects)) {
    const labels = new Uint8Array(plane).map((_, i) =>
        Math.hypot((i % SIDE) - CENTRE, Math.floor(i / SIDE) - CENTRE) <= radius ? 1 : 0,
      ),
      target = { data: labels, shape: [1, SIDE, SIDE] },
      losses = catalog.map(({ name }) => {
        const loss = seg.create(name);
        return { name, loss, target: loss.prepare(target) };
      });
    for (const error of Object.keys(errors) as ErrorName[])
      for (let step = 0; step <= STEPS; step++) {
        for (let i = 0; i < plane; i++) {
          const z = predicted(error, radius, amount(step), i % SIDE, Math.floor(i / SIDE));
          logits[i] = -z / 2;
          logits[plane + i] = z / 2;
        }
        const values: Record<string, number> = {};
        for (const each of losses) values[each.name] = each.loss.value(pred, each.target);
        for (const metric of metricCatalog)
          values[`metrics.${metric.name}`] = seg.metrics[metric.name](
            pred,
            target,
            required(metric) as never,
          ).perClass[1];
        yield { points: [{ object, error, step, values }] };
      }
  }
}

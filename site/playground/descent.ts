import type { Loss, SegLoss } from "segloss";
import type { Picture } from "./picture.js";
import type { LaneStep, Tasks, Wanted } from "./protocol.js";

interface Lane {
  readonly wanted: Wanted;
  readonly logits: Float32Array;
  /** Logits for each unit of gradient. */
  factor?: number;
  step: number;
  stopped?: string;
}
type Prepare = (
  seg: SegLoss,
  wanted: Wanted,
  picture: Picture,
) => Promise<{ loss: Loss; target: ReturnType<Loss["prepare"]> }>;

let lanes: Lane[] = [];

/**
 * Plain descent. Losses are of different sizes, so each has its own rate: the pixel that is pulled hardest moves by
 * `rate` logits in the first step. How the others fare beside it is what tells losses apart.
 */
function descendOnce(lane: Lane, grad: Float32Array, rate: number): void {
  lane.factor ??= rate / grad.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  for (let i = 0; i < grad.length; i++) lane.logits[i] -= lane.factor * grad[i];
}

/** Descends on the prediction itself, all lanes in step. */
export async function* descend(
  seg: SegLoss,
  ask: Tasks["descend"]["ask"],
  prepared: Prepare,
): AsyncGenerator<Tasks["descend"]["part"]> {
  const { picture, losses, rate, steps, restart, metrics, spacing } = ask,
    { classes, height, width } = picture,
    shape = [1, classes, height, width],
    target = { data: picture.target, shape: [1, height, width] };
  if (restart || lanes.length === 0)
    lanes = losses.map((wanted) => ({ wanted, logits: picture.logits.slice(), step: 0 }));
  for (let n = 0; n < steps; n++) {
    const done: LaneStep[] = [];
    for (const lane of lanes) {
      if (lane.stopped) continue;
      const pred = { data: lane.logits, shape },
        { name } = lane.wanted;
      let answer: { value: number; grad: Float32Array };
      try {
        const { loss, target: own } = await prepared(seg, lane.wanted, picture);
        answer = loss.valueAndGrad(pred, own);
      } catch (error) {
        // The other lanes go on.
        lane.stopped = (error as Error).message;
        const none = { value: Number.NaN, norm: Number.NaN, dice: Number.NaN, distance: Number.NaN };
        done.push({ name, step: lane.step, ...none, stopped: lane.stopped });
        continue;
      }
      const { value, grad } = answer;
      let sum = 0;
      for (const g of grad) sum += g * g;
      const norm = Math.sqrt(sum);
      if (!Number.isFinite(value) || !Number.isFinite(norm)) lane.stopped = "diverged";
      else if (norm === 0) lane.stopped = "no gradient anywhere";
      const score = (metric: "dice" | "hausdorffDistance", more = {}) =>
        seg.metrics[metric](pred, target, { includeBackground: false, ...metrics, ...more }).value;
      done.push({
        name,
        step: lane.step,
        value,
        norm,
        dice: score("dice"),
        distance: score("hausdorffDistance", spacing && { spacing }),
        logits: lane.logits.slice(),
        stopped: lane.stopped,
      });
      if (!lane.stopped) descendOnce(lane, grad, rate);
      lane.step++;
    }
    if (done.length === 0) return;
    yield { steps: done };
  }
}

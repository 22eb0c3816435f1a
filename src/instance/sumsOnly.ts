import type { Engine } from "../engine/engine.js";
import { whyNoSums } from "../engine/gathering.js";
import type { Job } from "../engine/job.js";
import type { PlanContext, Term } from "../engine/plan.js";
import { SegLossError } from "../errors.js";
import { checkNames } from "../options/names.js";
import { pixelWeights } from "../tensors/extras.js";

/** Evaluates a job in the engine's place, from sums over samples; `soft`: whether its target is. */
export type Evaluate = (engine: Engine, job: Job, soft: boolean) => number;

/** A loss is no function of sums over samples. */
export class NoSums extends SegLossError {}

/** Why it is none. */
export const noSums = (name: string, why: string): NoSums =>
  new NoSums("UNSUPPORTED", `${name}: ${why}, so that it is no function of sums that shards can gather`);

/** A plan's context where shards gather: what is made of a shard's target alone is not that of the whole. */
export function withoutMaps(context: PlanContext, name: string): PlanContext {
  const refuse = () => {
    throw noSums(name, "it makes a map of the target");
  };
  return { ...context, targetMap: refuse, keep: refuse };
}

export function checkSums(terms: readonly Term[], name: string): void {
  for (const term of terms) {
    const why = whyNoSums(term);
    if (why) throw noSums(name, `it ${why}`);
  }
}

/** Refuses weights of pixels, and what else a call that keeps sums takes no notice of. */
export const checkKept = (what: string, given: object, known: readonly string[]): void =>
  checkNames(what, given, known, [{ ...pixelWeights, why: "; sums that are kept are of pixels without weights" }]);

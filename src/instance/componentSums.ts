import type { Engine } from "../engine/engine.js";
import type { SampleSums } from "../engine/gathering.js";
import type { Job } from "../engine/job.js";
import type { Extra, PreparedTarget } from "./inputs.js";
import { joined } from "./shards.js";
import { type Evaluate, NoSums } from "./sumsOnly.js";

/** Pixels that are evaluated together: a sample's of label 0, or a component's with what lies around it. */
export interface Patch {
  readonly pred: { readonly data: Float32Array; readonly shape: readonly number[] };
  readonly target: PreparedTarget;
  readonly extra: Extra;
}

/** Evaluates the inner loss of a patch; the gradient is left in `out`. */
export type EvaluatePatch = (patch: Patch, out: Float32Array | undefined, instead?: Evaluate) => number;

const added = (a: Float64Array, b: Float64Array): Float64Array => a.map((each, i) => each + b[i]);

/** The sums of two patches as those of one sample. */
function both(a: SampleSums, b: SampleSums): SampleSums {
  return {
    statistics: {
      valid: added(a.statistics.valid, b.statistics.valid),
      total: added(a.statistics.total, b.statistics.total),
      squared: added(a.statistics.squared, b.statistics.squared),
    },
    overlaps: a.overlaps.map((sums, j) => added(sums, b.overlaps[j])),
    tiles: joined([a.tiles, b.tiles]),
  };
}

type Slopes = Parameters<Engine["differentiate"]>[1];

/** `sum` and `factor` times what a gradient is made of. */
const addSlopes = (sum: Slopes | undefined, { scores, scales }: Slopes, factor: number): Slopes => ({
  scales: scales.map((scale, j) => (sum?.scales[j] ?? 0) + factor * scale),
  scores: scores.map((score, j) => {
    const before = sum?.scores[j].tables;
    return { ...score, tables: score.tables.map((slope, i) => (before?.[i] ?? 0) + factor * slope) };
  }),
});

/**
 * Losses of components whose pixels are each their own and all that have label 0: these are gone over once for their
 * sums and once for the gradient, however many components there are.
 */
export class ComponentSums {
  #slopes?: Slopes;

  private constructor(
    readonly evaluate: EvaluatePatch,
    readonly ground: Patch,
    readonly sums: SampleSums,
  ) {}

  /** Nothing, where the loss is no function of sums over pixels. */
  static of(evaluate: EvaluatePatch, ground: Patch): ComponentSums | undefined {
    let sums: SampleSums | undefined;
    try {
      evaluate(ground, undefined, (engine, job) => {
        sums = engine.gather(job);
        return 0;
      });
    } catch (error) {
      if (error instanceof NoSums) return undefined;
      throw error;
    }
    return sums && new ComponentSums(evaluate, ground, sums);
  }

  /** The loss of a component, of which `out` takes the gradient; `factor` is its own in the gradient elsewhere. */
  add(component: Patch, out: Float32Array | undefined, factor: number): number {
    return this.evaluate(component, out, (engine: Engine, job: Job) => {
      const judged = engine.judge(job, both(this.sums, engine.gather(job)));
      if (job.out) engine.differentiate(job, judged);
      this.#slopes = addSlopes(this.#slopes, judged, factor);
      return judged.value;
    });
  }

  /** Leaves the gradient of the pixels of label 0, of all components. */
  finish(out: Float32Array): void {
    const slopes = this.#slopes;
    if (!slopes) return;
    this.evaluate(this.ground, out, (engine, job) => {
      engine.differentiate(job, slopes);
      return 0;
    });
  }
}

import { SegLossError } from "../errors.js";
import type { PresetShape } from "../presets/declaration.js";
import type { Composition, Fit, Sum } from "./loss.js";

interface SumTerm {
  readonly weight: number;
  readonly sum: Sum;
}

/** Parts of a sum, each of which may be a sum itself; each knows to which of the terms it belongs. */
const weighted = (terms: readonly SumTerm[]): Required<Sum> => ({
  parts: terms.flatMap(({ weight, sum }, term) =>
    sum.parts.map((part) => ({ ...part, weight: weight * part.weight, term })),
  ),
  offset: terms.reduce((total, { weight, sum }) => total + weight * sum.offset, 0),
  offsets: terms.map(({ weight, sum }) => weight * sum.offset),
});

/** How often weights were set: sums of sums see by it that theirs may have changed. */
let changes = 0;

/** A weighted sum of losses; its weights may be set between calls, also while it is a term of another. */
export class WeightedSum implements Composition {
  readonly name = "weightedSum";
  readonly #compositions: readonly Composition[];
  #weights: readonly number[];
  #read = -1;
  #sum: Required<Sum> = weighted([]);

  constructor(terms: readonly { readonly weight: number; readonly composition: Composition }[]) {
    this.#compositions = terms.map(({ composition }) => composition);
    this.#weights = terms.map(({ weight }) => weight);
  }

  setWeights(weights: unknown): void {
    const { length } = this.#weights,
      list = Array.isArray(weights) || ArrayBuffer.isView(weights) ? Array.from(weights as ArrayLike<number>) : [];
    if (list.length !== length || !list.every((weight) => typeof weight === "number" && Number.isFinite(weight))) {
      const shown = list.map((each: unknown) => (typeof each === "string" ? JSON.stringify(each) : String(each))),
        came = shown.length ? `[${shown.join(", ")}]` : String(weights);
      throw new SegLossError(
        "INVALID_OPTION",
        `weightedSum: setWeights takes ${length} finite numbers, one per term, got ${came}`,
      );
    }
    this.#weights = list;
    changes++;
  }

  get options(): Readonly<Record<string, unknown>> {
    return {
      terms: this.#compositions.map(({ name, options }, i) => ({ weight: this.#weights[i], loss: name, options })),
    };
  }

  #terms(sumOf: (composition: Composition) => Sum): SumTerm[] {
    return this.#compositions.map((composition, i) => ({ weight: this.#weights[i], sum: sumOf(composition) }));
  }

  #current(): Required<Sum> {
    if (this.#read !== changes) this.#sum = weighted(this.#terms((composition) => composition));
    this.#read = changes;
    return this.#sum;
  }

  get parts(): Sum["parts"] {
    return this.#current().parts;
  }

  get offset(): number {
    return this.#current().offset;
  }

  get offsets(): readonly number[] {
    return this.#current().offsets;
  }

  get fit(): Fit | undefined {
    const fitting = this.#compositions.find(({ fit }) => fit)?.fit;
    return (
      fitting && {
        layout: fitting.layout,
        spatialDims: fitting.spatialDims,
        sum: (shape: PresetShape) => weighted(this.#terms((composition) => composition.fit?.sum(shape) ?? composition)),
      }
    );
  }
}

/** Sets the weights of a sum. */
export function setWeights(composition: Composition, weights: unknown): void {
  if (!(composition instanceof WeightedSum))
    throw new SegLossError(
      "UNSUPPORTED",
      `${composition.name}: setWeights is of losses that weightedSum made; put this one into such a sum`,
    );
  composition.setWeights(weights);
}

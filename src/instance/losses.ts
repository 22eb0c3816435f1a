import { catalog, type LossName, type LossOptions } from "../catalog/index.js";
import { SegLossError } from "../errors.js";
import { brief } from "../options/names.js";
import { readOptions } from "../options/options.js";
import { activation, ignoreIndex, layout, spatialDims } from "../options/shared.js";
import { presetOf, presetsCalled, readArguments } from "../presets/arguments.js";
import type { Preset, PresetShape, Recipe } from "../presets/declaration.js";
import { type PresetArguments, type PresetName, presets } from "../presets/index.js";
import { type IgnoreIndex, ignoredLabel, ignoredLabels } from "../tensors/ignoredLabels.js";
import { inputsElsewhere, optionsElsewhere, tensorsElsewhere } from "./doors.js";
import type { Composition, Part, Reweighted, Sum } from "./loss.js";
import { WeightedSum } from "./sum.js";
import { declared, readLossOptions } from "./wrapping.js";

/** What a preset is told of the tensors. */
interface PresetTensors {
  /** Where the channels stand (default: "channelsFirst"). */
  readonly layout?: "channelsFirst" | "channelsLast";
  /** Pixels with this label, or one of these labels, contribute nothing. */
  readonly ignoreIndex?: number | readonly number[];
  /** How many spatial axes there are; one has to be said. */
  readonly spatialDims?: 1 | 2 | 3 | null;
  /** What turns pred into probabilities; the preset's own where it is left out. */
  readonly activation?: "softmax" | "sigmoid" | "none";
}

/** What all losses' calls take. */
const plainSums = { extras: [] };
const tensorOptions = { layout, ignoreIndex, spatialDims, activation };

function single<N extends LossName>(name: N, options: LossOptions[N] | undefined): Composition {
  const declaration = declared(name, (asked) => presetsCalled(presets, asked)),
    values = readLossOptions(declaration, options),
    ignored = ignoredLabels((values as { ignoreIndex?: IgnoreIndex }).ignoreIndex),
    planned = { ...values, ignoreIndex: ignoredLabel(ignored) };
  return {
    name,
    options: values,
    // The options of a declaration that is found by name: that all have the common ones, no type says.
    parts: [{ weight: 1, declaration, options: planned as unknown as Part["options"], ignored }],
    offset: 0,
    offsets: declaration.category === "combination" && !declaration.wraps ? [] : undefined,
  };
}

/** A preset's losses; the number that is added to them is of the first. */
function sumOf(name: string, { terms, offset = 0, hard, single: one }: Recipe, tensors: PresetTensors): Sum {
  const several = terms.length > 1,
    own = { hard: hard ? name : undefined, single: one ? name : undefined },
    sums = terms.map(({ loss, options, weight = 1 }, term) => {
      const { parts, offsets } = single(loss, { ...options, ...tensors } as never),
        placed = { ...own, ...(several && { term }) };
      return { offsets, parts: parts.map((part) => ({ ...part, ...placed, weight: weight * part.weight })) };
    });
  return {
    parts: sums.flatMap(({ parts }) => parts),
    offset,
    offsets: several ? sums.map((_, i) => (i === 0 ? offset : 0)) : offset === 0 ? sums[0]?.offsets : undefined,
  };
}

/** Makes losses by name, as another library's, or of others; how they are evaluated is left to `evaluator`. */
export abstract class Losses<L extends { readonly name: string; readonly options: Readonly<Record<string, unknown>> }> {
  readonly #compositions = new WeakMap<object, Composition>();

  constructor() {
    for (const { name } of catalog)
      Object.defineProperty(this, name, { value: (options?: object) => this.create(name, options) });
  }

  /** Throws where losses can no longer be made. */
  protected abstract check(): void;
  protected abstract evaluator(composition: Composition): L;

  #make(composition: Composition): L {
    const loss = this.evaluator(composition);
    this.#compositions.set(loss, composition);
    return loss;
  }

  /** A loss by its name in the catalog. */
  create<N extends LossName>(name: N, options?: LossOptions[N]): L {
    this.check();
    return this.#make(single(name, options));
  }

  /**
   * A loss of another library by its name there, such as "monai.DiceLoss", with that library's arguments
   * (docs/libraries.md has them all). `tensors` says what is about the tensors, not the formula: layout, ignoreIndex,
   * activation, spatialDims.
   */
  preset<N extends PresetName>(name: N, given?: PresetArguments[N], tensors: PresetTensors = {}): L {
    this.check();
    const found = presetOf(presets as readonly unknown[] as readonly Preset[], name, "segloss: there is no preset"),
      values = readArguments(found, given, {
        elsewhere: () => [tensorsElsewhere(name), ...inputsElsewhere(plainSums)],
      }),
      recipe = found.recipe(values as never),
      { layout, ignoreIndex, spatialDims } = readOptions(`${name}: tensors`, tensorOptions, tensors, {
        elsewhere: () => [...optionsElsewhere(name, []), ...inputsElsewhere(plainSums)],
      }),
      options = { ...(values as object), layout, ignoreIndex, spatialDims };
    if (typeof recipe !== "function") return this.#make({ name, options, ...sumOf(name, recipe, tensors) });
    const sum = (shape: PresetShape) => sumOf(name, recipe(shape), tensors);
    return this.#make({ name, options, parts: [], offset: 0, fit: { layout, spatialDims, sum } });
  }

  /**
   * A weighted sum of losses made here: value and gradient add up. `valueAndGrad` also tells each term's share of the
   * value (`terms`), and `setWeights` changes the weights between calls.
   */
  weightedSum(terms: readonly { readonly weight: number; readonly loss: L }[]): L & Reweighted {
    this.check();
    const refuse = (what: string): never => {
      throw new SegLossError("INVALID_OPTION", `weightedSum: terms${what}`);
    };
    if (!Array.isArray(terms)) refuse(` must be a list of { weight, loss }, got ${String(terms)}`);
    const read = terms.map((term: unknown, i) => {
      const bare = typeof term === "object" && term !== null && this.#compositions.has(term);
      if (bare || term === null || typeof term !== "object" || Array.isArray(term))
        return refuse(`[${i}] must be { weight, loss }, got ${bare ? "a loss without a weight" : brief(term)}`);
      const { weight, loss } = term as { weight: unknown; loss: object };
      if (typeof weight !== "number" || !Number.isFinite(weight)) {
        return refuse(`[${i}].weight must be a number (setWeights changes it), got ${brief(weight)}`);
      }
      const composition = this.#compositions.get(loss);
      if (!composition) {
        const came = typeof loss === "function" ? "a function, perhaps the one that makes it: call it" : brief(loss);
        return refuse(`[${i}].loss must be a loss made by this instance, such as seg.dice(), got ${came}`);
      }
      return { weight, composition };
    });
    // That losses of weightedSum have the method, both evaluators see to.
    return this.#make(new WeightedSum(read)) as L & Reweighted;
  }
}

/** One method per loss of the catalog. */
export type LossMethods<L> = { [N in LossName]: (options?: LossOptions[N]) => L };

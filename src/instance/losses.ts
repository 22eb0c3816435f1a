import type { Declaration } from "../catalog/declaration.js";
import { catalog, type LossName, type LossOptions } from "../catalog/index.js";
import { SegLossError } from "../errors.js";
import { readOptions, suggestion } from "../options/options.js";
import type { Preset } from "../presets/declaration.js";
import { type PresetArguments, type PresetName, presets } from "../presets/index.js";
import { type IgnoreIndex, ignoredLabel, ignoredLabels } from "../tensors/ignoredLabels.js";
import type { Composition, Part } from "./loss.js";

/** What a preset is told of the tensors. */
interface PresetTensors {
  readonly layout?: "channelsFirst" | "channelsLast";
  readonly ignoreIndex?: number | readonly number[];
  readonly spatialDims?: number | null;
  readonly activation?: "softmax" | "sigmoid" | "none";
}

/** A declared loss by its name. */
export function declared(name: string): Declaration {
  const found = (catalog as readonly Declaration[]).find((entry) => entry.name === name);
  if (found) return found;
  const names = catalog.map((entry) => entry.name);
  throw new SegLossError(
    "INVALID_OPTION",
    `segloss: there is no loss ${JSON.stringify(name)}${suggestion(String(name), names)} (losses: ${names.join(", ")})`,
  );
}

function single<N extends LossName>(name: N, options: LossOptions[N] | undefined): Composition {
  const declaration = declared(name),
    values = readOptions(name, declaration.options, options),
    ignored = ignoredLabels((values as { ignoreIndex?: IgnoreIndex }).ignoreIndex),
    planned = { ...values, ignoreIndex: ignoredLabel(ignored) };
  return {
    name,
    options: values,
    parts: [{ weight: 1, declaration, options: planned as unknown as Part["options"], ignored }],
    offset: 0,
  };
}

/** Parts of a sum, each of which may be a sum itself. */
const weighted = (terms: readonly { readonly weight: number; readonly composition: Composition }[]) =>
  terms.flatMap(({ weight, composition }) =>
    composition.parts.map((part) => ({ ...part, weight: weight * part.weight })),
  );

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
   * A loss of another library by its name there, such as "monai.DiceLoss", with that library's arguments (LIBRARIES.md
   * has them all). `tensors` says what is about the tensors, not the formula: layout, ignoreIndex,
   * activation, spatialDims.
   */
  preset<N extends PresetName>(name: N, given?: PresetArguments[N], tensors: PresetTensors = {}): L {
    this.check();
    const found = (presets as readonly unknown[] as readonly Preset[]).find((each) => each.name === name);
    if (!found) {
      const names = presets.map((each) => each.name);
      throw new SegLossError(
        "INVALID_OPTION",
        `segloss: there is no preset ${JSON.stringify(name)}${suggestion(String(name), names)} (presets: ${names.join(", ")})`,
      );
    }
    const values = readOptions(name, found.arguments, given),
      { terms, offset = 0 } = found.recipe(values as never),
      parts = weighted(
        terms.map(({ loss, options, weight = 1 }) => ({
          weight,
          composition: single(loss, { ...options, ...tensors } as never),
        })),
      );
    const { layout = "channelsFirst", ignoreIndex = null, spatialDims = null } = tensors;
    return this.#make({ name, options: { ...(values as object), layout, ignoreIndex, spatialDims }, parts, offset });
  }

  /** A weighted sum of losses made here: value and gradient add up. */
  weightedSum(terms: readonly { readonly weight: number; readonly loss: L }[]): L {
    this.check();
    if (!Array.isArray(terms))
      throw new SegLossError(
        "INVALID_OPTION",
        `weightedSum: terms must be a list of { weight, loss }, got ${String(terms)}`,
      );
    const read = terms.map((term: unknown, i) => {
      if (term === null || typeof term !== "object")
        throw new SegLossError(
          "INVALID_OPTION",
          `weightedSum: terms[${i}] must be { weight, loss }, got ${String(term)}`,
        );
      const { weight, loss } = term as { weight: unknown; loss: object };
      if (typeof weight !== "number" || !Number.isFinite(weight))
        throw new SegLossError(
          "INVALID_OPTION",
          `weightedSum: terms[${i}].weight must be a number, got ${String(weight)}`,
        );
      const composition = this.#compositions.get(loss);
      if (!composition)
        throw new SegLossError("INVALID_OPTION", `weightedSum: terms[${i}].loss must be a loss made by this instance`);
      return { weight, composition };
    });
    return this.#make({
      name: "weightedSum",
      options: {
        terms: read.map(({ weight, composition }) => ({
          weight,
          loss: composition.name,
          options: composition.options,
        })),
      },
      parts: weighted(read),
      offset: read.reduce((sum, { weight, composition }) => sum + weight * composition.offset, 0),
    });
  }
}

/** One method per loss of the catalog. */
export type LossMethods<L> = { [N in LossName]: (options?: LossOptions[N]) => L };

// How a library's loss differs from ours, in words.
import type { Declaration } from "segloss";
import { lossOf } from "./losses.js";
import { short } from "./numbers.js";
import { offsetReason, reason, sumReason, weightReason } from "./reasons.js";

export interface AnyPreset {
  readonly name: string;
  readonly arguments: Readonly<Record<string, { readonly default: unknown }>>;
  readonly note?: string;
  recipe(values: unknown): unknown;
}
export interface AnyRecipe {
  readonly terms: readonly {
    readonly loss: string;
    readonly options: Readonly<Record<string, unknown>>;
    readonly weight?: number;
  }[];
  readonly offset?: number;
}

/** What a preset is made of, with its library's defaults but for what is given, for samples of such a size. */
export function recipeOf(
  preset: AnyPreset,
  given: Readonly<Record<string, unknown>>,
  size: { readonly batch: number; readonly classes: number; readonly pixels: number },
): AnyRecipe | undefined {
  try {
    const defaults = Object.fromEntries(
        Object.entries(preset.arguments).map(([name, option]) => [name, option.default]),
      ),
      recipe = preset.recipe({ ...defaults, ...given });
    return (typeof recipe === "function" ? recipe(size) : recipe) as AnyRecipe;
  } catch {
    return undefined;
  }
}

const shown = (value: unknown): string =>
  typeof value === "number"
    ? String(Number(value.toPrecision(6)))
    : typeof value === "string"
      ? value
      : JSON.stringify(value);

export interface Difference {
  readonly what: string;
  readonly why: string;
}

/** What a term's options change of our defaults; a default may be that of another option. */
function changes(declaration: Declaration, options: Readonly<Record<string, unknown>>): Difference[] {
  const usual = (name: string): unknown => {
    const value = declaration.options[name]?.default;
    return typeof value === "string" && value in declaration.options ? usual(value) : value;
  };
  return (
    Object.entries(options)
      .filter(([name, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(usual(name)))
      // Probabilities are what such a loss is given.
      .filter(([name, value]) => !(name === "activation" && value === "none"))
      // A share that a library has as one minus another.
      .filter(([name, value]) => !(typeof value === "number" && Math.abs(value - Number(usual(name))) < 1e-12))
      .map(([name, value]) => ({ what: `${name} ${shown(value)}`, why: reason(declaration, name, value) }))
  );
}

/** How a recipe differs from our loss, in words, and why that is another number. */
export function differences({ terms, offset = 0 }: AnyRecipe): Difference[] {
  const found = terms.flatMap(({ loss, options, weight = 1 }): Difference[] => {
    const factor = weight === 1 ? "" : `${short(weight, 3)} times `,
      own = changes(lossOf(loss) as Declaration, options);
    if (terms.length === 1)
      return weight === 1
        ? own
        : [{ what: `${factor}the value`, why: "reduction" in options ? "" : weightReason }, ...own];
    const inside = own.length > 0 ? ` (${own.map(({ what }) => what).join(", ")})` : "";
    return [{ what: `${factor}${loss}${inside}`, why: own.map(({ why }) => why).join("; ") }];
  });
  if (terms.length > 1) found.push({ what: "", why: sumReason });
  if (offset !== 0) found.push({ what: `${offset > 0 ? "+" : "−"} ${Math.abs(offset)}`, why: offsetReason });
  return found;
}

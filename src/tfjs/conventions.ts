import { SegLossError } from "../errors.js";
import { type IgnoreIndex, ignoredLabels } from "../tensors/ignoredLabels.js";

/** What is read of a loss: a sum has its terms' options. */
interface Declared {
  readonly options: Readonly<Record<string, unknown>>;
}

/** The values of an option in all terms of a loss. */
function valuesOf(loss: Declared, option: string): unknown[] {
  const terms = loss.options.terms as readonly Declared[] | undefined;
  return terms ? terms.flatMap((term) => valuesOf(term, option)) : [loss.options[option]];
}

/** Checks that a loss reads tensors as TensorFlow.js has them; gives the void label, the first if there are several. */
export function readLoss(
  caller: string,
  loss: Declared & { readonly name: string; readonly valueAndGrad: unknown },
): number | null {
  if (typeof loss?.valueAndGrad !== "function")
    throw new SegLossError(
      "INVALID_OPTION",
      `${caller}: loss must be a loss of segloss, such as seg.dice({ layout: "channelsLast" }), got ${String(loss)}`,
    );
  if (valuesOf(loss, "layout").includes("channelsFirst")) {
    const how = loss.options.terms
      ? "each of its terms"
      : loss.name.includes(".")
        ? `seg.preset(${JSON.stringify(loss.name)}, arguments, { layout: "channelsLast" })`
        : `seg.${loss.name}({ layout: "channelsLast" })`;
    throw new SegLossError(
      "INVALID_OPTION",
      `${caller}: loss must have layout "channelsLast", as TensorFlow.js has tensors: ${how}; got "channelsFirst"`,
    );
  }
  const [first] = valuesOf(loss, "ignoreIndex").flatMap((given) => ignoredLabels(given as IgnoreIndex));
  return first ?? null;
}

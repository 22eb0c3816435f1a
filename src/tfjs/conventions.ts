import { SegLossError } from "../errors.js";
import { type IgnoreIndex, ignoredLabels } from "../tensors/ignoredLabels.js";
import type { Layer } from "./randomLayers.js";

/** What is read of a loss: a sum has its terms' options. */
interface Declared {
  readonly options: Readonly<Record<string, unknown>>;
}

/** The values of an option in all terms of a loss. */
function valuesOf(loss: Declared, option: string): unknown[] {
  const terms = loss.options.terms as readonly Declared[] | undefined;
  return terms ? terms.flatMap((term) => valuesOf(term, option)) : [loss.options[option]];
}

/** The activation that a model ends in, as far as it makes probabilities. */
function lastActivation(model: Layer): string | undefined {
  const last = model.layers?.[model.layers.length - 1];
  if (!last) {
    const kind = model.getClassName?.() ?? "",
      config = (model.getConfig?.() ?? {}) as { activation?: unknown },
      activation = kind === "Softmax" ? "softmax" : config.activation;
    return activation === "softmax" || activation === "sigmoid" ? activation : undefined;
  }
  return lastActivation(last);
}

/** Refuses a model whose probabilities the loss would take for logits. */
export function checkLastLayer(model: Layer, loss: Declared & { readonly name: string }): void {
  const activation = lastActivation(model);
  if (
    activation === undefined ||
    valuesOf(loss, "activation").every((value) => value === "none" || value === undefined)
  )
    return;
  throw new SegLossError(
    "INVALID_PREDICTION",
    `trainStep: the model's last layer is ${activation}, which gives probabilities, but ${loss.name} takes ` +
      `logits; leave that activation out, or set activation: "none"`,
  );
}

/** As far as a row of probabilities may be off 1, in float32. */
const ROUNDING = 1e-5;

/**
 * Refuses pixels that all hold shares of 1 where the loss takes logits of competing classes: they come from a softmax.
 * Logits are told by the first pixel. `data` has its channels last.
 */
export function checkLogits(
  data: ArrayLike<number>,
  classes: number,
  loss: Declared & { readonly name: string },
): void {
  if (classes < 2 || data.length === 0 || !valuesOf(loss, "activation").includes("softmax")) return;
  for (let at = 0; at < data.length; at += classes) {
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      if (!(data[at + c] >= 0)) return;
      sum += data[at + c];
    }
    if (Math.abs(sum - 1) > ROUNDING) return;
  }
  throw new SegLossError(
    "INVALID_PREDICTION",
    `toLoss: yPred sums to 1 at every pixel, as probabilities do, but ${loss.name} takes logits; leave the ` +
      `model's softmax out, or set activation: "none"`,
  );
}

/** Checks that a loss reads tensors as TensorFlow.js has them; gives the void label, the first if there are several. */
export function readLoss(
  caller: string,
  loss: Declared & { readonly name: string; readonly valueAndGrad: unknown },
): number | null {
  // TensorFlow.js has a valueAndGrad, too.
  if (typeof loss?.valueAndGrad !== "function" || typeof loss.options !== "object") {
    const made = 'seg.dice({ layout: "channelsLast" })',
      swapped = typeof loss?.valueAndGrad === "function",
      got = swapped
        ? "TensorFlow.js, which comes first: toLoss(tf, loss)"
        : typeof loss === "function"
          ? "a function, perhaps the one that makes it: call it"
          : String(loss);
    throw new SegLossError("INVALID_OPTION", `${caller}: loss must be a loss of segloss, such as ${made}, got ${got}`);
  }
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

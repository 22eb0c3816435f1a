import type { Kernels } from "../bindings/kernels.js";
import type { Declaration } from "../catalog/declaration.js";
import { catalog } from "../catalog/index.js";
import { SegLossError } from "../errors.js";
import { accepts, type Options, readOptions } from "../options/options.js";
import { called, suggestion } from "../options/suggestion.js";
import type { TensorLike } from "../tensors/foreignTensors.js";
import type { NumberTensor } from "../tensors/shape.js";
import { inputsElsewhere, metricsElsewhere, tensorsGiven } from "./doors.js";
import type { ReadPart } from "./groups.js";
import type { Extra, LiveExtra, PreparedTarget } from "./inputs.js";
import type { Composition, Part, ValueAndGrad } from "./loss.js";
import type { Evaluate } from "./sumsOnly.js";

/** A call of a part that evaluates another loss. */
export interface Wrapped {
  /** What messages call the loss. */
  readonly name: string;
  readonly part: ReadPart;
  readonly kernels: Kernels;
  readonly pred: NumberTensor;
  readonly target: PreparedTarget;
  readonly extra: LiveExtra;
  /** Gradients of the extra inputs, to be added to, where gradients are wanted. */
  readonly grads?: Record<string, Float32Array>;
  /** Evaluates the inner loss; `instead` its jobs in the engine's place. */
  readonly evaluate: (
    inner: Composition,
    pred: TensorLike,
    target: PreparedTarget,
    extra?: Extra,
    wantGrad?: boolean,
    instead?: Evaluate,
  ) => ValueAndGrad;
}

export function addTo(sum: Float32Array, part: Float32Array, weight = 1): void {
  for (let i = 0; i < sum.length; i++) sum[i] += weight * part[i];
}

/** A declared loss by its name; `presetsOf` tells which presets may be meant by a name that none has. */
export function declared(name: string, presetsOf = (_: string): string[] => []): Declaration {
  const found = (catalog as readonly Declaration[]).find((entry) => entry.name === name);
  if (found) return found;
  const asked = String(name),
    names = catalog.map((entry) => entry.name),
    // "DiceLoss" is dice, whichever library it is of.
    presets =
      called(
        asked,
        names.map((own) => ({ name: own })),
      ).length > 0
        ? []
        : presetsOf(asked),
    hint = suggestion(asked, catalog, {
      others: presets.map((preset) => `the preset ${preset}`),
      elsewhere: [metricsElsewhere],
    });
  throw new SegLossError(
    "INVALID_OPTION",
    `segloss: there is no loss ${JSON.stringify(name)}${hint} (losses: ${names.join(", ")})`,
  );
}

/** Which loss is wrapped, refused where it is one that cannot be. */
function checkWrapped({ name, options }: Declaration, given: unknown): void {
  const { loss } = (given ?? {}) as { loss?: unknown },
    { values } = options.loss as { values: readonly string[] };
  if (typeof loss !== "string" || values.includes(loss)) return;
  if (!catalog.some((each) => each.name === loss)) {
    const hint = suggestion(
      loss,
      catalog.filter((each) => values.includes(each.name)),
    );
    throw new SegLossError(
      "INVALID_OPTION",
      `${name}: option loss must be ${accepts(options.loss)}, got ${JSON.stringify(loss)}${hint}`,
    );
  }
  throw new SegLossError(
    "UNSUPPORTED",
    `${name}: loss "${loss}" cannot be evaluated there: it needs more than the pixels that count; ` +
      `takes: ${values.join(", ")}`,
  );
}

/** What a loss evaluates in the end: itself, or of wrapping ones the innermost. */
export const innermost = (declaration: Declaration, options: Readonly<Record<string, unknown>>): Declaration =>
  declaration.wraps
    ? innermost(declared(options.loss as string), options.lossOptions as Readonly<Record<string, unknown>>)
    : declaration;

/** Options of a loss as it was asked for, with all of the loss that it may wrap. */
export function readLossOptions(
  declaration: Declaration,
  given: unknown,
  what = declaration.name,
): Readonly<Record<string, unknown>> {
  const { wraps, shares = [], options } = declaration;
  if (wraps) checkWrapped(declaration, given);
  const values = readOptions(what, options, given, {
    elsewhere: () => inputsElsewhere(declaration),
    reasons: tensorsGiven(declaration.name),
  });
  if (!wraps) return values;
  const inner = declared(values.loss as string),
    own = `${what}: lossOptions of ${inner.name}`,
    shared: readonly string[] = shares,
    twice = Object.keys(values.lossOptions ?? {}).find((option) => shared.includes(option));
  if (twice)
    throw new SegLossError("INVALID_OPTION", `${own}: ${twice} holds for both, and is an option of ${what} itself`);
  const lossOptions = readLossOptions({ ...inner, options: without(inner.options, shared) }, values.lossOptions, own),
    read = { ...values, lossOptions },
    { activation } = (given ?? {}) as { activation?: unknown };
  return "activation" in options && activation === undefined
    ? { ...read, activation: innermost(declaration, read).options.activation.default }
    : read;
}

const without = (options: Options, names: readonly string[]): Options =>
  Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)));

/** The part that a wrapping one evaluates. */
export function innerPart({ declaration, options, ignored, hard, single }: Part): Part {
  const { shares = [], options: known } = declaration,
    shared = shares.filter((name) => name in known);
  return {
    weight: 1,
    hard,
    single,
    declaration: declared(options.loss as string),
    options: {
      ...(options.lossOptions as object),
      ...Object.fromEntries(shared.map((name) => [name, options[name]])),
    } as Part["options"],
    ignored,
  };
}

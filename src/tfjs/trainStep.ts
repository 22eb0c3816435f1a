import { SegLossError } from "../errors.js";
import type { Extra, Target } from "../instance/inputs.js";
import type { AnyLoss } from "../instance/loss.js";
import { checkNames } from "../options/names.js";
import type { PoolTarget } from "../pool/loss.js";
import { type ExtraInput, isFurtherPrediction, pixelWeights } from "../tensors/extras.js";
import { checkLastLayer, readLoss } from "./conventions.js";
import { type Layer, sameDraws } from "./randomLayers.js";
import { type OneHot, type Reading, readTarget } from "./target.js";
import { isTensor, type TensorFlow, type TfTensor } from "./tensorflow.js";

interface Weight<T> {
  read(): T;
  write(value: T): unknown;
}

/** A model of TensorFlow.js with one output, or anything that applies its variables to `xs`. */
export interface TrainableModel<T extends TfTensor, X> extends Layer {
  apply(xs: X, options: { training: boolean }): unknown;
  readonly nonTrainableWeights?: readonly Weight<T>[];
  calculateLosses?(): T[];
}

export interface TrainStep<T extends TfTensor, X> extends OneHot {
  readonly model: TrainableModel<T, X>;
  /** Any optimizer of TensorFlow.js. */
  readonly optimizer: { applyGradients(grads: never): void };
  /** With `layout: "channelsLast"`. */
  readonly loss: AnyLoss;
  /** What the model is applied to. */
  readonly xs: X;
  /**
   * Labels [B, ...spatial] or [B, ...spatial, 1] in an integer array, soft targets of the prediction's shape, a
   * prepared target, or a tensor of either.
   */
  readonly target: Target | PoolTarget | TfTensor;
  /** Extra inputs of the loss by name, such as `pixelWeights` [B, ...spatial]; also as tensors. Not `out`. */
  readonly extra?: Readonly<Record<string, ExtraInput | TfTensor>>;
}

const names = ["model", "optimizer", "loss", "xs", "target", "extra", "oneHot"],
  reasons = [
    { ...pixelWeights, why: "; extra holds it: extra: { pixelWeights }" },
    { name: "ys", also: ["labels", "y", "yTrue"], why: "; did you mean target?" },
    { name: "x", also: ["input", "inputs", "images"], why: "; did you mean xs?" },
  ];

/**
 * The prediction in training mode; what the layers keep from it (BatchNorm's averages) is taken back, as it comes again
 * with the second pass.
 */
function predict<T extends TfTensor, S extends TfTensor, X>(
  tf: TensorFlow<T, S>,
  model: TrainableModel<T, X>,
  xs: X,
): T {
  return tf.tidy(() => {
    const before = (model.nonTrainableWeights ?? []).map((weight) => ({ weight, value: tf.clone(weight.read()) }));
    const pred = model.apply(xs, { training: true });
    for (const { weight, value } of before) weight.write(value);
    if (!isTensor(pred))
      throw new SegLossError(
        "UNSUPPORTED",
        `trainStep: model must have one output, a tensor, got ${Array.isArray(pred) ? pred.length : typeof pred}`,
      );
    return pred as T;
  });
}

function checkMethod(argument: "model" | "optimizer", given: unknown, method: string): void {
  if (typeof (given as Record<string, unknown> | null | undefined)?.[method] === "function") return;
  throw new SegLossError(
    "INVALID_OPTION",
    `trainStep: ${argument} must be one of TensorFlow.js, with a method ${method}, got ${String(given)}`,
  );
}

async function readAnyTarget(
  target: Target | PoolTarget | TfTensor,
  predShape: readonly number[],
  reading: Reading,
): Promise<Target | PoolTarget> {
  if (target !== null && typeof target === "object" && "tensor" in target) return target; // prepared
  const tensor = isTensor(target) ? { data: (await target.data()) as Float32Array, shape: target.shape } : target;
  return readTarget(tensor, predShape, reading);
}

/** Extra inputs whose tensors are arrays; the loss refuses what it does not know. */
async function readExtra(extra: NonNullable<TrainStep<TfTensor, unknown>["extra"]>): Promise<Extra> {
  if (extra === null || typeof extra !== "object" || "out" in extra)
    throw new SegLossError(
      "INVALID_OPTION",
      "trainStep: extra must be an object of the loss's extra inputs, such as { pixelWeights }, and not out",
    );
  const further = Object.keys(extra).find(isFurtherPrediction);
  if (further)
    throw new SegLossError(
      "UNSUPPORTED",
      `trainStep: the gradient of ${further} would not reach the model, which has one output; compile a model of ` +
        "several outputs with a list of losses, toLoss of each (its weight: weightedSum of one term)",
    );
  const read: Record<string, unknown> = {};
  for (const [name, input] of Object.entries(extra))
    read[name] = isTensor(input) ? { data: await input.data(), shape: input.shape } : input;
  return read as Extra;
}

/**
 * One step of training that never blocks a GPU: a pass for the prediction, the loss and its gradient here, a second
 * pass that carries the gradient to the weights. Both run in training mode with the same dropout; regularizers of the
 * model's layers count. Costs one forward pass more than `optimizer.minimize` with `toLoss`. Resolves to the loss
 * (without regularizers); await it before the next step. Rejects with SegLossError.
 */
export async function trainStep<T extends TfTensor, S extends TfTensor, X>(
  tf: TensorFlow<T, S>,
  given: TrainStep<T, X>,
): Promise<number> {
  checkNames("trainStep(tf, options)", given, names, reasons);
  const { model, optimizer, loss, xs, target, extra = {}, oneHot = false } = given;
  checkMethod("model", model, "apply");
  checkMethod("optimizer", optimizer, "applyGradients");
  if (xs === undefined || xs === null)
    throw new SegLossError("INVALID_OPTION", `trainStep: xs must be what the model takes, a tensor, got ${String(xs)}`);
  const ignoreIndex = readLoss("trainStep", loss);
  checkLastLayer(model, loss);
  const inputs = await readExtra(extra),
    reading = { what: `${loss?.name}: target`, oneHot, ignoreIndex },
    repeatably = sameDraws(model),
    pred = repeatably(() => predict(tf, model, xs)),
    shape = [...pred.shape];
  const logits = await pred.data().finally(() => pred.dispose());
  const { value, grad } = await loss.valueAndGrad(
    { data: logits as Float32Array, shape },
    (await readAnyTarget(target, shape, reading)) as never,
    inputs as never,
  );
  const surrogate = () => {
    const product = tf.sum(tf.mul(model.apply(xs, { training: true }) as T, tf.tensor(grad, shape))),
      penalties = model.calculateLosses?.() ?? [];
    return penalties.reduce((sum, penalty) => tf.add(sum, penalty), product) as TfTensor as S;
  };
  tf.tidy(() => {
    const { value: scalar, grads } = repeatably(() => tf.variableGrads(surrogate));
    optimizer.applyGradients(grads as never);
    return scalar as TfTensor as T;
  }).dispose();
  return value;
}

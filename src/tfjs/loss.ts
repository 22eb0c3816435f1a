import { SegLossError } from "../errors.js";
import type { Loss } from "../instance/loss.js";
import { checkNames } from "../options/names.js";
import { pixelWeights } from "../tensors/extras.js";
import { checkLogits, readLoss } from "./conventions.js";
import { type OneHot, readSync, readTarget } from "./target.js";
import type { TensorFlow, TfTensor } from "./tensorflow.js";

/** What `model.compile({ loss })` takes, and custom loops call. */
export type LossFunction<S> = (yTrue: TfTensor, yPred: TfTensor) => S;

const reasons = [{ ...pixelWeights, why: "; fit has no place for weights of pixels, the extra of trainStep has" }];

/**
 * A loss as a function of tensors of TensorFlow.js, with its gradient with respect to yPred (of first order).
 * yPred is [B, ...spatial, C] with 1 to 3 spatial dimensions: logits, or what the loss's `activation` says. yTrue is
 * one-hot or soft, of yPred's shape, or, where `model.compile` does not stand in the way, int32 labels [B, ...spatial]
 * or [B, ...spatial, 1]. It waits for the backend (`dataSync`); see `trainStep` for GPUs. The loss must have `layout:
 * "channelsLast"`. Throws SegLossError.
 */
export function toLoss<T extends TfTensor, S extends TfTensor>(
  tf: TensorFlow<T, S>,
  loss: Loss,
  options: OneHot = {},
): LossFunction<S> {
  checkNames("toLoss", options, ["oneHot"], reasons);
  const ignoreIndex = readLoss("toLoss", loss),
    reading = { what: `${loss.name}: yTrue`, oneHot: options.oneHot ?? false, ignoreIndex };
  return (yTrue, yPred) => {
    const evaluate = tf.customGrad(() => {
      const pred = readSync(yPred, `${loss.name}: yPred`);
      checkLogits(pred.data, yPred.shape[yPred.shape.length - 1], loss);
      const { value, grad } = loss.valueAndGrad(pred, readTarget(readSync(yTrue, reading.what), yPred.shape, reading));
      if (typeof value !== "number")
        throw new SegLossError(
          "UNSUPPORTED",
          `toLoss: ${loss.name} answers with a promise, which model.compile cannot await; trainStep can`,
        );
      return {
        value: tf.scalar(value) as TfTensor as T,
        gradFunc: (dy) => tf.mul(tf.tensor(grad, [...yPred.shape]), dy),
      };
    });
    return evaluate(yPred as T) as TfTensor as S;
  };
}

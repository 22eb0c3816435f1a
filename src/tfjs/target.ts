import { SegLossError } from "../errors.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import { isLabelArray, type NumberTensor } from "../tensors/shape.js";
import { isTensor, type TfTensor } from "./tensorflow.js";

export interface OneHot {
  /**
   * True where targets are one-hot and stand for labels: they are read as labels, which some losses need, and a pixel
   * with zeros only (tf.oneHot makes it of a label that is no class) is void if there is an `ignoreIndex`. Default
   * false: as soft targets.
   */
  readonly oneHot?: boolean;
}

/** How targets are read. */
export interface Reading extends OneHot {
  /** In messages: whose target, and its name. */
  readonly what: string;
  readonly ignoreIndex: number | null;
}

const same = (a: readonly number[], b: readonly number[]) => a.length === b.length && a.every((n, i) => n === b[i]);

/** The class of each pixel; `ignoreIndex` where there is none. */
function readRows({ data }: NumberTensor, classes: number, { what, ignoreIndex }: Reading): Int32Array {
  const labels = new Int32Array(data.length / classes);
  for (let n = 0; n < labels.length; n++) {
    let found = -1;
    for (let c = 0; c < classes; c++) {
      const t = data[n * classes + c];
      if (t === 0) continue;
      if (t !== 1 || found >= 0)
        throw new SegLossError("INVALID_TARGET", `${what} must be one-hot, got ${t} in class ${c} of pixel ${n}`);
      found = c;
    }
    if (classes === 1) labels[n] = found + 1;
    else if (found >= 0) labels[n] = found;
    else if (ignoreIndex !== null) labels[n] = ignoreIndex;
    else
      throw new SegLossError(
        "INVALID_TARGET",
        `${what} must be one-hot, got zeros only at pixel ${n}; if these mark void pixels, set ignoreIndex: 255`,
      );
  }
  return labels;
}

/**
 * A target [B, ...spatial], [B, ...spatial, 1] or [B, ...spatial, C] for a prediction [B, ...spatial, C], as losses and
 * metrics take it.
 */
export function readTarget(given: TensorLike, predShape: readonly number[], reading: Reading): NumberTensor {
  const target = readTensor(given, reading.what),
    { shape } = target,
    labels = predShape.slice(0, -1),
    classes = predShape[predShape.length - 1];
  if (reading.oneHot && same(shape, predShape)) return { data: readRows(target, classes, reading), shape: labels };
  if (!isLabelArray(target.data)) return target;
  if (same(shape, [...labels, 1])) return { data: target.data, shape: labels };
  return same(shape, predShape) ? { data: Float32Array.from(target.data), shape } : target;
}

/** A tensor's numbers on this side; stalls a GPU. */
export function readSync(tensor: TfTensor, what: string): NumberTensor {
  if (!isTensor(tensor))
    throw new SegLossError("SHAPE_MISMATCH", `${what} must be a tensor of TensorFlow.js, got ${String(tensor)}`);
  return { data: tensor.dataSync() as Float32Array, shape: tensor.shape };
}

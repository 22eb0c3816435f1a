import type { Kernels } from "../bindings/kernels.js";
import { padTo, tilePixels } from "../bindings/tile.js";
import type { Declaration } from "../catalog/declaration.js";
import { SegLossError } from "../errors.js";
import { firstLabel, type TargetStatistics } from "../tensors/conventions.js";
import { type ExtraInput, readFloats } from "../tensors/extras.js";
import { type Geometry, isLabelArray, type LabelArray } from "../tensors/shape.js";
import type { ReadPart } from "./groups.js";
import { type Inputs, PreparedTarget } from "./inputs.js";

/** A weight of each pixel, [B, pixels]. */
export interface PixelWeights {
  readonly data: () => Float32Array;
  /** Whether some are 0: those pixels do not count. */
  readonly zeros: boolean;
}

/** The label of pixels that do not count, where labels are made here. */
export const VOID = -1;

/** The extra input pixelWeights, checked: [B, ...spatial] or [B, 1, ...spatial], without B where pred has none. */
export function readPixelWeights(
  loss: string,
  given: () => ExtraInput,
  { batch, classes, spatial, batched }: Geometry,
  kernels: Kernels,
): PixelWeights {
  const what = `${loss}: pixelWeights`,
    own = [...(batched === false ? [] : [batch]), ...spatial],
    shape = (given() as { shape?: readonly number[] })?.shape,
    withAxis = [batch, 1, ...spatial],
    { data } = readFloats(what, given(), shape?.join() === withAxis.join() ? withAxis : own);
  const live = kernels.memory.pin(data),
    chunk = tilePixels(classes),
    found = Array.from({ length: Math.ceil(data.length / chunk) }, (_, i) => {
      kernels.tile.layOut(classes);
      const part = live().subarray(i * chunk, (i + 1) * chunk);
      // Padding of ones is no odd weight.
      const padded = padTo(part.length);
      kernels.tile.stageSource(part, padded, 1);
      return kernels.exports.checkWeights(padded);
    });
  if (found.includes(2)) {
    const i = live().findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
    throw new SegLossError("INVALID_TARGET", `${what} has ${live()[i]} at index ${i}, expected finite numbers >= 0`);
  }
  return { data: live, zeros: found.includes(1) };
}

/** Labels with one in place of those that do not count. */
function voidLabels(labels: LabelArray, weights: Float32Array, ignored: readonly number[]): Int32Array {
  const own = new Int32Array(labels);
  for (let i = 0; i < own.length; i++) if (weights[i] === 0 || ignored.includes(own[i])) own[i] = VOID;
  return own;
}

/** A target of labels in which pixels of weight 0 are ignored; nothing of it is kept, as weights change. */
export function voidTarget(target: PreparedTarget, weights: PixelWeights, ignored: readonly number[]): PreparedTarget {
  const { data, shape } = target.tensor;
  return isLabelArray(data) ? new PreparedTarget({ data: voidLabels(data, weights.data(), ignored), shape }) : target;
}

/** A soft target with zeros where the weight is 0. */
function voidSoft(
  soft: Float32Array,
  weights: Float32Array,
  { classes, pixels, channelsLast }: Geometry,
): Float32Array {
  const masked = soft.slice(),
    [perClass, perPixel] = channelsLast ? [1, classes] : [pixels, 1];
  for (let n = 0; n < weights.length; n++) {
    if (weights[n] !== 0) continue;
    const first = Math.floor(n / pixels) * classes * pixels + (n % pixels) * perPixel;
    for (let c = 0; c < classes; c++) masked[first + c * perClass] = 0;
  }
  return masked;
}

/** Sums of weights in place of counts. */
function weighedStatistics(
  kernels: Kernels,
  { labels, soft, geometry, ignoreIndex, voids, statistics }: Inputs,
  weights: () => Float32Array,
): TargetStatistics {
  const { batch, classes, pixels, channelsLast } = geometry,
    valid = new Float64Array(batch),
    counted = new Float64Array(batch),
    total = new Float64Array(batch * classes);
  if (labels) {
    const first = firstLabel(classes),
      range = classes + first,
      chunk = tilePixels(classes);
    kernels.tile.layOut(classes);
    kernels.labels.ignore(ignoreIndex ?? undefined, labels());
    for (let b = 0; b < batch; b++) {
      const sums = kernels.tile.allSums(2 * range).fill(0);
      for (let from = b * pixels, end = from + pixels; from < end; from += chunk) {
        const count = Math.min(chunk, end - from);
        kernels.labels.stage(labels(), from, count);
        kernels.tile.stageSource(weights().subarray(from, from + count), count);
        kernels.exports.sumWeights(range, count);
      }
      for (let label = 0; label < range; label++) {
        valid[b] += sums[label];
        counted[b] += sums[range + label];
        if (label >= first) total[b * classes + label - first] = sums[label];
      }
    }
    return { valid, counted, total, squared: total };
  }
  const data = soft?.() ?? new Float32Array(0),
    own = weights(),
    squared = new Float64Array(batch * classes),
    [perClass, perPixel] = channelsLast ? [1, classes] : [pixels, 1];
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < pixels; i++) {
      const weight = own[b * pixels + i],
        from = b * classes * pixels + i * perPixel;
      let any = !voids;
      for (let c = 0; c < classes; c++) {
        const t = data[from + c * perClass];
        any ||= t !== 0;
        total[b * classes + c] += weight * t;
        squared[b * classes + c] += weight * t * t;
      }
      if (!any || weight === 0) continue;
      valid[b] += weight;
      counted[b]++;
    }
  }
  return statistics.valid.length === 0 ? statistics : { valid, counted, total, squared };
}

/** Inputs as weights have them: pixels of weight 0 do not count, and statistics are sums of weights. */
export function weighInputs(kernels: Kernels, inputs: Inputs, weights: PixelWeights): Inputs {
  const { labels, soft, geometry, ignoreIndex, prepared } = inputs,
    shape = [geometry.batch, ...geometry.spatial];
  let own = inputs;
  if (weights.zeros && labels && ignoreIndex !== VOID) {
    const data = voidLabels(labels(), weights.data(), ignoreIndex === null ? [] : [ignoreIndex]);
    own = { ...inputs, labels: () => data, ignoreIndex: VOID, prepared: new PreparedTarget({ data, shape }) };
  } else if (weights.zeros && labels) {
    const data = voidLabels(labels(), weights.data(), []);
    own = { ...inputs, labels: () => data, prepared: new PreparedTarget({ data, shape }) };
  } else if (weights.zeros && soft) {
    const data = voidSoft(soft(), weights.data(), geometry);
    own = { ...inputs, soft: () => data, prepared: new PreparedTarget({ data, shape: prepared.tensor.shape }) };
  }
  return { ...own, statistics: weighedStatistics(kernels, own, weights.data) };
}

/** What a loss that takes none says. */
export const refusal = ({ name }: Declaration, why: string) =>
  new SegLossError("UNSUPPORTED", `${name}: pixelWeights cannot be taken: ${why}; ignoreIndex leaves pixels out`);

/** A part as it reads labels in which pixels of weight 0 are void. */
export const voided = (part: ReadPart, { ignoreIndex }: Inputs): ReadPart =>
  part.declaration.encode ? part : { ...part, options: { ...part.options, ignoreIndex } };

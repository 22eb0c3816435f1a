import { SegLossError } from "../errors.js";
import { count, type Geometry, type LabelArray, typeOf } from "../tensors/shape.js";
import { findComponents } from "../topology/components.js";
import type { Connectivity } from "../topology/grid.js";
import { sizesOf } from "../topology/grid.js";
import { check, WEIGHTS } from "./checks.js";
import { ComponentSums, type EvaluatePatch, type Patch } from "./componentSums.js";
import { Crop } from "./crop.js";
import { readPart } from "./groups.js";
import { type Inputs, PreparedTarget, readInputs } from "./inputs.js";
import { readPixelWeights, weighInputs } from "./pixelWeights.js";
import { VOID } from "./weightless.js";
import { innerPart, type Wrapped } from "./wrapping.js";

/** The pixels of a sample's components: those of component k are pixels[starts[k]] and so on, up to starts[k + 1]. */
interface Parts {
  readonly pixels: Int32Array;
  readonly starts: Int32Array;
}

function sortPixels(numbers: Int32Array, count: number): Parts {
  const starts = new Int32Array(count + 1);
  for (const number of numbers) if (number > 0) starts[number]++;
  for (let k = 0; k < count; k++) starts[k + 1] += starts[k];
  const pixels = new Int32Array(starts[count]),
    next = starts.slice();
  for (let i = 0; i < numbers.length; i++) if (numbers[i] > 0) pixels[next[numbers[i] - 1]++] = i;
  return { pixels, starts };
}

/** Connected pixels of one label of at least 1 are a component. */
function connected(labels: Int32Array, { spatial }: Geometry, connectivity: Connectivity): Parts {
  const objects = labels.map((label) => Math.max(label, 0)),
    { numbers, count: found } = findComponents(objects, sizesOf(spatial), connectivity, objects.slice());
  return sortPixels(numbers, found);
}

/** The caller's numbers of components, checked: [B, pixels]. */
function readComponents({ name, extra }: Wrapped, { batch, spatial, batched }: Geometry): ArrayLike<number> {
  const given = extra("components") as { data?: ArrayLike<number>; shape?: readonly number[] } | Float32Array,
    bare = ArrayBuffer.isView(given),
    data = (bare ? given : given?.data) as ArrayLike<number> | undefined,
    shape = bare ? undefined : given?.shape,
    what = `${name}: components`,
    wanted = batched ? [batch, ...spatial] : spatial,
    fits =
      shape === undefined || [wanted, [batch, ...spatial], [batch, 1, ...spatial]].some((s) => `${s}` === `${shape}`);
  if (!ArrayBuffer.isView(data) || data.length !== batch * count(spatial) || !fits)
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${what} must hold whole numbers of shape [${wanted.join(", ")}], got ${typeOf(data)} of ` +
        (shape ? `shape [${shape.join(", ")}]` : `length ${data?.length}`),
    );
  const wrong = (data as Float32Array).findIndex((number) => !Number.isInteger(number) || number < 0);
  if (wrong < 0) return data;
  throw new SegLossError("INVALID_TARGET", `${what} has ${data[wrong]} at index ${wrong}, expected whole numbers >= 0`);
}

/** Equal numbers above 0 are a component, of the pixels of a sample that count. */
function numbered(name: string, labels: Int32Array, given: ArrayLike<number>, from: number): Parts {
  const known = new Map<number, number>(),
    numbers = new Int32Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const number = given[from + i];
    if (number === 0 || labels[i] === VOID) continue;
    if (labels[i] === 0)
      throw new SegLossError(
        "INVALID_TARGET",
        `${name}: components has ${number} at index ${from + i}, where target has label 0, which is no object`,
      );
    const own = known.get(number) ?? known.size + 1;
    known.set(number, own);
    numbers[i] = own;
  }
  return sortPixels(numbers, known.size);
}

/** Labels of each sample; pixels that do not count are void. */
function labelsOf({ labels, ignoreIndex, geometry }: Inputs): Int32Array[] {
  const all = labels?.() as LabelArray,
    { batch, pixels } = geometry;
  return Array.from({ length: batch }, (_, b) => {
    const own = new Int32Array(all.subarray(b * pixels, (b + 1) * pixels));
    return ignoreIndex === null ? own : own.map((label) => (label === ignoreIndex ? VOID : label));
  });
}

/**
 * The inner loss of each component alone with the pixels of label 0: the mean over those of a sample, then over
 * samples.
 */
export function overComponents(wrapped: Wrapped, out: (() => Float32Array) | undefined): number {
  const { name, part, kernels, pred, target, extra, evaluate } = wrapped,
    { options, ignored, weight } = part,
    given = readInputs(kernels, name, options, pred, target, { ignored, labelsOnly: name }),
    { geometry } = given,
    { batch, classes, spatial, pixels, channelsLast } = geometry,
    weights =
      extra(WEIGHTS) === undefined
        ? undefined
        : readPixelWeights(name, () => extra(WEIGHTS) as Float32Array, geometry, kernels),
    inputs = weights ? weighInputs(name, kernels, given, weights) : given,
    inner = innerPart(part),
    alone = {
      ...inner,
      ignored: [VOID],
      options: { ...inner.options, ignoreIndex: VOID, spatialDims: spatial.length },
    };
  check(readPart(alone), inputs);
  const labels = labelsOf(inputs),
    components = extra("components") === undefined ? undefined : readComponents(wrapped, geometry),
    parts = labels.map((own, b) =>
      components
        ? numbered(name, own, components, b * pixels)
        : inputs.prepared.keep(`components ${b} ${options.connectivity} ${ignored} ${spatial}`, () =>
            connected(own, geometry, options.connectivity as Connectivity),
          ),
    ),
    samples = options.reduction === "sum" ? 1 : parts.filter(({ starts }) => starts.length > 1).length,
    composition = { name, options: {}, parts: [alone], offset: 0 };
  const shaped = (own: readonly number[]) => (channelsLast ? [1, ...own, classes] : [1, classes, ...own]),
    sampleOf = (data: Float32Array, b: number, planes: number) =>
      data.subarray(b * planes * pixels, (b + 1) * planes * pixels),
    /** A part of a sample, with labels that say which of its pixels count. */
    patch = (b: number, crop: Crop, marked: Int32Array): Patch => ({
      pred: { data: crop.cut(sampleOf(inputs.pred(), b, classes), classes, channelsLast), shape: shaped(crop.spatial) },
      target: new PreparedTarget({ data: crop.cut(marked), shape: [1, ...crop.spatial] }),
      extra: weights ? { pixelWeights: crop.cut(sampleOf(weights(), b, 1)).slice() } : {},
    }),
    lossOf: EvaluatePatch = ({ pred, target, extra }, grad, instead) =>
      evaluate(composition, pred, target, { ...extra, out: grad }, grad !== undefined, instead).value;
  let value = 0;
  for (let b = 0; b < batch; b++) {
    const { pixels: members, starts } = parts[b];
    if (starts.length === 1) continue;
    const own = labels[b],
      ground = own.map((label) => (label === 0 ? 0 : VOID)),
      whole = Crop.whole(spatial),
      shared = ComponentSums.of(lossOf, patch(b, whole, ground)),
      // With the sums of what has label 0 a component is looked at alone, else with all of that.
      marked = shared ? new Int32Array(pixels).fill(VOID) : ground,
      factor = weight / ((starts.length - 1) * samples),
      take = (crop: Crop, grad: Float32Array | undefined, times: number) => {
        if (out && grad) crop.add(sampleOf(out(), b, classes), grad, classes, channelsLast, times);
      };
    for (let k = 0; k + 1 < starts.length; k++) {
      const some = members.subarray(starts[k], starts[k + 1]),
        crop = shared ? Crop.around(spatial, some) : whole;
      for (const i of some) marked[i] = own[i];
      const near = patch(b, crop, marked),
        grad = out && new Float32Array(near.pred.data.length);
      value += factor * (shared ? shared.add(near, grad, factor) : lossOf(near, grad));
      take(crop, grad, factor);
      for (const i of some) marked[i] = VOID;
    }
    const grad = shared && out && new Float32Array(classes * pixels);
    if (grad) shared.finish(grad);
    take(whole, grad, 1);
  }
  return value;
}

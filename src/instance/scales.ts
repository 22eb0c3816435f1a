import { SegLossError } from "../errors.js";
import { resample } from "../targets/resample.js";
import {
  count,
  type Geometry,
  isSoftTarget,
  type LabelArray,
  type NumberTensor,
  readGeometry,
  readShape,
} from "../tensors/shape.js";
import { WEIGHTS } from "./checks.js";
import { checkPred, type LiveExtra, PreparedTarget } from "./inputs.js";
import { isTensorLike } from "./liveTensors.js";
import { readPixelWeights } from "./pixelWeights.js";
import { addTo, innerPart, type Wrapped } from "./wrapping.js";

/** The further predictions: pred1, pred2, and so on without a gap. */
function furtherScales(name: string, most: number, extra: LiveExtra): NumberTensor[] {
  const found: NumberTensor[] = [];
  for (let i = 1; i <= most; i++) {
    const given = extra(`pred${i}`);
    if (given === undefined) continue;
    if (!isTensorLike(given))
      throw new SegLossError("SHAPE_MISMATCH", `${name}: pred${i} must be { data, shape }, got a bare array`);
    if (found.length < i - 1)
      throw new SegLossError("INVALID_OPTION", `${name}: pred${i} is there, and pred${found.length + 1} is not`);
    found.push(given as NumberTensor);
  }
  return found;
}

function readWeights(name: string, given: unknown, scales: number): readonly number[] {
  if (!Array.isArray(given)) {
    const halves = Array.from({ length: scales }, (_, i) => 2 ** -i),
      sum = halves.reduce((a, b) => a + b);
    return halves.map((half) => half / sum);
  }
  if (given.length === scales) {
    if (given.some((weight) => weight > 0)) return given;
    throw new SegLossError(
      "INVALID_OPTION",
      `${name}: option weights must hold one above 0 at least, got [${given.join(", ")}]: no scale would be evaluated`,
    );
  }
  throw new SegLossError(
    "INVALID_OPTION",
    `${name}: option weights must hold ${scales} numbers, one per scale (pred, pred1, …), got ${given.length}`,
  );
}

/** The geometry of a scale; all have the samples and classes of pred. */
function scaleGeometry({ name, part }: Wrapped, i: number, shape: readonly number[], first: Geometry): Geometry {
  const { layout, spatialDims } = part.options,
    what = `${name}: pred${i}`,
    geometry = readGeometry(shape, layout, what, spatialDims),
    { batch, classes, spatial } = first;
  if (geometry.batch === batch && geometry.classes === classes && geometry.spatial.length === spatial.length)
    return geometry;
  throw new SegLossError(
    "SHAPE_MISMATCH",
    `${what} must have pred's ${batch} samples, ${classes} classes and ${spatial.length} spatial axes, ` +
      `got shape [${shape.join(", ")}]`,
  );
}

const sameSize = (a: Geometry, b: Geometry) => `${a.spatial}` === `${b.spatial}`;

/** The target at the size of another scale; kept with it. */
function targetAt(target: PreparedTarget, soft: boolean, first: Geometry, scale: Geometry): PreparedTarget {
  if (sameSize(first, scale)) return target;
  const { batch, classes, channelsLast } = first,
    { spatial } = scale;
  return target.keep(`size ${spatial}`, () => {
    const data = target.tensor.data as LabelArray | Float32Array,
      planes = soft && !channelsLast ? batch * classes : batch,
      each = soft && channelsLast ? classes : 1,
      shape = !soft ? [batch, ...spatial] : channelsLast ? [batch, ...spatial, classes] : [batch, classes, ...spatial];
    return new PreparedTarget({ data: resample(data, { planes, each, from: first.spatial, to: spatial }), shape });
  });
}

/** Weights of pixels by the scale's size, as `targetAt`. */
function weightsAt({ name, kernels, extra }: Wrapped, first: Geometry) {
  const given = extra(WEIGHTS);
  if (given === undefined) return () => undefined;
  const data = readPixelWeights(name, () => extra(WEIGHTS) as typeof given, first, kernels);
  return (scale: Geometry) =>
    sameSize(first, scale)
      ? given
      : resample(data().slice(), { planes: first.batch, each: 1, from: first.spatial, to: scale.spatial });
}

/** Deep supervision: the inner loss of each scale's prediction and the target at its size. */
export function overScales(wrapped: Wrapped, out: (() => Float32Array) | undefined): number {
  const { name, part, pred, target, extra, grads, evaluate } = wrapped,
    { options, declaration, weight } = part;
  checkPred(name, pred, target.tensor);
  const shape = readShape(pred, `${name}: pred`),
    first = readGeometry(shape, options.layout, `${name}: pred`, options.spatialDims),
    soft = isSoftTarget(target.tensor, shape, first, name, options.spatialDims),
    further = furtherScales(name, declaration.extras.length, extra),
    scales = [pred, ...further],
    weights = readWeights(name, options.weights, scales.length),
    weightsOf = weightsAt(wrapped, first),
    inner = innerPart(part);
  let value = 0;
  for (const [i, scale] of scales.entries()) {
    const own = i === 0 ? shape : readShape(scale, `${name}: pred${i}`),
      geometry = scaleGeometry(wrapped, i, own, first),
      pixelWeights = weightsOf(geometry);
    const into = i === 0 ? out : grads && gradientOf(grads, `pred${i}`, count(own));
    if (weights[i] === 0) continue;
    const { value: term, grad } = evaluate(
      { name: i === 0 ? name : `${name}, scale ${i}`, options: {}, parts: [inner], offset: 0 },
      scale as NumberTensor & { data: Float32Array },
      targetAt(target, soft, first, geometry),
      pixelWeights && { pixelWeights },
    );
    value += weight * weights[i] * term;
    if (into) addTo(into(), grad, weight * weights[i]);
  }
  return value;
}

function gradientOf(grads: Record<string, Float32Array>, name: string, length: number): () => Float32Array {
  grads[name] ??= new Float32Array(length);
  return () => grads[name];
}

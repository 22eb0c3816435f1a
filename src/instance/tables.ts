import { SegLossError } from "../errors.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import { type Geometry, readGeometry, readShape } from "../tensors/shape.js";
import { type Extra, PreparedTarget, type Target } from "./inputs.js";
import { type Composition, type Part, type Sum, sumFor } from "./loss.js";

/** Tables say what a loss is; there is no gradient that `out` could take. */
export function refuseOut(loss: string, method: string, extra: Extra): void {
  if (extra?.out !== undefined)
    throw new SegLossError("INVALID_OPTION", `${loss}: ${method} gives losses, and no gradient that out could take`);
}

export function noClassAverage({ declaration: { name }, options }: Part): SegLossError {
  const cure =
    options.average === "micro"
      ? 'average "micro" makes one ratio of all classes; "macro" has a loss of each'
      : `${pooling(options) ? "perPixel has" : "perSample has the loss of each sample, and perPixel"} that of each ` +
        "pixel where it is a sum over pixels";
  return new SegLossError(
    "UNSUPPORTED",
    `${name}: is no average over classes here, so there is no loss of each; ${cure}`,
  );
}

/** Takes losses of classes into a table [B, C], of one row where samples are pooled. */
export function tableOf(
  to: { table?: Float64Array },
  { options }: Part,
  { batch, classes }: Pick<Geometry, "batch" | "classes">,
): (b: number, c: number, value: number) => void {
  const pooled = options.batch === true,
    table = new Float64Array((pooled ? 1 : batch) * classes).fill(Number.NaN);
  to.table = table;
  return (b, c, value) => {
    table[(pooled ? 0 : b) * classes + c] = value;
  };
}

/** The table of a sum, which is that of its only part: what is added to the value is added to each class. */
export function finishTable(loss: string, { table }: { table?: Float64Array }, { parts, offset }: Sum): void {
  const [first] = parts;
  if (parts.length !== 1 || (offset !== 0 && first.options.reduction === "sum"))
    throw new SegLossError(
      "UNSUPPORTED",
      `${loss}: a sum of ${parts.length} losses has no loss of each class; take perClass of each of them`,
    );
  if (first.weight === 1 && offset === 0) return;
  table?.forEach((value, i) => {
    table[i] = first.weight * value + offset;
  });
}

interface Tensors<T> {
  readonly pred: TensorLike;
  readonly target: T;
  readonly extra: Extra;
}

/** Extra inputs that are parameters, and the same for all samples. */
const PARAMETERS: ReadonlySet<string> = new Set([
  "classifierWeight",
  "classifierBias",
  "logNu",
  "logSigma",
  "w1",
  "b1",
  "w2",
  "b2",
  "w3",
  "b3",
]);

/** Sample b of a tensor, or of a bare array, of so many samples. */
function sampleOf(given: TensorLike | Float32Array, what: string, b: number, batch: number): TensorLike | Float32Array {
  const bare = ArrayBuffer.isView(given),
    { data, shape } = bare ? { data: given as Float32Array, shape: [] } : readTensor(given, what),
    length = data.length / batch,
    own = (data as Float32Array).subarray(b * length, (b + 1) * length);
  return bare ? own : { data: own, shape: [1, ...shape.slice(1)] };
}

/** What is made of each sample alone. */
export function eachSample(
  loss: string,
  composition: Composition,
  { pred, target, extra }: Tensors<Target>,
  evaluate: (sample: Tensors<PreparedTarget>) => number,
): Float64Array {
  const { fit } = composition,
    scores = readTensor(pred, `${loss}: pred`),
    shape = readShape(scores, `${loss}: pred`),
    { parts } = fit ? sumFor(fit, shape, `${loss}: pred`, extra) : composition,
    layout = fit?.layout ?? parts[0]?.options.layout ?? "channelsFirst",
    spatialDims = fit?.spatialDims ?? parts[0]?.options.spatialDims ?? null,
    { batch, batched } = readGeometry(shape, layout, `${loss}: pred`, spatialDims),
    labels = target instanceof PreparedTarget ? target : new PreparedTarget(readTensor(target, `${loss}: target`));
  for (const { declaration, options } of parts) refusePooled(declaration.name, options);
  if (batched === false || batch === 1) return Float64Array.of(evaluate({ pred: scores, target: labels, extra }));
  if (labels.tensor.shape[0] !== batch || batch === 0) {
    evaluate({ pred: scores, target: labels, extra }); // which says what is wrong
    return new Float64Array(0);
  }
  return Float64Array.from({ length: batch }, (_, b) => {
    const own = Object.entries(extra).map(([name, given]) => [
      name,
      PARAMETERS.has(name) || given === undefined ? given : sampleOf(given, `${loss}: ${name}`, b, batch),
    ]);
    return evaluate({
      pred: sampleOf(scores, `${loss}: pred`, b, batch) as TensorLike,
      target: new PreparedTarget(sampleOf(labels.tensor, `${loss}: target`, b, batch) as typeof labels.tensor),
      extra: Object.fromEntries(own),
    });
  });
}

/** Losses of pooled samples (options batch, batchTopK) are of the batch; those that are wrapped, too. */
function refusePooled(name: string, options: Part["options"]): void {
  const by = pooling(options);
  if (by)
    throw new SegLossError(
      "UNSUPPORTED",
      `${name}: pools the samples of the batch (${by}: true), so there is no loss of each; ${by}: false has one`,
    );
}

/** The option by which samples are pooled, its own or of the loss that is wrapped. */
function pooling(options: Readonly<Record<string, unknown>>): string | undefined {
  const own = Object.keys(options).find((option) => option.startsWith("batch") && options[option] === true);
  return own ?? (options.lossOptions ? pooling(options.lossOptions as typeof options) : undefined);
}

/** What a loss says of which pixels have none of their own; whether classes have. */
export function notPixelwise({ declaration, options }: Part, byClass: boolean, why?: string): SegLossError {
  const parts = [...(byClass ? ["perClass"] : []), ...(pooling(options) ? [] : ["perSample"])],
    have = parts.length > 0 ? `${parts.join(" and ")} ${parts.length > 1 ? "have" : "has"} parts, and ` : "",
    cure = why ?? `${have}the grad of valueAndGrad says what each pixel does to it`;
  return new SegLossError("UNSUPPORTED", `${declaration.name}: tells no pixel's loss from the others'; ${cure}`);
}

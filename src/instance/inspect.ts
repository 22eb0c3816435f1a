import { SegLossError, type SegLossErrorCode } from "../errors.js";
import { firstLabel } from "../tensors/conventions.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import { type IgnoreIndex, ignoredLabels } from "../tensors/ignoredLabels.js";
import {
  type Geometry,
  isLabelArray,
  type Layout,
  type NumberTensor,
  readGeometry,
  readShape,
} from "../tensors/shape.js";
import type { Loss } from "./loss.js";

/** What looks odd: the code of the error that the loss would throw, or one of these. */
export type FindingCode =
  | SegLossErrorCode
  | "NOT_FINITE"
  | "LOOKS_LIKE_PROBABILITIES"
  | "SATURATED"
  | "LAYOUT_SWAPPED"
  | "UNDECLARED_VOID"
  | "EMPTY_CLASSES"
  | "CLASS_IMBALANCE"
  | "GRADIENT_SHARE";

export interface Finding {
  readonly code: FindingCode;
  readonly message: string;
  /** A number for each class, where the finding has them. */
  readonly perClass?: readonly number[];
}

export interface Inspection {
  readonly findings: readonly Finding[];
}

/** How a loss reads its tensors; a sum reads them as its first term does. */
function conventions(loss: Loss | undefined) {
  let options = (loss?.options ?? {}) as Readonly<Record<string, unknown>>;
  while (Array.isArray(options.terms) && options.terms.length > 0) options = options.terms[0].options;
  return {
    activation: (options.activation ?? "softmax") as string,
    layout: (options.layout ?? "channelsFirst") as Layout,
    spatialDims: (options.spatialDims ?? null) as number | null,
    ignored: ignoredLabels(options.ignoreIndex as IgnoreIndex | undefined),
  };
}

const percent = (share: number) => `${Number((100 * share).toPrecision(2))} %`;

function* oddNumbers({ data }: NumberTensor, activation: string): Generator<Finding> {
  let odd = 0,
    first = -1,
    within = 0,
    saturated = 0;
  for (let i = 0; i < data.length; i++) {
    const z = data[i];
    if (!Number.isFinite(z)) {
      if (odd++ === 0) first = i;
    } else if (z >= 0 && z <= 1) within++;
    if (Math.abs(z) > 20) saturated++;
  }
  if (odd > 0)
    yield { code: "NOT_FINITE", message: `pred has ${odd} NaN or infinite numbers, the first at index ${first}` };
  if (activation !== "none" && data.length > 0 && within === data.length)
    yield {
      code: "LOOKS_LIKE_PROBABILITIES",
      message:
        `all numbers of pred are within 0 to 1, but activation is "${activation}"; if they are probabilities, ` +
        `set activation: "none"`,
    };
  if (activation !== "none" && saturated > data.length / 2)
    yield {
      code: "SATURATED",
      message: `${percent(saturated / data.length)} of pred's logits are beyond 20 in size: their gradients vanish`,
    };
}

function* oddLayout(shape: readonly number[], { classes, spatial, channelsLast }: Geometry): Generator<Finding> {
  const other = channelsLast ? spatial[0] : spatial[spatial.length - 1];
  if (other >= classes || spatial.length < 2) return;
  const set = channelsLast ? "channelsFirst" : "channelsLast";
  yield {
    code: "LAYOUT_SWAPPED",
    message:
      `pred of shape [${shape.join(", ")}] has ${classes} classes, more than the ${other} pixels of an axis; ` +
      `is its layout "${set}"?`,
  };
}

/** How many pixels each class has, or its share of a soft target; labels that are no class by themselves. */
function countClasses({ data }: NumberTensor, geometry: Geometry, ignored: readonly number[]) {
  const { classes, pixels, channelsLast } = geometry,
    counts = new Array<number>(classes).fill(0),
    others = new Map<number, number>();
  for (let i = 0; i < data.length; i++) {
    if (!isLabelArray(data)) counts[channelsLast ? i % classes : Math.floor(i / pixels) % classes] += data[i];
    else if (!ignored.includes(data[i])) {
      const c = data[i] - firstLabel(classes);
      if (c >= 0 && c < classes) counts[c]++;
      else if (!(classes === 1 && data[i] === 0)) others.set(data[i], (others.get(data[i]) ?? 0) + 1);
    }
  }
  return { counts, others };
}

function* oddTarget(target: NumberTensor, geometry: Geometry, ignored: readonly number[]): Generator<Finding> {
  const { counts, others } = countClasses(target, geometry, ignored);
  for (const [label, count] of others)
    if (label === 255 || label === -1)
      yield {
        code: "UNDECLARED_VOID",
        message:
          `target has label ${label} at ${count} pixels and pred ${geometry.classes} classes; if it marks void ` +
          `pixels, set ignoreIndex: ${label}`,
      };
  const empty = counts.flatMap((count, c) => (count > 0 ? [] : [c])),
    present = counts.filter((count) => count > 0);
  if (empty.length > 0 && target.data.length > 0)
    yield { code: "EMPTY_CLASSES", message: `target has no pixel of channel ${empty.join(", ")}`, perClass: counts };
  const ratio = Math.max(...present) / Math.min(...present);
  if (present.length > 1 && ratio > 100)
    yield {
      code: "CLASS_IMBALANCE",
      message: `target's largest class has ${Math.round(ratio)} times the pixels of its smallest`,
      perClass: counts,
    };
}

function gradientShare(grad: Float32Array, { classes, pixels, channelsLast }: Geometry): Finding[] {
  const sums = new Array<number>(classes).fill(0);
  for (let i = 0; i < grad.length; i++)
    sums[channelsLast ? i % classes : Math.floor(i / pixels) % classes] += Math.abs(grad[i]);
  const total = sums.reduce((a, b) => a + b, 0);
  if (!(total > 0))
    return [{ code: "GRADIENT_SHARE", message: "the gradient is 0 everywhere, or NaN", perClass: sums }];
  const perClass = sums.map((sum) => sum / total);
  return [
    {
      code: "GRADIENT_SHARE",
      message: `the gradient goes to the classes by ${perClass.map(percent).join(", ")}`,
      perClass,
    },
  ];
}

/** The finding that stands for a refusal; anything else is thrown on. */
function refused(error: unknown): Finding {
  if (error instanceof SegLossError && error.code !== "DISPOSED") return { code: error.code, message: error.message };
  throw error;
}

/** `SegLoss.inspect`. */
export function inspect(predGiven: TensorLike, targetGiven: TensorLike, loss: Loss | undefined): Inspection {
  if (loss !== undefined && typeof loss?.valueAndGrad !== "function")
    throw new SegLossError("INVALID_OPTION", `inspect: loss must be a loss such as seg.dice(), got ${String(loss)}`);
  const pred = readTensor(predGiven, "inspect: pred"),
    target = readTensor(targetGiven, "inspect: target"),
    { activation, layout, spatialDims, ignored } = conventions(loss),
    findings: Finding[] = [];
  try {
    const shape = readShape(pred, "inspect: pred");
    readShape(target, "inspect: target");
    findings.push(...oddNumbers(pred, activation));
    const geometry = readGeometry(shape, layout, "inspect: pred", spatialDims);
    findings.push(...oddLayout(shape, geometry), ...oddTarget(target, geometry, ignored));
    if (loss) findings.push(...gradientShare(loss.valueAndGrad(pred, target).grad, geometry));
  } catch (error) {
    findings.push(refused(error));
  }
  return { findings };
}

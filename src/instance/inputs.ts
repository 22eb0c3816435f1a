import type { Kernels } from "../bindings/kernels.js";
import type { Share } from "../engine/share.js";
import { countLabels, labelsOfRows, sumSoftTarget } from "../engine/statistics.js";
import { SegLossError } from "../errors.js";
import type { Activation } from "../tensors/conventions.js";
import { isBinary, type TargetStatistics } from "../tensors/conventions.js";
import type { ExtraInputs } from "../tensors/extras.js";
import type { TensorLike } from "../tensors/foreignTensors.js";
import { mergeIgnored } from "../tensors/ignoredLabels.js";
import { lazyTensor } from "../tensors/lazyTensor.js";
import {
  dataType,
  type Geometry,
  held,
  isLabelArray,
  isSoftTarget,
  type LabelArray,
  type Layout,
  type NumberTensor,
  readGeometry,
  readShape,
} from "../tensors/shape.js";
import { sameBytes } from "../tensors/sharedBytes.js";

/** How a loss reads a target. */
export interface TargetReading {
  readonly ignored: readonly number[];
  readonly options: { readonly spatialDims: number | null };
}

/** A target with what has been computed from it. */
export class PreparedTarget {
  // Every call has a target, and a small one feels what is made for nothing.
  #known?: Map<string, unknown>;
  #marked?: Map<string, { readonly marks: Uint8Array; readonly it: unknown }>;
  /** How many classes the predictions have that it was evaluated with. */
  readonly classes: number[] = [];
  readonly #counts: {
    readonly batch: number;
    readonly classes: number;
    readonly ignoreIndex: number | null;
    readonly statistics: TargetStatistics;
  }[] = [];

  constructor(
    readonly tensor: NumberTensor,
    /** How those read it that prepared it. */
    readonly readings: readonly TargetReading[] = [],
  ) {}

  /** What `make` returned the first time for this key. */
  keep<T>(key: string, make: () => T): T {
    this.#known ??= new Map();
    if (!this.#known.has(key)) this.#known.set(key, make());
    return this.#known.get(key) as T;
  }

  /** What `make` returned the last time for this key, if that was for the same marks. */
  keepMarked<T>(key: string, marks: Uint8Array, make: () => T): T {
    this.#marked ??= new Map();
    const known = this.#marked.get(key);
    if (known && sameBytes(known.marks, marks)) return known.it as T;
    const it = make();
    this.#marked.set(key, { marks, it });
    return it;
  }

  /** How often its labels occur, as `make` counted them the first time for such a reading. */
  counts({ batch, classes }: Geometry, ignoreIndex: number | null, make: () => TargetStatistics): TargetStatistics {
    for (const known of this.#counts)
      if (known.batch === batch && known.classes === classes && known.ignoreIndex === ignoreIndex)
        return known.statistics;
    const statistics = make();
    this.#counts.push({ batch, classes, ignoreIndex, statistics });
    return statistics;
  }
}

/** Notes that a prediction of so many classes came with a target. */
export function meetClasses(met: number[], classes: number): void {
  if (!met.includes(classes)) met.push(classes);
}

export type Target = TensorLike | PreparedTarget;

/** Extra inputs of a loss by name; `out` takes the gradient instead of a new array, and may be pred's own. */
export interface Extra extends ExtraInputs {
  readonly out?: Float32Array;
}

/** An extra input as the losses read it. */
export type LiveExtra = (name: string) => NumberTensor | Float32Array | undefined;

export interface Inputs {
  readonly geometry: Geometry;
  readonly binary: boolean;
  /** Arrays by function: those in the module's memory are made anew when it grows. */
  readonly pred: () => Float32Array;
  readonly labels?: () => LabelArray;
  readonly soft?: () => Float32Array;
  readonly ignoreIndex: number | null;
  /** Whether the caller's target is soft; one of zeros and ones may be read as labels. */
  readonly cameSoft: boolean;
  /** Whether some pixels of a soft target are void: their zeros do not count. */
  readonly voids: boolean;
  /** Whether the target is labels, or all its numbers are 0 or 1. */
  readonly hard: boolean;
  readonly statistics: TargetStatistics;
  readonly prepared: PreparedTarget;
}

interface Conventions {
  readonly activation: Activation;
  readonly ignoreIndex: number | null;
  readonly layout: Layout;
  readonly spatialDims: number | null;
}

/** The prediction's data, which must be float32. */
export function checkPred(loss: string, pred: NumberTensor, target: NumberTensor): Float32Array {
  const data = pred.data as unknown;
  if (data instanceof Float32Array) return data;
  const swapped =
    isLabelArray(data) && (target.data as unknown) instanceof Float32Array ? "; are pred and target swapped?" : "";
  throw new SegLossError("SHAPE_MISMATCH", `${loss}: pred must be a Float32Array, got ${dataType(pred)}${swapped}`);
}

/** Makes classes of the caller's labels, where they are something else. */
type Encode = (labels: LabelArray, geometry: Geometry) => Int16Array;

/** The target with its labels encoded; -1 is the label that does not count. */
function encodeLabels(given: PreparedTarget, key: string, encode: Encode, geometry: Geometry): PreparedTarget {
  const { data } = given.tensor;
  return given.keep(
    key,
    () =>
      new PreparedTarget({ data: encode(data as LabelArray, geometry), shape: [geometry.batch, ...geometry.spatial] }),
  );
}

/** The label of void pixels where labels are made here. */
const VOID = -1;

/** The target with one label in place of the several that do not count. */
export function mergeTarget(target: PreparedTarget, ignored: readonly number[], what: string): PreparedTarget {
  const { data, shape } = target.tensor;
  if (ignored.length < 2 || !isLabelArray(data)) return target;
  return target.keep(
    `ignored ${ignored}`,
    () => new PreparedTarget({ data: mergeIgnored(data, ignored, what), shape }),
  );
}

/** How a call's tensors are read. */
export interface Reading {
  /** The labels that do not count; `ignoreIndex` stands for them. */
  readonly ignored?: readonly number[];
  readonly encoding?: { readonly key: string; readonly encode: Encode };
  /** Shares of a call count the labels together. */
  readonly share?: Share;
  /** The loss, if any, that takes no soft target: it says so before what the target holds is looked at. */
  readonly labelsOnly?: string;
}

/** Checks a call's tensors; nothing below checks again. */
export function readInputs(
  kernels: Kernels,
  loss: string,
  { activation, ignoreIndex: given, layout, spatialDims }: Conventions,
  pred: NumberTensor,
  target: PreparedTarget,
  { encoding, share, ignored, labelsOnly }: Reading = {},
): Inputs {
  const merged = mergeTarget(target, ignored ?? [], `${loss}: target`),
    { tensor } = merged,
    shape = readShape(pred, `${loss}: pred`),
    data = kernels.memory.pin(checkPred(loss, pred, tensor)),
    geometry = readGeometry(shape, layout, `${loss}: pred`, spatialDims);
  if (activation === "softmax" && geometry.classes === 1) {
    const got = `pred has shape [${shape.join(", ")}], C = 1`;
    throw new SegLossError(
      "UNSUPPORTED",
      `${loss}: softmax over one channel is always 1 (${got}); use activation "sigmoid"`,
    );
  }
  meetClasses(target.classes, geometry.classes);
  const cameSoft = isSoftTarget(tensor, shape, geometry, loss, spatialDims);
  if (cameSoft && labelsOnly)
    throw new SegLossError(
      "UNSUPPORTED",
      `${labelsOnly}: target must hold labels in an integer typed array, got soft targets in a Float32Array`,
    );
  const binary = isBinary(activation, geometry.classes),
    read = cameSoft
      ? readSoft(
          kernels,
          loss,
          { binary, ignoreIndex: given, keepSoft: encoding !== undefined, share },
          merged,
          geometry,
        )
      : readLabels(kernels, loss, given, merged, geometry, { encoding, share, ignored });
  const { labels, soft, ignoreIndex, voids, hard, statistics, prepared } = read;
  return { geometry, binary, pred: data, labels, soft, ignoreIndex, cameSoft, voids, hard, statistics, prepared };
}

type ReadTarget = Pick<Inputs, "labels" | "soft" | "ignoreIndex" | "voids" | "hard" | "statistics" | "prepared">;

function readLabels(
  kernels: Kernels,
  loss: string,
  given: number | null,
  target: PreparedTarget,
  geometry: Geometry,
  { encoding, share, ignored }: Reading,
): ReadTarget {
  const { batch, classes, spatial } = geometry,
    prepared = encoding
      ? encodeLabels(target, `${encoding.key} ${classes} ${batch} ${spatial}`, encoding.encode, geometry)
      : target,
    ignoreIndex = encoding ? VOID : given,
    labels = kernels.memory.pin(prepared.tensor.data as LabelArray);
  const statistics = prepared.counts(geometry, ignoreIndex, () =>
    countLabels(kernels, labels, geometry, ignoreIndex ?? undefined, `${loss}: target`, share, ignored),
  );
  return { labels, ignoreIndex, voids: false, hard: true, statistics, prepared };
}

interface SoftConventions {
  readonly binary: boolean;
  readonly ignoreIndex: number | null;
  /** Whether a target of zeros and ones is left as it is, where labels would mean something else. */
  readonly keepSoft: boolean;
  readonly share?: Share;
}

/**
 * A soft target. A one-hot one is read as the labels that it stands for, and so are its void pixels: the bits are
 * theirs, mostly in less time.
 */
function readSoft(
  kernels: Kernels,
  loss: string,
  { binary, ignoreIndex, keepSoft, share }: SoftConventions,
  target: PreparedTarget,
  geometry: Geometry,
): ReadTarget {
  if (binary && ignoreIndex !== null)
    throw new SegLossError(
      "UNSUPPORTED",
      `${loss}: ignoreIndex is a label, and the target is soft (Float32Array), where zeros are the answer no ` +
        "to each channel; pass integer labels or leave ignoreIndex out",
    );
  const soft = kernels.memory.pin(target.tensor.data as Float32Array),
    { batch, classes, channelsLast } = geometry,
    reading = { what: loss, competing: !binary, voids: ignoreIndex !== null, share };
  const statistics = target.keep(
    `statistics ${batch} ${classes} ${channelsLast} ${reading.competing} ${reading.voids}`,
    () => sumSoftTarget(kernels, soft, geometry, reading),
  );
  if (binary || !statistics.hard || keepSoft) {
    const { voids, hard } = statistics;
    return { soft, ignoreIndex, voids, hard, statistics, prepared: target };
  }
  const prepared = target.keep(
    `labels ${classes} ${channelsLast}`,
    () => new PreparedTarget(lazyTensor(labelsOfRows(kernels, soft, geometry), [batch, ...geometry.spatial])),
  );
  return readLabels(kernels, loss, statistics.voids ? VOID : ignoreIndex, prepared, geometry, { share });
}

/** The array that takes the gradient: the caller's, checked, or a new one. */
export function readOut(loss: string, out: unknown, length: number): Float32Array {
  if (out === undefined) {
    try {
      return new Float32Array(length);
    } catch {
      throw new SegLossError(
        "OUT_OF_MEMORY",
        `${loss}: the gradient needs ${Math.ceil(length / 262144)} MB, which the host does not give`,
      );
    }
  }
  if (!(out instanceof Float32Array))
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${loss}: out must be a Float32Array (of a tensor its data), got ` +
        `${(out as object)?.constructor?.name ?? String(out)}`,
    );
  if (out.length !== length)
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${loss}: out must hold ${length} numbers, as many as pred, got ${held(out)}`,
    );
  return out;
}

import type { Kernels } from "../bindings/kernels.js";
import { Engine } from "../engine/engine.js";
import { SegLossError } from "../errors.js";
import { createMetrics, type Metrics } from "../metrics/metrics.js";
import { brief } from "../options/names.js";
import { otherWord } from "../options/options.js";
import type { TensorLike } from "../tensors/foreignTensors.js";
import { count } from "../tensors/shape.js";
import { loadShipped } from "../terms/inverseForm.js";
import type { NetworkSource } from "../terms/shippedNetwork.js";
import type { MaskTensor, Tensor } from "../utilities/arguments.js";
import {
  boundaryAwareDecode,
  boundaryAwareEncode,
  type DecodeOptions,
  type EncodeOptions,
} from "../utilities/boundaryAware.js";
import { type ClassWeightsOptions, classWeights } from "../utilities/classWeights.js";
import {
  type BoundaryMaskOptions,
  boundaryMask,
  type DistanceOptions,
  distanceTransform,
  type SignedDistanceOptions,
  signedDistanceTransform,
} from "../utilities/masks.js";
import { type RegionWiseMapOptions, regionWiseMap } from "../utilities/regionWiseMap.js";
import { argmax, type LabelTensor, softmax, type UtilityOptions } from "../utilities/scores.js";
import {
  type BettiNumbersOptions,
  type BettiTensor,
  bettiNumbers,
  type ComponentsTensor,
  type ConnectedComponentsOptions,
  connectedComponents,
  type SkeletonizeOptions,
  skeletonize,
} from "../utilities/topology.js";
import { PreparedTarget, type Target } from "./inputs.js";
import { type Inspection, inspect } from "./inspect.js";
import type { Composition, Loss } from "./loss.js";
import { Losses, type LossMethods } from "./losses.js";
import { readPrepared } from "./prepare.js";
import { WeightedLoss } from "./weightedLoss.js";

/**
 * A tensor in the module's memory. Read `data` anew after other calls: when memory grows, earlier views of it are cut
 * off.
 */
export interface ResidentTensor<
  Data extends Float32Array | Uint8Array | Int32Array = Float32Array | Uint8Array | Int32Array,
> {
  /** A view of the module's memory, to read and to write. */
  readonly data: Data;
  /** Its dimensions, as they were given. */
  readonly shape: readonly number[];
  /** Gives its memory back. */
  dispose(): void;
}

const views = { float32: Float32Array, uint8: Uint8Array, int32: Int32Array } as const;
const dtypes = {
  float32: ["f32", "float", "Float32Array"],
  uint8: ["u8", "byte", "bool", "boolean", "Uint8Array"],
  int32: ["i32", "int", "Int32Array"],
};
type DType = keyof typeof views;
type ViewOf<D extends DType> = InstanceType<(typeof views)[D]>;

class Library extends Losses<Loss> {
  #engine: Engine | undefined;
  /** Scores of predictions: `metrics.dice(pred, target, options)` and so on. */
  readonly metrics: Metrics = createMetrics(() => this.#alive().kernels);

  constructor(kernels: Kernels) {
    super();
    this.#engine = new Engine(kernels);
  }

  readonly #alive = (): Engine => {
    if (!this.#engine)
      throw new SegLossError("DISPOSED", "segloss: this instance was disposed of; load() gives a new one");
    return this.#engine;
  };

  protected override check(): void {
    this.#alive();
  }

  protected override evaluator(composition: Composition): WeightedLoss {
    return new WeightedLoss(composition, this.#alive);
  }

  /**
   * A tensor of zeros that lives in the module's memory, so that calls need not copy it there.
   *
   * @param shape any list of whole numbers
   * @param dtype "float32" (default), "uint8" or "int32"
   * @throws {SegLossError} `OUT_OF_MEMORY`, `SHAPE_MISMATCH`, `INVALID_OPTION`
   */
  tensor<D extends DType = "float32">(shape: readonly number[], dtype: D = "float32" as D): ResidentTensor<ViewOf<D>> {
    const { memory } = this.#alive().kernels,
      View = Object.hasOwn(views, dtype) ? views[dtype] : undefined,
      alive = this.#alive;
    if (!Array.isArray(shape) || !shape.every((n) => Number.isInteger(n) && n >= 0)) {
      const numbers = ArrayBuffer.isView(shape) ? "; numbers are set in the tensor's data" : "";
      throw new SegLossError(
        "SHAPE_MISMATCH",
        `tensor: shape must be a list of whole numbers, such as [1, 64, 64], got ${brief(shape)}${numbers}`,
      );
    }
    if (!View) {
      const came = typeof dtype === "function" ? (dtype as { name: string }).name : dtype,
        cure = otherWord({ values: Object.keys(views), words: dtypes }, came);
      throw new SegLossError(
        "INVALID_OPTION",
        `tensor: dtype must be "float32", "uint8" or "int32", got ${brief(came)}${cure}`,
      );
    }
    const length = count(shape);
    let address: number | undefined = memory.take(
      length * View.BYTES_PER_ELEMENT,
      `tensor: shape [${shape.join(", ")}]`,
    );
    const read = () => {
      alive();
      if (address === undefined) throw new SegLossError("DISPOSED", "segloss: this tensor was disposed of");
      return new View(memory.f32.buffer as ArrayBuffer, address, length) as ViewOf<D>;
    };
    read().fill(0);
    return {
      shape: [...shape],
      get data() {
        return read();
      },
      dispose() {
        if (address !== undefined) memory.give(address);
        address = undefined;
      },
    };
  }

  /** The map of regionWise: planes [B, numClasses, ...spatial] of labels [B, ...spatial]. */
  regionWiseMap(labels: TensorLike, options: RegionWiseMapOptions): Tensor {
    return regionWiseMap(this.#alive().kernels, labels, options);
  }

  /**
   * Loads the network that inverseForm ships with (0.4 MB), for all instances. Node needs no such call; elsewhere it
   * must come before the loss's first.
   */
  async loadInverseForm(source?: NetworkSource): Promise<void> {
    this.#alive();
    await loadShipped(source);
  }

  /**
   * What looks odd about a prediction and a target, as a loss would read them (without one: logits of competing
   * classes): the first thing to try when a loss looks wrong. Finds numbers that look like probabilities, NaN,
   * saturated logits, a layout that looks swapped, void labels that are not declared, empty classes and classes far
   * apart in size, and each class's share of the gradient. Does not throw where the loss would refuse the tensors: then
   * a finding has that error's code and message. Throws for arguments that are no tensors or no loss.
   */
  inspect(pred: TensorLike, target: TensorLike, loss?: Loss): Inspection {
    this.#alive();
    return inspect(pred, target, loss);
  }

  /** Probabilities over C of a tensor [B, C, ...spatial]. */
  softmax(input: TensorLike, options?: UtilityOptions<Float32Array>): Tensor {
    return softmax(this.#alive().kernels, input, options);
  }

  /** The class of the largest number over C, the first of equals: [B, ...spatial]. */
  argmax(input: TensorLike, options?: UtilityOptions<Int32Array | Uint8Array | Uint16Array>): LabelTensor {
    return argmax(this.#alive().kernels, input, options);
  }

  /**
   * For each nonzero pixel of masks [B, ...spatial] the exact Euclidean distance to the nearest zero pixel of its
   * sample; infinity where none is.
   */
  distanceTransform(mask: TensorLike, options?: DistanceOptions): Tensor {
    return distanceTransform(this.#alive().kernels, mask, options);
  }

  /**
   * For each pixel of masks [B, ...spatial] the distance to the object, inside minus (the distance to the outside less
   * `insideOffset`); zeros where one of them is missing.
   */
  signedDistanceTransform(mask: TensorLike, options?: SignedDistanceOptions): Tensor {
    return signedDistanceTransform(this.#alive().kernels, mask, options);
  }

  /**
   * 1 at the pixels of masks [B, ...spatial] from which an outside pixel is `width` steps away or less, 0 elsewhere:
   * the mask minus so many erosions.
   */
  boundaryMask(mask: TensorLike, options?: BoundaryMaskOptions): MaskTensor {
    return boundaryMask(this.#alive().kernels, mask, options);
  }

  /**
   * Labels [B, ...spatial], of which those above 0 are objects, as bins of the distance to the object's boundary: the
   * target of `boundaryAware`.
   */
  boundaryAwareEncode(labels: TensorLike, options: EncodeOptions): MaskTensor {
    return boundaryAwareEncode(this.#alive().kernels, labels, options);
  }

  /**
   * The mask that bins [B, ...spatial], or scores [B, bins, ...spatial], stand for: around each pixel a ball of its
   * bin's distance.
   */
  boundaryAwareDecode(input: TensorLike, options?: DecodeOptions): MaskTensor {
    return boundaryAwareDecode(this.#alive().kernels, input, options);
  }

  /**
   * The connected parts of equal labels [B, ...spatial], numbered 1, 2, … in each sample in the order of their first
   * pixels; 0 stays 0. `counts` says how many each sample has.
   */
  connectedComponents(labels: TensorLike, options?: ConnectedComponentsOptions): ComponentsTensor {
    return connectedComponents(this.#alive().kernels, labels, options);
  }

  /** Masks [B, ...spatial] thinned to lines of one pixel, which have the same parts and holes. */
  skeletonize(mask: TensorLike, options?: SkeletonizeOptions): MaskTensor {
    return skeletonize(this.#alive().kernels, mask, options);
  }

  /**
   * Of each of the masks [B, ...spatial] the numbers of its parts and its holes [B, 2], or of a volume's parts, tunnels
   * and cavities [B, 3].
   */
  bettiNumbers(mask: TensorLike, options?: BettiNumbersOptions): BettiTensor {
    return bettiNumbers(this.#alive().kernels, mask, options);
  }

  /**
   * Weights of classes for losses' option `classWeights`, by how many pixels of labels [B, ...spatial] each class has;
   * 0 for one that is not there. Of what a loss's `prepare` gave, too: then ignoreIndex and spatialDims are that loss's
   * where they are left out.
   */
  classWeights(target: Target, options?: ClassWeightsOptions): number[] {
    const { kernels } = this.#alive();
    if (!(target instanceof PreparedTarget)) return classWeights(kernels, target, options);
    return classWeights(kernels, target.tensor, readPrepared(target, options));
  }

  /** Lets the memory go; every later use throws DISPOSED. */
  dispose(): void {
    this.#engine = undefined;
  }
}

/** One method per loss of the catalog, and what else an instance does. */
export type SegLoss = Library & LossMethods<Loss>;

export const createLibrary = (kernels: Kernels): SegLoss => new Library(kernels) as SegLoss;

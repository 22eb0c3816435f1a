import { SegLossError } from "../errors.js";
import { labelRange } from "./columns.js";
import type { Common } from "./common.js";
import { type NumberMap, VOID } from "./numbering.js";
import type { Counts } from "./sides.js";

/** How often the classes of one sample meet: in the target, in the prediction, and in both at the same pixel. */
export interface Marginals {
  readonly target: Float64Array;
  readonly pred: Float64Array;
  readonly both: Float64Array;
}

/** The classes of both sides at each pixel, one against another. */
export interface Joint {
  /** The label of each row, null where it is all others'. */
  readonly rows: readonly (number | null)[];
  marginals(b: number): Marginals;
  /** [rows, rows]: pixels whose class is the row's in the target and the column's in the prediction. */
  matrix(b: number): Float64Array;
}

/** Of two maps of numbers, whose labels are `names`. */
export class JointLabels implements Joint {
  readonly rows: readonly (number | null)[];
  readonly #pred: NumberMap;
  readonly #target: NumberMap;
  /** The row of each number. */
  readonly #rowOf: Int32Array;
  readonly #pixels: number;

  constructor(
    what: string,
    options: Common,
    classes: number,
    pixels: number,
    { names, pred, target }: { names: readonly number[]; pred: NumberMap; target: NumberMap },
  ) {
    this.#pixels = pixels;
    this.#pred = pred;
    this.#target = target;
    this.rows = rowLabels(options, classes, names);
    const places = new Map(this.rows.map((label, row) => [label, row])),
      rest = places.get(null);
    const rowsOfNames = names.map((label) => {
      const row = places.get(label) ?? rest;
      // What a NaN is read as; its sample is not asked for.
      if (row !== undefined || !options.labels) return row ?? -1;
      throw new SegLossError(
        "INVALID_TARGET",
        `${what}: option labels has 0, so that every counted pixel must have one of its labels, but ${label} occurs; ` +
          "leave 0 out to have all other labels in one row",
      );
    });
    this.#rowOf = Int32Array.of(-1, ...rowsOfNames);
  }

  #each(b: number, work: (row: number, column: number) => void): void {
    const rows = this.#rowOf,
      [pred, target] = [this.#pred, this.#target];
    for (let i = b * this.#pixels, end = i + this.#pixels; i < end; i++)
      if (target[i] !== VOID) work(rows[target[i]], rows[pred[i]]);
  }

  marginals(b: number): Marginals {
    const make = () => new Float64Array(this.rows.length),
      [target, pred, both] = [make(), make(), make()];
    this.#each(b, (row, column) => {
      target[row]++;
      pred[column]++;
      if (row === column) both[row]++;
    });
    return { target, pred, both };
  }

  matrix(b: number): Float64Array {
    const size = this.rows.length,
      matrix = new Float64Array(size * size);
    this.#each(b, (row, column) => {
      matrix[row * size + column]++;
    });
    return matrix;
  }
}

function rowLabels({ labels }: Common, classes: number, names: readonly number[]): (number | null)[] {
  if (labels) return labels.includes(0) ? [...labels] : [null, ...labels];
  if (classes > 0) return Array.from({ length: labelRange(classes) }, (_, label) => label);
  return [0, ...names.filter((label) => label !== 0).sort((a, b) => a - b)];
}

/** Of a single class: the rest and the class. */
export function binaryJoint(countsOf: (b: number) => Counts): Joint {
  const matrix = (b: number) => {
    const { both, pred, target, counted } = countsOf(b);
    return Float64Array.of(counted - pred - target + both, pred - both, target - both, both);
  };
  return {
    rows: [null, 1],
    matrix,
    marginals(b) {
      const [tn, fp, fn, tp] = matrix(b);
      return {
        target: Float64Array.of(tn + fp, fn + tp),
        pred: Float64Array.of(tn + fn, fp + tp),
        both: Float64Array.of(tn, tp),
      };
    },
  };
}

import { structures } from "../../../dist/kernels.js";
import type { WholeContext } from "../context.js";
import { FRAME } from "../tileMemory.js";
import { loadLabels, loadPlanes, type PlaneSource, planeBytes, planeOf } from "./planes.js";

/** How an image becomes cells, and how many of them a window is across. */
export interface WindowShape {
  readonly pool: "average" | "max" | "none";
  /** Pixels of a cell along each axis. */
  readonly poolSize: number;
  readonly radius: number;
  /** Added to all probabilities. */
  readonly offset: number;
}

/** A cell so wide holds any image: larger ones make no difference that shows. */
const WIDEST = 2 ** 30;

/** An axis as assembly/math/axis.ts has it. */
type Axis = Readonly<Record<Exclude<keyof typeof structures.Axis, "bytes">, number>>;

function axis(pixels: number, poolSize: number, radius: number): Axis {
  const stride = Math.min(poolSize, WIDEST),
    padding = stride > 1 ? Math.floor(stride / 2) : 0,
    cells = Math.floor((pixels + 2 * padding - stride) / stride) + 1;
  return { pixels, stride, padding, cells, radius, bands: Math.min(cells, 2 * radius - 1) };
}

type Axes = readonly Axis[];

/** Three axes, slowest first. */
function axesOf(spatial: readonly number[], { pool, poolSize, radius }: WindowShape): Axes {
  const missing = Array.from({ length: 3 - spatial.length }, () => axis(1, 1, 1));
  return [...missing, ...spatial.map((n) => axis(n, pool === "none" ? 1 : poolSize, radius))];
}

const product = (axes: Axes, field: keyof Axis) => axes.reduce((n, each) => n * each[field], 1);

/** Whether an image has any windows: each axis must have as many cells as a window is across. */
export function hasWindows(spatial: readonly number[], shape: WindowShape): boolean {
  return axesOf(spatial, shape).every((each) => each.cells >= each.radius);
}

/** Of the number of windows: what float64 resolves of sums of as many products below 1. */
const RESOLUTION = 1e-15;

interface WindowSource extends PlaneSource, Pick<WholeContext, "activation"> {
  /** Whether derivatives are left that are by pred and no more by p. */
  readonly byPred: boolean;
}
type WindowArea = keyof ReturnType<typeof windowSizes>;

/** Bytes of what the windows of a class take. */
function windowSizes(axes: Axes, { geometry }: WindowSource, { pool, radius }: WindowShape) {
  const plane = planeBytes(geometry.pixels),
    places = product(axes, "radius"),
    cells = product(axes, "cells"),
    matrix = 8 * (2 * places) ** 2;
  return {
    axes: structures.Axis.bytes * axes.length,
    target: plane,
    coded: plane,
    rows: 8 * geometry.spatial[geometry.spatial.length - 1],
    bands: 32 * (2 * radius - 1) * product(axes, "bands"),
    means: 16 * places,
    covariance: matrix,
    inverse: matrix,
    matrix: matrix / 2,
    firsts: pool === "max" ? 4 * cells : 0,
    cells: 16 * cells,
    slopes: 16 * cells,
  };
}

/**
 * The windows of one class of a sample at a time: their covariances and slopes, in memory that is taken once for all.
 */
export class ClassWindows {
  readonly #places: number;
  readonly #cells: number;
  /** The sample whose labels are in place. */
  #labelled = -1;
  /** The least regularization that is more than rounding errors of the covariances. */
  readonly #least: number;

  private constructor(
    readonly source: WindowSource,
    readonly shape: WindowShape,
    axes: Axes,
    private readonly at: Readonly<Record<WindowArea, number>>,
  ) {
    this.#least = RESOLUTION * axes.reduce((n, each) => n * (each.cells - each.radius + 1), 1);
    this.#places = product(axes, "radius");
    this.#cells = product(axes, "cells");
    const { i32 } = source.kernels.memory;
    for (const [i, each] of axes.entries())
      for (const [field, number] of Object.entries(each))
        i32[(at.axes + i * structures.Axis.bytes + structures.Axis[field as keyof Axis]) >>> 2] = number;
  }

  /** Calls `work` with room for the windows of a class. */
  static with<T>(source: WindowSource, shape: WindowShape, work: (windows: ClassWindows) => T): T {
    const axes = axesOf(source.geometry.spatial, shape),
      sizes = windowSizes(axes, source, shape),
      what = `windows of ${product(axes, "radius")} cells`;
    return source.kernels.memory.with(Object.values(sizes), what, (...at) => {
      const addresses = Object.fromEntries(Object.keys(sizes).map((name, i) => [name, at[i]]));
      return work(new ClassWindows(source, shape, axes, addresses as Record<WindowArea, number>));
    });
  }

  /** Where the probabilities of a class are: in the field itself if that is in the module's memory, else in a copy. */
  #plane(b: number, c: number): number {
    const { f32 } = this.source.kernels.memory,
      plane = planeOf(this.source, b, c);
    if (plane.buffer === f32.buffer) return plane.byteOffset;
    f32.set(plane, this.at.coded >>> 2);
    return this.at.coded;
  }

  /** The loss of class c of sample b; leaves its derivative times a factor in the field where a factor is given. */
  evaluate(b: number, c: number, regularization: number, factor: number | undefined): number {
    const { kernels, geometry, activation, labels, byPred } = this.source,
      { exports, calls, tile, memory } = kernels,
      { pool, offset } = this.shape,
      { axes, target, rows, bands, means, covariance, inverse, matrix, firsts, cells, slopes } = this.at;
    const wanted = factor !== undefined,
      one = activation === "none" ? 0 : 1;
    if (!labels) loadPlanes(this.source, b, c, { t: target });
    else if (b !== this.#labelled) loadLabels(this.source, b, target);
    this.#labelled = b;
    const label = labels ? c + tile.get(FRAME.firstLabel) : -1,
      coded = this.#plane(b, c);
    // The mean of one pixel would be its error, rounded, and its target.
    calls.pool({ axes, coded, one, target, label, offset, largest: pool !== "average", rows, cells });
    if (pool === "max" && wanted) exports.firstLargest(axes, coded, one, offset, cells, firsts);
    exports.centreCells(cells, this.#cells);
    exports.windowMoments(axes, cells, bands, means, covariance);
    const value = exports.regionMutualInformation(
      covariance,
      inverse,
      wanted ? matrix : 0,
      this.#places,
      Math.max(regularization, this.#least),
      factor ?? 0,
    );
    if (!wanted) return value;
    exports.windowSlopes(axes, cells, bands, means, matrix, slopes);
    if (pool === "max") exports.maxSlopes(axes, slopes, firsts, coded, byPred);
    else exports.averageSlopes(axes, slopes, rows, coded, byPred);
    if (coded === this.at.coded)
      planeOf(this.source, b, c).set(memory.f32.subarray(coded >>> 2, (coded >>> 2) + geometry.pixels));
    return value;
  }
}

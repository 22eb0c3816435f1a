import { loadPlanes, type PlaneSource, planeBytes, writeChannel } from "./planes.js";
import { align } from "./tile.js";

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
function axis(pixels: number, poolSize: number, radius: number): readonly number[] {
  const stride = Math.min(poolSize, WIDEST),
    padding = stride > 1 ? Math.floor(stride / 2) : 0,
    cells = Math.floor((pixels + 2 * padding - stride) / stride) + 1;
  return [pixels, stride, padding, cells, radius, Math.min(cells, 2 * radius - 1)];
}

const AXIS = { cells: 3, bands: 5 };

/** The windows of one class of a sample at a time: their covariances and slopes, in memory that is taken once for all. */
export class ClassWindows {
  readonly #axes: readonly (readonly number[])[];
  readonly #at: Record<string, number> = {};
  readonly #places: number;
  readonly #cells: number;
  readonly #start: number;

  constructor(
    readonly source: PlaneSource & { readonly activation: string },
    readonly shape: WindowShape,
  ) {
    const { kernels, geometry } = source,
      { spatial, pixels } = geometry,
      { radius, pool, poolSize } = shape;
    const missing = Array.from({ length: 3 - spatial.length }, () => axis(1, 1, 1));
    this.#axes = [...missing, ...spatial.map((n) => axis(n, pool === "none" ? 1 : poolSize, radius))];
    this.#places = radius ** spatial.length;
    const product = (field: number) => this.#axes.reduce((n, each) => n * each[field], 1),
      matrix = 8 * (2 * this.#places) ** 2;
    this.#cells = product(AXIS.cells);
    const sizes: Record<string, number> = {
      axes: 4 * 18,
      target: planeBytes(pixels),
      coded: planeBytes(pixels),
      rows: 16 * (this.#axes[2][0] + 4),
      bands: 32 * (2 * radius - 1) * product(AXIS.bands),
      means: 16 * this.#places,
      covariance: matrix,
      inverse: matrix,
      matrix: matrix / 2,
      firsts: pool === "max" ? 4 * this.#cells : 0,
      cells: 16 * this.#cells,
      slopes: 16 * this.#cells,
    };
    if (!this.exist) {
      this.#start = 0;
      return;
    }
    kernels.use(geometry.classes);
    let at = kernels.memory.take(
      Object.values(sizes).reduce((sum, bytes) => sum + align(bytes), 0),
      `windows of ${this.#places} cells`,
    );
    this.#start = at;
    for (const [name, bytes] of Object.entries(sizes)) {
      this.#at[name] = at;
      at += align(bytes);
    }
    kernels.memory.i32.set(this.#axes.flat(), this.#at.axes >> 2);
  }

  /** Whether there are any: each axis has as many cells as a window is across. */
  get exist(): boolean {
    return this.#axes.every(([, , , cells, radius]) => cells >= radius);
  }

  free(): void {
    if (this.exist) this.source.kernels.memory.give(this.#start);
  }

  /** The loss of class c of sample b; leaves factor dL/dp in the field where a factor is given. */
  evaluate(b: number, c: number, regularization: number, factor: number | undefined): number {
    const { kernels, geometry, field } = this.source,
      { pool, offset } = this.shape,
      { axes, target, coded, rows, bands, means, covariance, inverse, matrix, firsts, cells, slopes } = this.#at;
    const wanted = factor !== undefined,
      one = this.source.activation === "none" ? 0 : 1;
    loadPlanes(this.source, b, c, { t: target, coded });
    if (pool === "none") kernels.call("copyCells", geometry.pixels, target, coded, one, offset, cells);
    else kernels.call(`${pool}Pool`, axes, target, coded, one, offset, rows, cells);
    if (pool === "max" && wanted) kernels.call("firstLargest", axes, coded, one, offset, cells, firsts);
    kernels.call("centreCells", cells, this.#cells);
    kernels.call("windowMoments", axes, cells, bands, means, covariance);
    const value = kernels.call("regionMutualInformation", covariance, inverse, wanted ? matrix : 0, this.#places, regularization, factor ?? 0);
    if (!wanted) return value;
    kernels.call("windowSlopes", axes, cells, bands, means, matrix, slopes);
    if (pool === "none") kernels.call("copySlopes", geometry.pixels, slopes, target);
    else if (pool === "max") kernels.call("maxSlopes", axes, slopes, firsts, target);
    else kernels.call("averageSlopes", axes, slopes, target);
    writeChannel(field(), kernels.memory.f32.subarray(target >> 2, (target >> 2) + geometry.pixels), b, c, geometry);
    return value;
  }
}

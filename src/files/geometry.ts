import { sharePlanes } from "./embed.js";
import { arrange, stridesOf } from "./readers/strides.js";
import { type Place, product, show, type Volume } from "./readers/volume.js";

type Matrix = Place["affine"];
const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]; // biome-ignore format: a list

const column = (affine: Matrix, j: number) => affine.map((row) => row[j]);
const length = (vector: readonly number[]) => Math.hypot(...vector);

/** Which axis of space each voxel axis runs along, and which way. */
function directions(affine: Matrix): { readonly axis: number; readonly sign: number }[] {
  const along = [0, 1, 2].map((j) => column(affine, j).map((v) => v / length(column(affine, j))));
  const fit = (order: readonly number[]) => order.reduce((sum, axis, j) => sum + Math.abs(along[j][axis]), 0),
    best = orders.reduce((a, b) => (fit(b) > fit(a) + 1e-9 ? b : a));
  return best.map((axis, j) => ({ axis, sign: along[j][axis] < 0 ? -1 : 1 }));
}

const letters = ["RL", "AP", "SI"];
/** The way voxel axes x, y, z run, as in "RAS". */
export const code = (affine: Matrix) =>
  directions(affine)
    .map(({ axis, sign }) => letters[axis][sign > 0 ? 0 : 1])
    .join("");

/** A volume with its x, y and z in the order and direction of another's. */
function turn(volume: Volume, affine: Matrix, like: Matrix): Volume & { readonly place: Place } {
  const own = directions(affine),
    rank = volume.shape.length,
    shape = [...volume.shape],
    strides = stridesOf(volume.shape),
    newStrides = [...strides],
    spacing = volume.spacing && [...volume.spacing];
  let first = 0;
  const columns = [0, 1, 2, 3].map((j) => column(affine, j)),
    turned = [...columns];
  for (const [j, { axis, sign }] of directions(like).entries()) {
    const k = own.findIndex((direction) => direction.axis === axis),
      // x is the last axis of the array.
      [to, from] = [rank - 1 - j, rank - 1 - k],
      n = volume.shape[from],
      flip = own[k].sign !== sign;
    shape[to] = n;
    newStrides[to] = flip ? -strides[from] : strides[from];
    if (flip) first += strides[from] * (n - 1);
    turned[j] = columns[k].map((v) => (flip ? -v : v));
    if (flip) turned[3] = turned[3].map((v, i) => v + columns[k][i] * (n - 1));
    if (spacing && volume.spacing) spacing[2 - j] = volume.spacing[2 - k];
  }
  const rows = [0, 1, 2].map((i) => turned.map((vector) => vector[i]));
  return {
    ...volume,
    data: arrange(volume.data, shape, newStrides, first),
    shape,
    spacing,
    place: { affine: rows },
  };
}

const close = (a: readonly number[], b: readonly number[]) => a.every((v, i) => Math.abs(v - b[i]) <= 1e-3 * b[i]);
const sizes = ({ spacing = [] }: Volume) =>
  [...spacing]
    .reverse()
    .map((v) => Number(v.toPrecision(6)))
    .join(" x ");

/** How far apart the corners of two grids lie at most, in voxels. */
function distance({ shape }: Volume, one: Matrix, other: Matrix): number {
  const dims = shape.slice(-3).reverse(),
    voxel = Math.min(...[0, 1, 2].map((j) => length(column(other, j))));
  let most = 0;
  for (let corner = 0; corner < 8; corner++) {
    const at = [...dims.map((n, j) => ((corner >> j) & 1) * (n - 1)), 1],
      place = (affine: Matrix) => affine.map((row) => row.reduce((sum, v, j) => sum + v * at[j], 0)),
      [a, b] = [place(one), place(other)];
    most = Math.max(most, length(a.map((v, i) => v - b[i])));
  }
  return most / voxel;
}

export interface Placed {
  readonly volume: Volume;
  readonly truth: Volume;
  readonly notes: readonly string[];
}

/**
 * A prediction on its target's grid: axes that run another way are turned; what differs beyond that is an error, since
 * voxels that lie elsewhere cannot be compared one by one.
 */
export function onGridOf(
  volume: Volume,
  reference: Volume,
  paths: { readonly pred: string; readonly target: string },
  checks: { readonly spacing: boolean },
): Placed {
  const [own, wanted] = [volume.place?.affine, reference.place?.affine],
    notes: string[] = [];
  let [placed, truth] = [volume, reference];
  const differ = (what: string, ours: string, theirs: string, cure: string) =>
    new Error(
      `${paths.pred}: ${what} ${ours}, but that of ${paths.target} is ${theirs}; resample one of them, or ${cure}`,
    );
  const byIndex = "give --ignore-geometry to compare voxel by voxel";
  if (own && wanted && code(own) !== code(wanted)) {
    placed = turn(volume, own, wanted);
    notes.push(`${paths.pred}: its axes run ${code(own)}, those of ${paths.target} ${code(wanted)}: turned to agree`);
  }
  const before = product(placed.shape) + product(truth.shape);
  ({ volume: placed, truth } = sharePlanes(placed, truth));
  if (before !== product(placed.shape) + product(truth.shape))
    notes.push(`${paths.pred}: planes that one side leaves out are empty there`);
  if (own && wanted && show(placed.shape.slice(-3)) !== show(truth.shape.slice(-3)))
    throw new Error(
      `${paths.pred}: its size is ${placed.shape.slice(-3).reverse().join(" x ")} voxels, ` +
        `but that of ${paths.target} is ${truth.shape.slice(-3).reverse().join(" x ")}`,
    );
  const bothSized = placed.spacing && truth.spacing;
  if (checks.spacing && bothSized && !close(placed.spacing as number[], truth.spacing as number[]))
    throw differ("its spacing (x, y, z) is", sizes(placed), sizes(truth), `give --spacing to settle it, or ${byIndex}`);
  const affine = placed.place?.affine,
    grid = truth.place?.affine;
  if (affine && grid && checks.spacing) {
    const apart = distance(placed, affine, grid),
      origin = (matrix: Matrix) => show(column(matrix, 3).map((v) => Number(v.toPrecision(6))));
    // A tenth of a voxel is more than any rounding of a header.
    if (apart > 0.1) {
      const sameOrigin = origin(affine) === origin(grid);
      if (sameOrigin)
        throw new Error(
          `${paths.pred}: its axes are turned against those of ${paths.target} (corners up to ` +
            `${apart.toPrecision(3)} voxels apart); resample one of them, or ${byIndex}`,
        );
      throw differ("its origin is", origin(affine), origin(grid), byIndex);
    }
  }
  return { volume: placed, truth, notes };
}

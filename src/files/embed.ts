import { stridesOf } from "./readers/strides.js";
import { type Numbers, type Place, product, show, type Volume } from "./readers/volume.js";

type Placed = Volume & { readonly place: Place };
/** First and last voxel along x, y, z, counted on the truth's grid. */
type Extent = readonly (readonly [number, number])[];

const dimsOf = ({ shape }: Volume) => shape.slice(-3).reverse();

/** Steps from the truth's first voxel to a point, along its own axes, which stand at right angles. */
function steps({ affine }: Place, point: readonly number[]): number[] {
  return [0, 1, 2].map((j) => {
    const axis = affine.map((row) => row[j]),
      away = affine.map((row, i) => point[i] - row[3]);
    return axis.reduce((sum, v, i) => sum + v * away[i], 0) / axis.reduce((sum, v) => sum + v * v, 0);
  });
}

/** A volume on another extent; what it does not hold is 0. */
function onto(volume: Placed, own: Extent, wanted: Extent): Placed {
  const dims = dimsOf(volume),
    sizes = wanted.map(([from, to]) => to - from + 1),
    shape = [...volume.shape.slice(0, -3), ...[...sizes].reverse()],
    data = new (volume.data.constructor as new (n: number) => Numbers)(product(shape)),
    [to, from] = [stridesOf(shape), stridesOf(volume.shape)],
    outer = product(volume.shape.slice(0, -3)),
    shift = own.map(([first], j) => first - wanted[j][0]);
  for (let n = 0; n < outer; n++)
    for (let z = 0; z < dims[2]; z++)
      for (let y = 0; y < dims[1]; y++) {
        const start = n * product(dims) + z * (from.at(-3) as number) + y * dims[0],
          place = n * product(sizes) + (z + shift[2]) * (to.at(-3) as number) + (y + shift[1]) * sizes[0] + shift[0];
        data.set(volume.data.subarray(start, start + dims[0]) as never, place);
      }
  const affine = volume.place.affine.map((row) => [
    ...row.slice(0, 3),
    row[3] - shift.reduce((sum, s, j) => sum + s * row[j], 0),
  ]);
  return { ...volume, data, shape, place: { affine } };
}

/**
 * Two volumes on the planes of both, where one leaves out those that are empty, as DICOM segmentations do; as they are
 * where their grids do not agree otherwise.
 */
export function sharePlanes(volume: Volume, truth: Volume): { readonly volume: Volume; readonly truth: Volume } {
  const { place: own } = volume,
    { place } = truth,
    same = { volume, truth };
  if (!own || !place || !(volume.emptyAround || truth.emptyAround)) return same;
  const offset = steps(
      place,
      own.affine.map((row) => row[3]),
    ),
    whole = offset.map(Math.round);
  if (offset.some((v, j) => Math.abs(v - whole[j]) > 0.1)) return same;
  const theirs: Extent = dimsOf(truth).map((n) => [0, n - 1]),
    ours: Extent = dimsOf(volume).map((n, j) => [whole[j], whole[j] + n - 1]),
    wanted = theirs.map(([from, to], j) => {
      if (!volume.emptyAround) return ours[j];
      if (!truth.emptyAround) return [from, to] as const;
      return [Math.min(from, ours[j][0]), Math.max(to, ours[j][1])] as const;
    });
  const inside = (extent: Extent) => extent.every(([from, to], j) => from >= wanted[j][0] && to <= wanted[j][1]);
  if (!inside(ours) || !inside(theirs)) return same;
  if (show(wanted.flat()) === show(ours.flat()) && show(ours.flat()) === show(theirs.flat())) return same;
  return {
    volume: onto({ ...volume, place: own }, ours, wanted),
    truth: onto({ ...truth, place }, theirs, wanted),
  };
}
